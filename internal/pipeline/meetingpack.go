package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pack"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// PackAsk is which pack is to be made of one child's meeting.
type PackAsk struct {
	// Role is the one reader it is for; empty is everybody who is invited: it
	// then shows only what every one of them may see.
	Role pep.Role
	// By is who asks, for the evidence of the invitations.
	By string
}

// MeetingPack is what a PEP meeting needs.
type MeetingPack struct {
	PDF   []byte
	Pages int
	// Booked is false where no meeting is: there are no invitations then.
	Booked bool
	// Audience says whom the pack is for.
	Audience    string
	Invitations []Invited
	// Blocked are people who are invited and must not be written to.
	Blocked []timetable.Blocked
	// Held are answers that repeat something this audience may not see. They are
	// left out, and a person must look before the pack is given to anybody.
	Held []document.Withheld
}

// MeetingPack makes the pack and the invitations for a child's meeting. It
// sends nothing; that invitations were made is stored, since the next version
// of one must be known as such.
func (r *Runner) MeetingPack(ctx context.Context, record pep.Record, ask PackAsk) (MeetingPack, error) {
	c, err := r.child(ctx, record)
	if err != nil {
		return MeetingPack{}, err
	}
	p := c.newest()
	if p.outlook.Plan.Phase == pep.NoPhase {
		return MeetingPack{}, &NoFormError{Ref: record.Ref, Why: p.outlook.Plan.Why}
	}
	people, blocked := r.Rules.Invited(record, p.outlook.Plan)
	to, audience := packReader(p.outlook, people, ask.Role)
	e := errand{record: record, plan: p.outlook.Plan, kind: outbox.KindPack, recipient: to, answers: p.history.answers}
	doc, _, withheld := r.packDocument(e, audience)
	file, err := r.PDF.Write(doc)
	if err != nil {
		return MeetingPack{}, fmt.Errorf("drawing the meeting pack of %s: %w", record.Ref, err)
	}
	out := MeetingPack{
		PDF: file.Bytes, Pages: file.Pages, Booked: !p.outlook.Plan.Meeting.Date.IsZero() && !calledOff(p.outlook.Course),
		Audience: audience, Blocked: blocked, Held: holding(withheld),
	}
	if out.Booked || calledOff(p.outlook.Course) {
		out.Invitations, err = r.invitations(ctx, c, p, people, ask.By)
	}
	return out, err
}

// packReader is whom a pack is drawn for: one reader, or all who are invited
// as if they were one, who may see the least. Where nobody is, it is whoever
// gets the form.
func packReader(outlook timetable.Outlook, people []timetable.Recipient, role pep.Role) (to timetable.Recipient, audience string) {
	if role != "" {
		return reader(outlook, role), "the " + role.Words()
	}
	if len(people) == 0 {
		people = outlook.Recipients
	}
	if len(people) == 0 {
		return timetable.Recipient{Role: pep.DesignatedTeacher, WithholdPlacementAddress: true}, "nobody is invited yet"
	}
	to = people[0]
	for _, other := range people[1:] {
		to.Also = append(append(to.Also, other.Role), other.Also...)
		to.WithholdPlacementAddress = to.WithholdPlacementAddress || other.WithholdPlacementAddress
	}
	if len(people) == 1 {
		return to, "the " + to.Role.Words()
	}
	return to, "everybody who is invited"
}

// packDocument builds the form twice for the audience, as it stands and blank,
// and lays the pack out from both.
func (r *Runner) packDocument(e errand, audience string) (document.Document, form.Values, []document.Withheld) {
	composed := r.Forms.Compose(e.plan)
	doc, values, withheld := r.document(e, composed)
	blank, _ := document.Build(composed, unwritten(composed, values), readerOf(e), document.Head{Ref: e.record.Ref, Generated: r.today()})
	officer := r.officer(e.record)
	return pack.Build(pack.Input{
		Form: doc, Blank: blank, Audience: audience, Agenda: r.Agenda, Date: e.plan.Meeting.Date, Officer: officer.Name, Phone: officer.Telephone,
	}), values, withheld
}

// holding are the answers that were left out and that a person must look at.
func holding(withheld []document.Withheld) []document.Withheld {
	return slices.DeleteFunc(slices.Clone(withheld), func(w document.Withheld) bool { return !w.Holds })
}

// unwritten is what a form begins with before the child or the carer has
// written a word in it.
func unwritten(composed form.Form, values form.Values) form.Values {
	out := form.Values{Fields: map[string]string{}, Tables: values.Tables}
	for key, answer := range values.Fields {
		field, ok := composed.Field(key)
		if ok && len(field.Fillers) > 0 && (field.Fillers[0] == form.ByYoungPerson || field.Fillers[0] == form.ByCarer) {
			continue
		}
		out.Fields[key] = answer
	}
	return out
}

// openMeeting is when and where the meeting is, in the form's own words: the
// time as 15:30, the place as a parent might read it from whom the placement
// is withheld, or nothing where such a parent could not be told. An invitation
// says no more than anybody may know.
func (r *Runner) openMeeting(p prospect, record pep.Record) (clock, place string) {
	strict := timetable.Recipient{Role: pep.Parent, WithholdPlacementAddress: true}
	doc, _, _ := r.document(errand{record: record, plan: p.outlook.Plan, kind: outbox.KindPack, recipient: strict}, r.Forms.Compose(p.outlook.Plan))
	for _, block := range doc.Blocks {
		answer, ok := block.(document.Answer)
		switch {
		case ok && answer.Key == "meet.time":
			clock = answer.Value
		case ok && answer.Key == "meet.place":
			place = strings.Join(strings.Fields(answer.Value), " ")
		}
	}
	return clock, place
}
