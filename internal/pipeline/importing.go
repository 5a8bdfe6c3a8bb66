package pipeline

import (
	"context"
	"fmt"
	"strconv"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/roster"
)

// Imported is what one import did: Rows is the sum of Accepted, Changed,
// Unchanged and Rejects.
type Imported struct {
	Rows, Accepted, Changed, Unchanged int
	Changes                            []Change
	Rejects, Warnings                  []roster.Finding
	Tables                             []roster.Table
	Unread                             []roster.Unread
}

// Import reads the files of one export into the register, in one transaction,
// and leaves evidence of it. What is refused is listed and stops nothing else.
func (r *Runner) Import(ctx context.Context, files []roster.File) (Imported, error) {
	known, err := r.Register.ChildIDs(ctx)
	if err != nil {
		return Imported{}, fmt.Errorf("reading the register: %w", err)
	}
	batch := roster.Read(roster.Input{Files: files, AsOf: r.today(), Known: known})
	taken, err := r.Register.Import(ctx, intakeOf(batch), r.Now())
	if err != nil {
		return Imported{}, fmt.Errorf("writing the register: %w", err)
	}
	out := Imported{
		Rows: batch.Rows, Accepted: taken.Accepted, Changed: taken.Changed, Unchanged: taken.Unchanged + batch.Repeated,
		Changes: taken.Changes, Rejects: batch.Rejects, Warnings: append(batch.Warnings, r.closedDays(batch)...),
		Tables: batch.Tables, Unread: batch.Unread,
	}
	if err := r.Evidence.Append(ctx, r.evidenceOf(out)); err != nil {
		return out, fmt.Errorf("keeping evidence of the import: %w", err)
	}
	// What an export says of a meeting is news of the day it was imported on.
	if err := r.followChosen(ctx, taken.Touched); err != nil {
		return out, fmt.Errorf("following the plans of the import: %w", err)
	}
	return out, nil
}

// intakeOf is the batch as the register takes it.
func intakeOf(b roster.Batch) Intake {
	in := Intake{
		Children: b.Children, Contacts: b.Contacts, Targets: b.Targets, Returns: b.Returns,
		Rows: make([]Row, len(b.Taken)),
	}
	for i, row := range b.Taken {
		in.Rows[i] = Row{ChildID: row.ChildID, Kind: RowKind(row.Kind), Key: row.Key, Digest: row.Digest}
	}
	return in
}

// closedDays warns of meetings booked on a day without school, where the
// calendar can tell.
func (r *Runner) closedDays(b roster.Batch) []roster.Finding {
	if r.Calendar == nil {
		return nil
	}
	var out []roster.Finding
	for i, child := range b.Children {
		date := child.Meeting.Date
		if date.IsZero() {
			continue
		}
		day, err := r.Calendar.Day(date)
		if err != nil || day.Kind == calendar.SchoolDay {
			continue
		}
		out = append(out, roster.Finding{
			Place: b.Origins[i].Meeting(), Code: pep.MeetingOnClosedDay, Value: roster.DateValue,
			Reason: fmt.Sprintf("the meeting is booked on a day without school: %s", day.Why()),
		})
	}
	return out
}

func (r *Runner) evidenceOf(i Imported) audit.Record {
	return audit.Record{At: r.Now(), Action: audit.Imported, By: r.Owner, Facts: []audit.Fact{
		{Name: "rows", Value: strconv.Itoa(i.Rows)},
		{Name: "accepted", Value: strconv.Itoa(i.Accepted)},
		{Name: "changed", Value: strconv.Itoa(i.Changed)},
		{Name: "unchanged", Value: strconv.Itoa(i.Unchanged)},
		{Name: "rejected", Value: strconv.Itoa(len(i.Rejects))},
	}}
}
