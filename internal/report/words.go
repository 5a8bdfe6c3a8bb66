package report

import (
	"strings"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/route"
)

// How names a method of delivery in an officer's words.
func How(m route.Method) string {
	switch m {
	case route.MethodTLS:
		return "mail over verified TLS"
	case route.MethodGateway:
		return "encryption gateway"
	case route.MethodOpenPGP:
		return "OpenPGP"
	case route.MethodProtectedDocument:
		return "password-protected document"
	case route.MethodPost:
		return "registered post"
	case route.MethodNone:
		return "not to be sent as it stands"
	}
	return string(m)
}

// Stands says what is known of a delivery in a state, in an officer's words and
// no more than is known: a relay that took a message has not delivered it, and
// what was delivered has not been read.
func Stands(s outbox.State) string {
	switch s {
	case outbox.Drafted:
		return "drafted and sealed; nobody has released it"
	case outbox.Approved:
		return "released and waiting to be handed over; it has not left"
	case outbox.Held:
		return "held for a person; it has not left"
	case outbox.Sending:
		return "being handed over to the relay"
	case outbox.Accepted:
		return "accepted by the relay, which answers for it now; whether it reached the mailbox is not known"
	case outbox.Delivered:
		return "delivered to the mailbox or the door, by evidence; whether it was opened is not known"
	case outbox.Deferred:
		return "not taken yet; it has not left, and is tried again"
	case outbox.Refused:
		return "refused by the relay; it has not left"
	case outbox.Uncertain:
		return "uncertain: it may have left, and is not sent again by itself"
	case outbox.Bounced:
		return "returned undelivered"
	case outbox.Posted:
		return "posted; whether it arrived is not known"
	case outbox.Cancelled:
		return "withdrawn"
	}
	return string(s)
}

// StandsBy is [Stands] for a message that went through an encrypting gateway,
// whose reports prove what its description says and no more. The empty meaning
// is of a message that went another way.
func StandsBy(s outbox.State, means route.DeliveredMeans) string {
	switch {
	case means == "":
		return Stands(s)
	case s == outbox.Accepted:
		return "accepted by the gateway, which answers for it now; whether the recipient has it is not known"
	case s != outbox.Delivered:
		return Stands(s)
	}
	switch means {
	case route.MeansTaken:
		return "accepted by the gateway, as it reports; whether the recipient has it is not known"
	case route.MeansWaiting:
		return "it waits at the gateway until the recipient collects it; whether they did is not known"
	case route.MeansCollected:
		return "collected by the recipient at the gateway, by its report"
	case route.MeansMailbox:
	}
	return "delivered to the mailbox, encrypted, by the gateway's report; whether it was opened is not known"
}

// How names the row's method in an officer's words.
func (r Row) How() string { return How(r.Method) }

// What names a kind of delivery in an officer's words.
func What(k outbox.Kind) string {
	switch k {
	case outbox.KindForm:
		return "form to fill in"
	case outbox.KindChase:
		return "reminder"
	case outbox.KindFinal:
		return "final plan"
	case outbox.KindTransfer:
		return "full plan to a new setting"
	case outbox.KindPack:
		return "meeting pack"
	case outbox.KindDigest:
		return "digest"
	}
	return string(k)
}

// What names the row's kind in an officer's words.
func (r Row) What() string { return What(r.Kind) }

// Occasion is the milestone the delivery belongs to, in words.
func (r Row) Occasion() string { return strings.ReplaceAll(r.Milestone, "_", " ") }
