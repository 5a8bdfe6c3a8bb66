package dispatch

import (
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/route"
)

// objection says why a delivery may not be sent as it was sealed; it is empty
// where it may. The stored decision is checked first, then made again.
func (x *Dispatcher) objection(d outbox.Delivery) string {
	if why := unfit(d); why != "" {
		return why
	}
	earlier := d.Decision
	now, weaker := x.Decide(d)
	switch {
	case now.Canonical != earlier.Canonical:
		return "the address is not the one that was decided on"
	case weaker || now.WeakerThan(earlier) || !sendable(now.Settled()):
		return lastReason(now)
	case now.Method == earlier.Method && now.Relay != earlier.Relay:
		return "it would now go through another relay than the one that was decided on"
	}
	return ""
}

// unfit says what of the stored delivery itself forbids sending it by mail.
func unfit(d outbox.Delivery) string {
	made := d.Decision
	switch {
	case made.Canonical == "" || made.Canonical != d.Recipient.Address.Canonical():
		return "the recipient's address is not the one that was decided on"
	case !sendable(made.Settled()):
		return "it was decided not to send it"
	case made.Method == route.MethodTLS && made.Settled() != route.Secure:
		return "ordinary mail was never permitted for this recipient"
	}
	switch made.Method {
	case route.MethodTLS, route.MethodGateway, route.MethodOpenPGP, route.MethodProtectedDocument:
		return ""
	case route.MethodPost, route.MethodNone:
	}
	return "it is not to be sent by mail"
}

func sendable(v route.Verdict) bool { return v == route.Secure || v == route.Encrypt }

func lastReason(d route.Decision) string {
	if n := len(d.Reasons); n > 0 {
		return d.Reasons[n-1]
	}
	return "the decision made when it was sealed no longer stands"
}
