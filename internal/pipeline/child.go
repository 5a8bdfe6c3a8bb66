package pipeline

import (
	"context"
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// child is one child of the register with everything that is stored of their
// plans, and the plans as they stand today.
type child struct {
	record  pep.Record
	past    *past
	kept    Kept
	courses []timetable.Course // as of today, oldest first
	open    []prospect         // the plans that go on; the last is the newest
}

// prospect is one plan of a child today: what the timetable says of it, and
// what has happened to it.
type prospect struct {
	outlook timetable.Outlook
	history history
}

// readTogether is how many children's courses, deliveries and returns are asked
// for at once: few questions to the store, and little in memory.
const readTogether = 500

// eachGroup takes the whole register in groups of children, without ever
// having all of it in memory.
func (r *Runner) eachGroup(ctx context.Context, do func([]*child) error) error {
	var some []pep.Record
	flush := func() error {
		all, err := r.children(ctx, some)
		if err != nil || len(all) == 0 {
			return err
		}
		some = some[:0]
		return do(all)
	}
	err := r.Register.Each(ctx, func(record pep.Record) error {
		if some = append(some, record); len(some) < readTogether {
			return nil
		}
		return flush()
	})
	if err != nil {
		return fmt.Errorf("reading the register: %w", err)
	}
	return flush()
}

// children reads what is stored of some children and follows their plans to
// today. It stores nothing.
func (r *Runner) children(ctx context.Context, records []pep.Record) ([]*child, error) {
	pasts, err := r.pasts(ctx, records)
	if err != nil || len(records) == 0 {
		return nil, err
	}
	kept, err := r.kept(ctx, records)
	if err != nil {
		return nil, err
	}
	all := make([]*child, len(records))
	for i, record := range records {
		all[i] = &child{record: record, past: pasts[record.Ref], kept: kept[record.Ref]}
		r.follow(all[i])
	}
	return all, nil
}

func (r *Runner) kept(ctx context.Context, records []pep.Record) (map[pep.Ref]Kept, error) {
	refs := make([]pep.Ref, len(records))
	for i, record := range records {
		refs[i] = record.Ref
	}
	kept, err := r.Plans.Courses(ctx, refs)
	if err != nil {
		return nil, fmt.Errorf("reading the plans: %w", err)
	}
	return kept, nil
}

// child is children for one.
func (r *Runner) child(ctx context.Context, record pep.Record) (*child, error) {
	all, err := r.children(ctx, []pep.Record{record})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// follow takes the child's plans from where they were stored to today.
func (r *Runner) follow(c *child) {
	where := r.Now().Location()
	done := func(key string) timetable.Progress { return c.past.history(key, where).progress }
	c.courses = r.Rules.Follow(c.record, c.kept.Courses, done, r.Calendar, r.today())
	c.open = c.open[:0]
	for _, course := range c.courses {
		if course.Open() {
			c.open = append(c.open, r.prospect(c, course))
		}
	}
}

// prospect looks at one plan as it stands today.
func (r *Runner) prospect(c *child, course timetable.Course) prospect {
	h := c.past.history(course.Plan.Key(), r.Now().Location())
	outlook := r.Rules.Look(c.record, course, h.progress, r.Calendar, r.today())
	c.leaveOutFormer(&outlook)
	c.leaveToTransfer(&outlook, h)
	return prospect{outlook, h}
}

// plan finds the plan of a key, closed or not.
func (r *Runner) plan(c *child, key string) (prospect, bool) {
	for _, p := range c.open {
		if p.outlook.Plan.Key() == key {
			return p, true
		}
	}
	for _, course := range c.courses {
		if course.Plan.Key() == key {
			return r.prospect(c, course), true
		}
	}
	return prospect{}, false
}

// newest is the child's newest plan, which is never closed: it may say why
// there is none.
func (c *child) newest() prospect { return c.open[len(c.open)-1] }

// finalised is the plan that was made final last; false where none was.
func (r *Runner) finalised(c *child) (prospect, bool) {
	return r.lastFinal(c, func(prospect) bool { return true })
}

// lastFinal is the plan that was made final last of those that count.
func (r *Runner) lastFinal(c *child, counts func(prospect) bool) (prospect, bool) {
	var last prospect
	for _, course := range c.courses {
		p, _ := r.plan(c, course.Plan.Key())
		if p.history.final != "" && counts(p) && !p.history.finalisedAt.Before(last.history.finalisedAt) {
			last = p
		}
	}
	return last, last.history.final != ""
}

// leaveOutFormer keeps what is due from the designated teacher of a setting
// that the child has left, even while an older export of contacts still names
// them.
func (c *child) leaveOutFormer(o *timetable.Outlook) {
	keep := func(all []timetable.Recipient, blocked *[]timetable.Blocked) []timetable.Recipient {
		var kept []timetable.Recipient
		for _, to := range all {
			if on, former := c.former(to.Contact); former {
				*blocked = append(*blocked, timetable.Blocked{Role: to.Role, Contact: to.Contact, Why: string(leftSetting) + " on " + on.Long()})
				continue
			}
			kept = append(kept, to)
		}
		return kept
	}
	o.Recipients = keep(o.Recipients, &o.Blocked)
	o.FinalRecipients = keep(o.FinalRecipients, &o.FinalBlocked)
}

// former reports whether a contact is the designated teacher of a setting that
// the child left within the year, and when that became known.
func (c *child) former(to pep.Contact) (pep.Date, bool) {
	if !to.Role.Designated() || to.Organisation == "" {
		return pep.Date{}, false
	}
	for _, course := range c.courses {
		if t := course.Transfer; t != nil && sameName(t.From.Name, to.Organisation) && !sameName(c.record.Child.Setting.Name, to.Organisation) {
			return t.On, true
		}
	}
	return pep.Date{}, false
}

func sameName(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }
