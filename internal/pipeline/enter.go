package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/form/typed"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/receive"
	"github.com/pepost/pepost/internal/word"
)

// TypedError lists everything that is wrong with the answers typed from a paper
// form. It repeats none of them.
type TypedError struct {
	Ref    pep.Ref
	Faults []typed.Fault
}

// Error says how much is wrong.
func (e *TypedError) Error() string {
	if len(e.Faults) == 1 {
		return "nothing was taken in for " + string(e.Ref) + ": 1 thing that was typed does not fit the form"
	}
	return fmt.Sprintf("nothing was taken in for %s: %d things that were typed do not fit the form", e.Ref, len(e.Faults))
}

// fromPaper is why a typed form is for a person.
const fromPaper = "typed from paper: compare it with the sheets before accepting it"

// EnterReturn takes in the answers that an account typed from a paper form: the
// form last sent for the child is filled in with them and waits like any other
// that came back. Whatever does not fit the form is a [TypedError], and nothing
// is taken in; a child to whom no form went is a [NotFoundError]. The same
// answers again change nothing.
func (r *Runner) EnterReturn(ctx context.Context, ref pep.Ref, data []byte, account string) (Taken, error) {
	document, f, err := r.sentForm(ctx, ref)
	if err != nil {
		return Taken{}, err
	}
	answers, faults := typed.Read(f, data)
	if len(faults) > 0 {
		return Taken{}, &TypedError{ref, faults}
	}
	filled, faults, err := fillTyped(document, r.Forms, answers)
	switch {
	case err != nil:
		return Taken{}, fmt.Errorf("filling in the form of %s: %w", ref, err)
	case len(faults) > 0:
		return Taken{}, &TypedError{ref, faults}
	}
	m := memory{runner: r, ctx: ctx}
	judged := receive.JudgeFile(string(ref)+".docx", filled, m.known())
	if m.err != nil {
		return Taken{}, fmt.Errorf("judging a typed form: %w", m.err)
	}
	judged.Verdict = receive.ForPerson
	judged.Reasons = append([]receive.Reason{{Code: receive.TypedForm, Text: fromPaper}}, judged.Reasons...)
	return r.keep(ctx, judged, arrival{typedBy: account})
}

// BlankAnswers is a CSV of what the form last sent for a child asks, to type the
// answers of a paper form into. It has nothing of the child.
func (r *Runner) BlankAnswers(ctx context.Context, ref pep.Ref) ([]byte, error) {
	document, f, err := r.sentForm(ctx, ref)
	if err != nil {
		return nil, err
	}
	asks, err := word.Asks(document)
	if err != nil {
		return nil, fmt.Errorf("reading the form that left for %s: %w", ref, err)
	}
	return typed.Blank(f, asks), nil
}

// sentForm is the form last sent for a child as it was rendered, and what it
// asks.
func (r *Runner) sentForm(ctx context.Context, ref pep.Ref) ([]byte, form.Form, error) {
	_, document, err := r.Deliveries.Original(ctx, ref)
	if err != nil {
		return nil, form.Form{}, err
	}
	reading, err := word.Read(document, r.Forms)
	if err != nil {
		return nil, form.Form{}, fmt.Errorf("reading the form that left for %s: %w", ref, err)
	}
	f, known := r.Forms.ByID(reading.Form)
	if !known {
		return nil, form.Form{}, fmt.Errorf("the form %s that left for %s is not among the forms", reading.Form, ref)
	}
	return document, f, nil
}

// mostUnfit bounds how many answers without a place are looked for.
const mostUnfit = 50

// fillTyped fills the form in, and lists the answers that this copy of the form
// has no place for.
func fillTyped(document []byte, forms word.Forms, t typed.Typed) ([]byte, []typed.Fault, error) {
	var faults []typed.Fault
	for range mostUnfit {
		filled, err := word.Fill(document, t.Values)
		var unfit *word.FillError
		if !errors.As(err, &unfit) {
			if err == nil {
				more, failed := notTaken(filled, forms, t)
				faults, err = append(faults, more...), failed
			}
			return filled, faults, err
		}
		faults = append(faults, typed.Fault{Line: t.Line(unfit.Field), Field: unfit.Field, Reason: unfit.Reason})
		if !without(t.Values, unfit.Field) {
			return nil, faults, nil
		}
	}
	return nil, faults, nil
}

// notTaken are the answers that the filled form does not have, since what it has
// in their place is not to be written over.
func notTaken(filled []byte, forms word.Forms, t typed.Typed) ([]typed.Fault, error) {
	reading, err := word.Read(filled, forms)
	if err != nil {
		return nil, err
	}
	var faults []typed.Fault
	for _, key := range slices.Sorted(maps.Keys(t.Values.Fields)) {
		if reading.Values.Fields[key] != t.Values.Fields[key] {
			faults = append(faults, typed.Fault{Line: t.Line(key), Field: key, Reason: "it is printed on the form and is not the setting's to answer"})
		}
	}
	return faults, nil
}

// without takes one answer away; false where there is none.
func without(v form.Values, key string) bool {
	table, row, column := form.SplitKey(key)
	if row == 0 {
		_, there := v.Fields[key]
		delete(v.Fields, key)
		return there
	}
	if row > len(v.Tables[table]) {
		return false
	}
	_, there := v.Tables[table][row-1][column]
	delete(v.Tables[table][row-1], column)
	return there
}
