package pipeline

import (
	"context"
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/receive"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
)

// ChoreInClear is a form that came back unprotected from an address that is not
// secure: whoever sent it is to be told how to answer safely.
const ChoreInClear timetable.MilestoneName = "returned_in_clear"

// inClear reports whether a message brought its form in clear: the form is not
// protected, and the delivery policy calls the sender's address anything but
// secure. Whether our own relay may be trusted does not enter, since the message
// never went through it. A file that somebody handed in came by no mail.
func (r *Runner) inClear(judged receive.Return, byMail bool) bool {
	if !byMail || judged.File == nil || judged.File.Protected {
		return false
	}
	q := route.Question{To: judged.From, From: r.From, On: r.today(), Means: route.Means{Relay: r.trusted(r.Means.Relay)}}
	for _, bound := range r.Means.Bound {
		q.Means.Bound = append(q.Means.Bound, r.trusted(bound))
	}
	return r.policy().Decide(q).Settled() != route.Secure
}

// trusted is a relay as if somebody guaranteed it today.
func (r *Runner) trusted(relay route.RelayFacts) route.RelayFacts {
	relay.OnwardTLS, relay.ReviewBy = true, r.today()
	return relay
}

// Unsafe says that a form came back in clear, in an officer's words; empty where
// it did not.
func (b Returned) Unsafe() string {
	switch {
	case !b.InClear:
		return ""
	case b.Told.At.IsZero():
		return "it came in clear: not protected, from an address that is not secure"
	}
	return "it came in clear, and " + b.Told.By + " told the setting"
}

// LookAt is what an officer looks at with care before accepting a form.
func (b Returned) LookAt() []string {
	all := append([]string{}, b.Reasons...)
	if said := b.Unsafe(); said != "" {
		all = append(all, said)
	}
	return all
}

// inClearChores are the forms that came back in clear and of which nobody told
// the setting yet.
func (r *Runner) inClearChores(ctx context.Context) ([]timetable.Due, error) {
	if r.Returns == nil {
		return nil, nil
	}
	all, err := r.Returns.ListReturns(ctx, ReturnFilter{InClear: true})
	if err != nil {
		return nil, fmt.Errorf("reading the returned forms: %w", err)
	}
	var chores []timetable.Due
	for _, back := range all {
		if !back.Told.At.IsZero() {
			continue
		}
		due := pep.DateOf(back.At.In(r.Now().Location()))
		chores = append(chores, timetable.Due{
			Ref: back.Ref, PlanKey: back.PlanKey, Kind: timetable.KindTask, Milestone: ChoreInClear, Due: due, Role: pep.Officer,
			Late: due.Before(r.today()), Why: []string{r.inClearWords(ctx, back)},
		})
	}
	return chores, nil
}

// inClearWords are what an officer tells the setting.
func (r *Runner) inClearWords(ctx context.Context, back Returned) string {
	say := "please answer from the address that the form came to, not from another one, or post it"
	if d, err := r.Deliveries.Get(ctx, back.Delivery); err == nil && d.Decision.Method != route.MethodTLS {
		say = "please fill in the file that you got from us and save it as it is, so that it stays protected, and send that; or post it"
		if d.Decision.Method == route.MethodPost || d.State == outbox.Posted {
			say = "please post the form, or ask us for a protected file: ordinary e-mail is not safe for it"
		}
	}
	return fmt.Sprintf("the filled form came by ordinary e-mail, not protected, from an address that is not secure. Tell the setting: “%s”. "+
		"Ask them to delete the message on their side. Then: pepost returns told %s", say, back.ID)
}

// ToldSetting is an officer's word that whoever sent a form in clear knows how
// to answer safely. A form that did not come so is an [ErrReturnSettled].
func (r *Runner) ToldSetting(ctx context.Context, id string, by By) error {
	return r.Returns.NoteTold(ctx, id, Settling{At: r.Now(), By: firstOf(by.Name, r.Owner), Why: strings.TrimSpace(by.Why)})
}
