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
