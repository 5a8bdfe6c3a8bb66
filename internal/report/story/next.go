package story

import (
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/route"
)

// next tells what happens now, and who must do it.
func (f Facts) next() []string {
	d := f.Delivery
	lines := f.step()
	if f.Frozen != "" && d.State != outbox.Cancelled {
		lines = append(lines, f.Frozen)
	}
	if d.ReplacedBy != "" {
		return append(lines, "delivery "+d.ReplacedBy+" was sealed in its place: pepost outbox show "+d.ReplacedBy)
	}
	if d.Passphrase == outbox.PassphrasePending && d.State.Gone() && d.State != outbox.Bounced {
		lines = append(lines, "an officer rings the recipient and reads the passphrase out: pepost outbox passphrase "+d.ID)
	}
	if f.Proposed != "" {
		lines = append(lines, because("an officer may have it sealed again by "+report.How(f.Proposed)+", pepost outbox reroute "+d.ID+" --method "+string(f.Proposed), f.ProposedWhy))
	}
	for _, r := range f.Returns {
		if r.State == "waiting" {
			lines = append(lines, "an officer looks at the form that came back: pepost returns show "+r.ID)
		}
	}
	return lines
}

// step is what follows from the state alone.
func (f Facts) step() []string {
	d := f.Delivery
	switch d.State {
	case outbox.Drafted:
		return []string{"an officer looks at it and releases it: pepost outbox approve " + d.ID}
	case outbox.Approved:
		return []string{"the program hands it over with its next run"}
	case outbox.Sending:
		return []string{"the program waits for the answer of " + f.taker()}
	case outbox.Deferred:
		return []string{"the program tries again from " + f.moment(d.NextAttempt) + "; nobody need do anything"}
	case outbox.Held:
		return f.held()
	case outbox.Refused:
		return []string{because("an officer finds out why; then pepost outbox retry "+d.ID+", or reroute, or cancel", d.Reason)}
	case outbox.Uncertain:
		return []string{
			"an officer asks the recipient whether it is there: pepost outbox settle " + d.ID + " --as delivered, or --as bounced",
			"only where it certainly is not: pepost outbox retry " + d.ID + ", which hands over the same bytes again",
		}
	case outbox.Bounced:
		return []string{because("an officer finds out how the recipient can be reached", d.BouncedFor().Advice())}
	case outbox.Posted:
		return f.posted()
	case outbox.Accepted, outbox.Delivered:
		return f.gone()
	case outbox.Cancelled:
	}
	return []string{"nothing: it was withdrawn"}
}

func (f Facts) held() []string {
	d := f.Delivery
	switch {
	case d.SHA256 == "":
		return []string{because("an officer has the record mended and imported again; until then there is nothing to release", d.Reason)}
	case d.Decision.Method == route.MethodPost:
		return []string{because("an officer prints and posts it: pepost outbox print "+d.ID+", then pepost outbox posted "+d.ID, d.Reason)}
	}
	return []string{because("an officer looks, then pepost outbox approve "+d.ID+" --reason, or cancel", d.Reason)}
}

func (f Facts) posted() []string {
	if f.AskOn.IsZero() {
		return []string{"an officer records when it was signed for: pepost outbox delivered " + f.Delivery.ID}
	}
	return []string{"an officer records when it was signed for, pepost outbox delivered " + f.Delivery.ID + ", and asks the Royal Mail on " + f.AskOn.Long()}
}

func (f Facts) gone() []string {
	switch f.Delivery.Kind {
	case outbox.KindForm:
		for _, r := range f.Returns {
			if r.Sure {
				return []string{"nothing: it was answered"}
			}
		}
		return []string{"the recipient fills the form in; the program reminds them by the timetable"}
	case outbox.KindChase:
		return []string{"the form is awaited; the program goes on reminding by the timetable"}
	case outbox.KindFinal, outbox.KindTransfer, outbox.KindPack, outbox.KindDigest:
	}
	return []string{"nothing"}
}
