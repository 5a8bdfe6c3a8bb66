package pipeline

import "github.com/pepost/pepost/internal/timetable"

// noFinalYet is why a transfer is held that there is nothing to send for.
const noFinalYet = "no plan was made final here before the child moved: an officer sends what there is"

// transferTo is whom a transfer was authorised for; nobody before.
func (p prospect) transferTo() []timetable.Recipient {
	if t := p.outlook.Course.Transfer; t == nil || t.Authorised.IsZero() {
		return nil
	}
	return p.outlook.TransferTo
}

// leaveToTransfer keeps the final copies of an old setting's plan from the new
// setting's designated teacher: the full plan goes there as a transfer, once
// the Virtual School has authorised it and said to whom.
func (c *child) leaveToTransfer(o *timetable.Outlook, h history) {
	if !c.toHandOver(o.Plan.Key(), h) {
		return
	}
	var kept []timetable.Recipient
	for _, to := range o.FinalRecipients {
		if to.Role.Designated() {
			o.FinalBlocked = append(o.FinalBlocked, timetable.Blocked{Role: to.Role, Contact: to.Contact, Why: byTransfer})
			continue
		}
		kept = append(kept, to)
	}
	o.FinalRecipients = kept
}

const byTransfer = "the child changed setting within the year: the full plan goes to the new one as a transfer that the Virtual School authorises"

// toHandOver reports whether the plan of a key is the old setting's: one before
// the plan in which the child moved, or that one while the transfer is not
// authorised, and afterwards where it was final by then.
func (c *child) toHandOver(key string, h history) bool {
	ours := -1
	for i, course := range c.courses {
		if course.Plan.Key() == key {
			ours = i
		}
		t := course.Transfer
		switch {
		case t == nil || ours < 0:
		case ours < i || t.Authorised.IsZero():
			return true
		case !h.progress.Finalised.IsZero() && !h.progress.Finalised.After(t.Authorised):
			return true
		}
	}
	return false
}

// handOver puts the plan that is handed over into a transfer's errand. Without
// one there is nothing to seal, and a person must look.
func (r *Runner) handOver(c *child, p prospect, e *errand) {
	last, made := r.handedOver(c, p)
	if !made {
		e.hold = firstOf(e.hold, noFinalYet)
		return
	}
	e.content, e.answers, e.occasion = &last.outlook.Plan, last.history.answers, last.history.final
	if len(p.transferTo()) == 0 {
		e.hold = firstOf(e.hold, string(notAuthorised))
	}
}

// handedOver is the plan made final last of those that were the old setting's,
// whose form left before the child moved.
func (r *Runner) handedOver(c *child, p prospect) (prospect, bool) {
	t := p.outlook.Course.Transfer
	if t == nil {
		return prospect{}, false
	}
	return r.lastFinal(c, func(of prospect) bool {
		return !of.history.progress.FormSent.IsZero() && !of.history.progress.FormSent.After(t.On)
	})
}
