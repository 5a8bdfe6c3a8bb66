package rehearsal

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/roster"
	"github.com/pepost/pepost/internal/timetable"
)

// imports takes in what the case system exported since the last working day,
// before the morning's post.
func (p *play) imports(ctx context.Context) error {
	for len(p.ahead) > 0 && !p.ahead[0].Day.After(p.day) {
		export := p.ahead[0]
		p.ahead = p.ahead[1:]
		var files []roster.File
		for _, file := range export.Files {
			files = append(files, roster.File{Name: file.Name, Data: file.Data})
		}
		done, err := p.Runner.Import(ctx, files)
		if err != nil {
			return fmt.Errorf("taking in the export of %s: %w", export.Day, err)
		}
		if bad := len(done.Rejects) + len(done.Unread); bad > 0 {
			return fmt.Errorf("taking in the export of %s: %d of its rows or files were refused", export.Day, bad)
		}
		for _, change := range done.Changes {
			if _, before := p.story.Changed[change.Ref]; !before {
				p.story.Changed[change.Ref] = p.day
			}
			if slices.Contains(change.Fields, "setting") {
				p.moved[change.Ref] = p.day
			}
			p.tell("%s: the export has changed: %s", change.Ref, fieldNames(change.Fields))
		}
	}
	return nil
}

func fieldNames(fields []string) string {
	return strings.ReplaceAll(strings.Join(fields, ", "), "_", " ")
}

// tasks tells what is newly to be done because of a change.
func (p *play) tasks(ctx context.Context) error {
	for _, ref := range slices.Sorted(maps.Keys(p.story.Changed)) {
		plans, err := p.Runner.PlansOf(ctx, ref)
		if err != nil {
			return err
		}
		for _, plan := range plans {
			for _, m := range plan.Milestones {
				if plan.Course.Open() && ofChange(m.Name) && m.Done.IsZero() && !m.Due.After(p.day) {
					p.toDo(ref, m)
				}
			}
		}
	}
	return nil
}

// ofChange reports whether a task is what a change makes, and not every plan's.
func ofChange(name timetable.MilestoneName) bool {
	return slices.Contains([]timetable.MilestoneName{timetable.SetMeeting, timetable.SocialWorkerPart, timetable.TransferDue}, name)
}

// toDo tells of a task once.
func (p *play) toDo(ref pep.Ref, m timetable.Milestone) {
	task := fmt.Sprintf("to do for the %s: %s: %s", m.By, strings.ReplaceAll(string(m.Name), "_", " "), strings.Join(m.Why[:min(1, len(m.Why))], ""))
	if slices.Contains(p.told[ref], task) {
		return
	}
	p.told[ref] = append(p.told[ref], task)
	p.tell("%s: %s", ref, task)
}

// untilAuthorised is how many school days the Virtual School takes to authorise
// a transfer within the year.
const untilAuthorised = 2

// transfers has the Virtual School authorise the transfer of each child who
// changed setting, to the new one's designated teacher, after ringing the
// number that the school's own website gives.
func (p *play) transfers(ctx context.Context) error {
	for _, ref := range slices.Sorted(maps.Keys(p.moved)) {
		if p.schoolDaysSince(p.moved[ref]) < untilAuthorised {
			continue
		}
		delete(p.moved, ref)
		record, err := p.Runner.Register.Record(ctx, ref)
		if err != nil {
			return err
		}
		to, found := newTeacher(record)
		if !found {
			continue
		}
		if _, err := p.Runner.AuthoriseTransfer(ctx, ref, to.Email, p.by("rang the new setting: the address is its designated teacher's")); err != nil {
			return fmt.Errorf("authorising the transfer of %s: %w", ref, err)
		}
		p.story.Transfers++
		p.tell("%s: the virtual school has authorised the transfer to the %s of the new setting", ref, to.Role)
	}
	return nil
}

// newTeacher is the designated teacher, practitioner or person of the setting
// where the child is now.
func newTeacher(r pep.Record) (pep.Contact, bool) {
	for _, contact := range r.Contacts {
		if contact.Role.Designated() && contact.Organisation == r.Child.Setting.Name {
			return contact, true
		}
	}
	return pep.Contact{}, false
}

// withdrawn tells what the program took back because of a change.
func (p *play) withdrawn(back []outbox.Delivery) {
	p.story.Withdrawn += len(back)
	for _, d := range back {
		p.tell("%s: the %s for the %s was taken back: %s", d.Ref, d.Kind, d.Recipient.Role, d.Reason)
	}
}

// reaches tells of a message about a child whose record changed in the term.
func (p *play) reaches(d outbox.Delivery) {
	if _, changed := p.story.Changed[d.Ref]; changed {
		p.tell("%s: the %s reaches the %s", d.Ref, d.Kind, d.Recipient.Role)
	}
}

// Changes are the lines about the children whose records changed in the term,
// from the day on which each did: child by child, in the order they happened.
func (s Story) Changes() []Line {
	var lines []Line
	for _, line := range s.Lines {
		if first, changed := s.Changed[line.Ref]; changed && !line.Day.Before(first) {
			lines = append(lines, line)
		}
	}
	slices.SortStableFunc(lines, func(a, b Line) int {
		return cmp.Or(s.Changed[a.Ref].Compare(s.Changed[b.Ref]), strings.Compare(string(a.Ref), string(b.Ref)))
	})
	return lines
}
