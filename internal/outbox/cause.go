package outbox

import "strings"

// Cause is why a message came back or was refused, as far as the status code
// of a mail system tells (RFC 3463).
type Cause string

// The causes. The empty one means that nothing came back.
const (
	CauseNone    Cause = ""
	CauseAddress Cause = "address" // no such mailbox or domain: X.1.x
	CauseFull    Cause = "mailbox full"
	CauseSize    Cause = "too big"
	// CausePolicy is a rule of the far side, X.7.x: many refuse a protected
	// attachment, since nothing can look into it.
	CausePolicy Cause = "policy"
	CauseOther  Cause = "other"
)

// Causes lists every cause but the empty one.
func Causes() []Cause {
	return []Cause{CauseAddress, CauseFull, CauseSize, CausePolicy, CauseOther}
}

// CauseOf reads an enhanced status code such as 5.1.1 (RFC 3463 section 3).
// What it does not know, the empty code too, is [CauseOther].
func CauseOf(status string) Cause {
	switch class, rest, _ := strings.Cut(status, "."); {
	case class != "4" && class != "5":
		return CauseOther
	case rest == "2.2":
		return CauseFull
	case rest == "2.3", rest == "3.4":
		return CauseSize
	case strings.HasPrefix(rest, "1."), rest == "2.1", rest == "4.4" && class == "5":
		// A mailbox that is switched off and a domain without mail servers need
		// another address as much as one that never was.
		return CauseAddress
	case strings.HasPrefix(rest, "7."):
		return CausePolicy
	}
	return CauseOther
}

// Advice is what is to be done about a message that came back or was refused
// for the cause, in an officer's words.
func (c Cause) Advice() string {
	switch c {
	case CauseNone:
		return ""
	case CauseAddress:
		return "no such mailbox: ask the setting for the right address and have the case system corrected"
	case CauseFull:
		return "the mailbox is full: ring, and send again once there is room"
	case CauseSize:
		return "the far side does not take a message of this size: choose another method"
	case CausePolicy:
		return "the far side does not let the message in, as some do with a protected attachment: choose another method"
	case CauseOther:
	}
	return "ring the setting and ask how it can be reached"
}

// BouncedFor is why a delivery that bounced came back last; empty for any
// other delivery.
func (d Delivery) BouncedFor() Cause {
	if d.State != Bounced {
		return CauseNone
	}
	for i := len(d.Events) - 1; i >= 0; i-- {
		if e := d.Events[i]; e.Action == Bounce {
			if e.Cause == CauseNone {
				return CauseOther
			}
			return e.Cause
		}
	}
	return CauseOther
}
