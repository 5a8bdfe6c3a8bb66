package config

import (
	"regexp"
	"strings"
)

// Returns is how what comes back is led back and judged.
type Returns struct {
	// Plus says whether reports are led back to an address of their own.
	Plus PlusAddressing
	// Separator stands between the mailbox's name and the signature.
	Separator string
	// AuthservID is the name under which the council's own mail gateway writes
	// Authentication-Results (RFC 8601); empty where that is not known, and then
	// no sender is verified.
	AuthservID string
	// Gateway is the host name that the gateway gives itself in its Received
	// line; the AuthservID where nothing else is said.
	Gateway string
	// KeepDays is how long returned mail is kept as it came once it is done with;
	// what became of it stays on file.
	KeepDays int
}

// PlusAddressing says whether the mailbox takes what is sent to its name with
// something behind a separator.
type PlusAddressing string

// The ways.
const (
	PlusAuto   PlusAddressing = "auto"
	PlusAlways PlusAddressing = "true"
	PlusNever  PlusAddressing = "false"
)

type returns struct {
	Plus       string `yaml:"plus_addressing"`
	Separator  string `yaml:"separator"`
	AuthservID string `yaml:"authserv_id"`
	Gateway    string `yaml:"gateway"`
	KeepDays   int    `yaml:"keep_days"`
}

// returnsText is the section as a comment of a new file.
func returnsText(line func(string, ...any)) {
	line("# Optional: how delivery reports find their way back.")
	line("# plus_addressing: true has them sent to NAME+signature@domain: only where the")
	line("# mailbox takes such mail, else they are lost. auto does so only where the relay")
	line("# takes no envelope identifier (DSN), false never.")
	line("# authserv_id: the name under which the council's mail gateway writes")
	line("# Authentication-Results; gateway: its name in its Received line, where another.")
	line("# keep_days: for how many days mail that is done with is kept as it came; what")
	line("# became of it stays on file. A high number keeps it, under a legal hold say.")
	line("# returns: {plus_addressing: auto, separator: \"+\", authserv_id: mx.council.example, keep_days: 90}")
}

// keepMail is at most the next term, as working copies beside the case system's
// record are kept.
const keepMail = 90

// returns checks the section.
func (c *checker) returns(r returns) Returns {
	out := Returns{Plus: PlusAddressing(r.Plus), Separator: r.Separator, AuthservID: strings.ToLower(r.AuthservID), Gateway: strings.ToLower(r.Gateway)}
	switch out.Plus {
	case "":
		out.Plus = PlusAuto
	case PlusAuto, PlusAlways, PlusNever:
	default:
		c.fault("returns.plus_addressing", "plus_addressing is auto, true or false", "true only where the mailbox takes mail to NAME+something@domain")
	}
	if out.Separator == "" {
		out.Separator = "+"
	}
	if len(out.Separator) != 1 || !strings.Contains("+-=_", out.Separator) {
		c.fault("returns.separator", "the separator is one of + - = _", "most mail systems take +")
	}
	if out.Gateway == "" {
		out.Gateway = out.AuthservID
	}
	if out.KeepDays = r.KeepDays; out.KeepDays == 0 {
		out.KeepDays = keepMail
	}
	if out.KeepDays < 1 || out.KeepDays > 36500 {
		c.fault("returns.keep_days", "keep_days is from 1 to 36500", "90 is about a term")
	}
	host := regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)
	if out.AuthservID != "" && !host.MatchString(out.AuthservID) {
		c.fault("returns.authserv_id", "not a name that a mail gateway gives itself", "the first word of its Authentication-Results, for example mx.council.example")
	}
	if out.Gateway != "" && !host.MatchString(out.Gateway) {
		c.fault("returns.gateway", "not a host name", "the name behind by in the gateway's Received line, for example mx.council.example")
	}
	if r.Gateway != "" && r.AuthservID == "" {
		c.fault("returns.gateway", "a gateway without an authserv_id says nothing", "name both, or neither")
	}
	return out
}
