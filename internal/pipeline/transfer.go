package pipeline

import (
	"strings"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// noFinalYet is why a transfer is held that there is nothing to send for.
const noFinalYet = "no plan was made final here before the child moved: an officer sends what there is"

// transferRows is the full plan for a child's new setting, once the Virtual
// School has authorised it, where the timetable does not have it already.
func (c *child) transferRows(p prospect, rows []timetable.Due, until pep.Date) []timetable.Due {
	t := p.outlook.Course.Transfer
	if t == nil || t.Authorised.IsZero() || t.Authorised.After(until) {
		return nil
	}
	for _, row := range rows {
		if row.Kind == timetable.KindTransfer {
			return nil
		}
	}
	to := timetable.Recipient{Role: pep.DesignatedTeacher, Why: []string{"the register no longer has the address that was confirmed"}}
	if found := c.transferRecipients(p); len(found) > 0 {
		to = found[0]
	}
	return []timetable.Due{{
		Ref: p.outlook.Plan.Ref, PlanKey: p.outlook.Plan.Key(), Kind: timetable.KindTransfer, Milestone: timetable.TransferDue,
		Due: t.Authorised, Role: to.Role, Recipient: to,
		Why: append([]string{"the child changed setting within the year, and the Virtual School authorised the transfer on " + t.Authorised.Long()}, to.Why...),
	}}
}

// transferRecipients is the one confirmed designated teacher whom a transfer
// was authorised for, while the register still has them.
func (c *child) transferRecipients(p prospect) []timetable.Recipient {
	t := p.outlook.Course.Transfer
	if t == nil || t.Authorised.IsZero() || t.To == "" {
		return nil
	}
	for _, contact := range c.record.Contacts {
		if contact.Role.Designated() && strings.EqualFold(contact.Email.Canonical(), t.To) {
			return []timetable.Recipient{{
				Role: contact.Role, Contact: contact, WithholdPlacementAddress: contact.WithholdPlacementAddress == pep.Yes,
				Why: []string{"the confirmed designated teacher of the new setting"},
			}}
		}
	}
	return nil
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
	if len(c.transferRecipients(p)) == 0 {
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
