package story

import (
	"strings"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/route"
)

// aboutPassphrase begins the notes that are of the passphrase.
const aboutPassphrase = "passphrase "

func (f Facts) passphrase() []string {
	d := f.Delivery
	var lines []string
	switch d.Passphrase {
	case outbox.PassphraseNone:
		return []string{"none: nothing in it is opened by one"}
	case outbox.PassphrasePending:
		lines = append(lines, "not handed over: the recipient cannot open it yet")
	case outbox.PassphraseHandedOver:
		lines = append(lines, "handed over")
	case outbox.PassphraseWithheld:
		lines = append(lines, "withheld: an incident is, or was, open for the address")
	case outbox.PassphraseAgreed:
		lines = append(lines, "the phrase agreed with the recipient beforehand ("+d.Phrase+"): nobody need hand anything over")
	case outbox.PassphraseDestroyed:
		lines = append(lines, "destroyed: nobody can read it any more")
		if d.Phrase != "" {
			lines = append(lines, "it was the phrase agreed with the recipient ("+d.Phrase+"): the copy kept with this message is gone, the phrase stands")
		}
	default:
		lines = append(lines, string(d.Passphrase))
	}
	switch d.Text.State {
	case outbox.TextNone:
	case outbox.TextAsked:
		lines = append(lines, "a text message was begun on "+f.moment(d.Text.At)+"; what became of it is not known yet")
	case outbox.TextTaken:
		lines = append(lines, "a text message was accepted by the service on "+f.moment(d.Text.At)+"; it is not known to have arrived")
	case outbox.TextDelivered:
		lines = append(lines, "a text message of "+f.moment(d.Text.At)+" was delivered")
	case outbox.TextFailed:
		lines = append(lines, "a text message of "+f.moment(d.Text.At)+" did not arrive: an officer rings")
	}
	for _, e := range d.Events {
		if e.Action == outbox.Note && strings.HasPrefix(e.Why, aboutPassphrase) {
			lines = append(lines, f.moment(e.At)+", "+person(e.By)+": "+e.Why)
		}
	}
	return lines
}

// arrival tells what is known of where the message is, what showed it, and
// what is still missing.
func (f Facts) arrival() []string {
	d := f.Delivery
	lines := []string{report.StandsBy(d.State, f.Means)}
	if p := d.Posting; p.Number != "" {
		said := "posted on " + p.PostedOn.Long() + ", Royal Mail number " + p.Number.String()
		if p.Reference != "" {
			said += ", proof: " + p.Reference
		}
		lines = append(lines, said)
		if !p.DeliveredOn.IsZero() {
			lines = append(lines, "signed for on "+p.DeliveredOn.Long())
		}
	}
	for _, e := range d.Events {
		if shows(e) {
			lines = append(lines, because(f.moment(e.At)+", "+person(e.By), e.Why))
		}
	}
	if missing := f.missing(); missing != "" {
		lines = append(lines, "still missing: "+missing)
	}
	return lines
}

// shows reports whether an event says something of where the message is.
func shows(e outbox.Event) bool {
	switch e.Action {
	case outbox.Accept:
		return e.From != outbox.Sending
	case outbox.Deliver, outbox.Bounce, outbox.Lose, outbox.Post:
		return true
	case outbox.Note:
		return !strings.HasPrefix(e.Why, aboutPassphrase)
	case outbox.Draft, outbox.Approve, outbox.Hold, outbox.Cancel, outbox.Start, outbox.Defer, outbox.Refuse, outbox.Retry:
	}
	return false
}

// missing is the proof that nobody has yet; empty where nothing is missing, or
// nothing left.
func (f Facts) missing() string {
	switch f.Delivery.State {
	case outbox.Accepted:
		switch f.Means {
		case route.MeansTaken:
			return "word from the recipient; the gateway gives none"
		case route.MeansWaiting:
			return "that the recipient collected it; the gateway does not report that"
		case route.MeansCollected:
			return "the gateway's word that the recipient collected it"
		case route.MeansMailbox:
		}
		return "a delivery report of the far mail server, or word from the recipient"
	case outbox.Uncertain:
		return "any answer: a delivery report or the recipient's word settles it"
	case outbox.Posted:
		return "the signature of whoever took it"
	case outbox.Delivered, outbox.Bounced, outbox.Drafted, outbox.Approved, outbox.Held, outbox.Sending,
		outbox.Deferred, outbox.Refused, outbox.Cancelled:
	}
	return ""
}

func (f Facts) answer() []string {
	if f.Delivery.Kind != outbox.KindForm && f.Delivery.Kind != outbox.KindChase {
		return []string{"it asks for no answer"}
	}
	var lines []string
	for _, r := range f.Returns {
		came := "a filled form came on " + f.moment(r.At) + " (return " + r.ID + "): " + r.State
		if !r.Sure {
			came = "a filled form for the same plan came on " + f.moment(r.At) + " (return " + r.ID + "), which may answer it: " + r.State
		}
		lines = append(lines, came)
		for _, reason := range r.Reasons {
			lines = append(lines, "  look at it with care: "+reason)
		}
		if r.SHA256 != "" {
			lines = append(lines, "  SHA-256 "+brief(r.SHA256))
		}
		if !r.Settled.IsZero() {
			lines = append(lines, because("  "+r.State+" on "+f.moment(r.Settled)+" by "+person(r.SettledBy), r.SettledWhy))
		}
	}
	if len(lines) == 0 {
		return []string{"no filled form has come back"}
	}
	return lines
}

func (f Facts) opened() []string {
	var lines []string
	for _, o := range f.Opened {
		lines = append(lines, "opened on "+f.moment(o.At)+" by "+person(o.By))
	}
	if len(lines) == 0 {
		return []string{"nobody before; that you did is on record"}
	}
	return append(lines, "that you did is on record too")
}
