package config

import "strings"

// FirstSend is what becomes of the first message to an address that the case
// system's export vouches for.
type FirstSend string

// The ways.
const (
	// FirstSendTick marks the address new in the release list, and it goes.
	FirstSendTick FirstSend = "tick"
	// FirstSendConfirm holds it until a person confirmed the address.
	FirstSendConfirm FirstSend = "confirm"
)

// firstSend reads first_send; what cannot be understood is read as the stricter.
func (c *checker) firstSend(text string) FirstSend {
	switch way := FirstSend(strings.TrimSpace(text)); way {
	case "":
		return FirstSendTick
	case FirstSendTick, FirstSendConfirm:
		return way
	}
	c.fault("first_send", "first_send is tick or confirm", "tick marks a new address in the release list, confirm holds it until a person confirmed it")
	return FirstSendConfirm
}

// firstSendText is the commented key of a new file.
func firstSendText(line func(string, ...any)) {
	line("# Optional: tick: an address that the export vouches for is marked new in the")
	line("# release list and goes. confirm: its first message is held until a person says")
	line("# `pepost addresses confirm`.")
	line("# first_send: tick")
}
