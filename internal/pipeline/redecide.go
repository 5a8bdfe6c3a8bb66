package pipeline

import (
	"context"
	"fmt"
	"slices"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
)

// notAsSealed begins the reason of what is held at the last moment, as package
// route words it.
const notAsSealed = "not sent as it was sealed: "

// redecide asks everything again just before a message leaves: the delivery
// policy, from the address that is stored with the delivery, and the register,
// which may have been written since it was drafted. What no longer stands is
// held; the last reason says why.
func (r *Runner) redecide(d outbox.Delivery) (now route.Decision, weaker bool) {
	switch why, err := r.frozen(context.Background(), addressOf(d)); {
	case err != nil:
		return held(d, "the incidents cannot be read"), true
	case why != "":
		return held(d, why), true
	}
	if d.Kind == outbox.KindDigest {
		return r.digestNow(d)
	}
	to, why := r.nowOf(d)
	now, weaker = r.policy().Redecide(d.Decision, r.stillKey(d.Decision, r.askingAgain(d, to)))
	if why != "" {
		now.Reasons, weaker = append(slices.Clone(now.Reasons), notAsSealed+why), true
	}
	return now, weaker
}

// held is the decision on a delivery that is not to leave whatever else is
// decided.
func held(d outbox.Delivery, why string) route.Decision {
	now := d.Decision
	now.Verdict, now.Method, now.Reasons = route.Hold, route.MethodNone, append(slices.Clone(now.Reasons), why)
	return now
}

// nowOf is the recipient as the register knows them now, and why the delivery
// is not to leave all the same. What cannot be read is not sent. Like all else
// that was begun with a claim, the reading is not broken off.
func (r *Runner) nowOf(d outbox.Delivery) (pep.Contact, string) {
	ctx := context.Background()
	record, err := r.Register.Record(ctx, d.Ref)
	if err != nil {
		return pep.Contact{}, "the child cannot be read from the register"
	}
	c, err := r.child(ctx, record)
	if err != nil {
		return pep.Contact{}, "what left before cannot be read"
	}
	switch why, err := r.taken(ctx, d, c); {
	case err != nil:
		return pep.Contact{}, "the agreed phrases cannot be read"
	case why != "":
		return pep.Contact{}, string(why)
	}
	p, _ := r.planOf(c, d)
	to, _ := named(r.recipientsOf(c, p, d), d.Recipient)
	return to.Contact, firstOf(r.tooLate(d, p.outlook), r.judgedNow(ctx, c, d))
}

// recipientsOf are those who may have such a delivery of a plan.
func (r *Runner) recipientsOf(c *child, p prospect, d outbox.Delivery) []timetable.Recipient {
	switch {
	case d.Milestone == copyOnRequest:
		to, _ := r.copyRecipients(c)
		return to
	case d.Kind == outbox.KindTransfer:
		return p.transferTo()
	case d.Kind == outbox.KindFinal:
		return p.outlook.FinalRecipients
	case d.Kind == outbox.KindPack:
		return p.outlook.PackRecipients
	case d.Kind == outbox.KindChase:
		return slices.Concat(p.outlook.Recipients, p.outlook.Heads, p.outlook.VirtualSchools)
	}
	return p.outlook.Recipients
}

// tooLate is why a form or a reminder that was released before its meeting
// does not leave after it; empty where it may, as a person may say.
func (r *Runner) tooLate(d outbox.Delivery, outlook timetable.Outlook) string {
	meeting := outlook.Plan.Meeting.Date
	if d.Kind.Final() || meeting.IsZero() || !meeting.Before(r.today()) || releasedOn(d, r).After(meeting) {
		return ""
	}
	return fmt.Sprintf("the meeting was on %s: send it all the same, or set a new date", meeting.Long())
}

// releasedOn is the day a delivery was last released to be sent.
func releasedOn(d outbox.Delivery, r *Runner) pep.Date {
	for _, event := range slices.Backward(d.Events) {
		if event.To == outbox.Approved {
			return pep.DateOf(event.At.In(r.Now().Location()))
		}
	}
	return pep.Date{}
}
