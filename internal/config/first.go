package config

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// First is what pepost init is told.
type First struct {
	Authority string
	From      string
	// Phone is what recipients ring when a form does not open; it may be empty.
	Phone    string
	Relay    Relay // Address empty where none was named; CA a path within the folder
	Database string
	StatedBy string
	On       pep.Date
}

// ParseRelayURL reads smtp://HOST:PORT (STARTTLS required) or
// smtps://HOST:PORT (implicit TLS).
func ParseRelayURL(text string) (Relay, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
		return Relay{}, Problem{Field: "--relay", Text: "not of the form smtp://HOST:PORT or smtps://HOST:PORT"}.asError()
	}
	mode := TLSStart
	switch u.Scheme {
	case "smtp":
	case "smtps":
		mode = TLSImplicit
	default:
		return Relay{}, Problem{Field: "--relay", Text: "not of the form smtp://HOST:PORT or smtps://HOST:PORT"}.asError()
	}
	if !hostAndPort(u.Host) {
		return Relay{}, Problem{Field: "--relay", Text: "the port is missing", Hint: "smtp://relay.council.example:587"}.asError()
	}
	return Relay{Address: u.Host, TLS: mode}, nil
}

func (p Problem) asError() error { return Problems{p} }

// Text is the commented file for a new folder.
func (f First) Text() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# pepost: the configuration of one installation.")
	line("# Relative paths are read from this file's folder, so the folder may be moved.")
	line("# Run `pepost check` after every change: it prints every problem at once.")
	line("")
	line("# Whose rules apply: a folder of schedules (timetable, calendar, delivery policy).")
	line("authority: %s", f.Authority)
	line("")
	line("# The mailbox messages come from. The delivery policy asks it as well as the")
	line("# recipient: from outside the circle nothing is secure by ordinary mail.")
	line("from: %s", quote(f.From))
	line("")
	line("# Whom letters name. Recipients ring this number when a form does not open.")
	line("officer:")
	line("  name: PEP team")
	line("  phone: %s", quote(f.Phone))
	line("  mailbox: %s", quote(f.From))
	line("")
	line("# Optional: the officer of each locality or team.")
	line("# teams:")
	line("#   North: {name: …, phone: …, mailbox: …}")
	line("")
	f.relayText(line)
	line("")
	postText(line)
	line("")
	line("# A file (SQLite), or postgres://… for more than one machine.")
	line("database: %s", quote(f.Database))
	line("")
	line("# The keys of everything sealed in the database. Keep them apart from backups:")
	line("# without them nothing opens, and with them and a backup everything does.")
	line("keys: keys.json")
	line("")
	line("# automatic: what is due is sent. by-hand: drafts wait for `pepost send --approve`.")
	line("release: automatic")
	line("")
	firstSendText(line)
	line("")
	returnsText(line)
	line("")
	mailboxText(line)
	line("")
	notifyText(line)
	line("")
	line("# Optional: where serve shows the page Today, on this machine alone; off shows none.")
	line("# It is shown once there is an account: pepost users add NAME")
	line("# console: {listen: 127.0.0.1:8325}")
	line("")
	openPGPText(line)
	line("")
	line("# Optional: folders that stand in for the built-in ones.")
	line("# folders:")
	line("#   forms: forms")
	line("#   templates: templates")
	line("#   schedules: schedules")
	return b.String()
}

func (f First) relayText(line func(string, ...any)) {
	line("# The mail relay, host:port. tls: starttls (required, never optional) or implicit.")
	if !f.Relay.Configured() {
		line("# Nothing can be sent until there is one.")
		line("# relay:")
		line("#   address: relay.council.example:587")
		line("#   tls: starttls")
		line("#   ca: relay-ca.pem          # only where the relay's certificate is the council's own")
		line("#   username: pepost          # only where the relay wants a sign-in")
		line("#   password_file: relay-password")
		line("#   onward_tls: {guaranteed: true, evidence: …, checked_by: …, checked_on: 2026-01-01, review_by: 2027-01-01}")
		relaysText(line)
		return
	}
	line("relay:")
	line("  address: %s", quote(f.Relay.Address))
	line("  tls: %s", f.Relay.TLS)
	if f.Relay.CA != "" {
		line("  ca: %s", quote(f.Relay.CA))
	}
	line("  # Who guarantees verified TLS beyond the relay. Without that, or past review_by,")
	line("  # what would be secure is encrypted instead. A guarantee that is given later, a new")
	line("  # relay and one at another host wait for two people: pepost policy approve.")
	line("  onward_tls:")
	line("    guaranteed: %t", f.Relay.Onward.Guaranteed)
	if f.Relay.Onward.Guaranteed {
		line("    evidence: %s", quote(f.Relay.Onward.Evidence))
		line("    checked_by: %s", quote(f.Relay.Onward.CheckedBy))
		line("    checked_on: %s", f.Relay.Onward.CheckedOn)
		line("    review_by: %s", f.Relay.Onward.ReviewBy)
	}
	relaysText(line)
}

func relaysText(line func(string, ...any)) {
	line("# Optional: further relays, one for each class of route, by a name that policy")
	line("# rows (relay:) and gateways call it by. class: circle takes ordinary mail,")
	line("# gateway is an encrypting gateway's own entrance, sealed takes what is encrypted")
	line("# already. All keys of relay: may stand here, and more keys of both are:")
	line("# relays:")
	line("#   - name: egress")
	line("#     class: gateway")
	line("#     address: egress.council.example:587")
	line("#     pins: [\"sha256:…\"]        # keys of which the relay's certificates must have one")
	line("#     certificate: pepost.pem    # our own, where the relay asks for one")
	line("#     certificate_key: pepost.key")
	line("#     username: peps@council.example")
	line("#     token: {endpoint: \"https://…/token\", client_id: …, scope: …, secret_file: relay-secret}")
	line("#     # or token: {file: relay-token}, which somebody else keeps fresh (XOAUTH2)")
}

// quote makes a YAML double-quoted scalar of one line.
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ", "\r", " ").Replace(text) + `"`
}
