package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/office"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/word"
)

// ReadForm is one filled form as read, compared with what was sent.
type ReadForm struct {
	Reading word.Reading
	// Changed are the answers that differ from what was compared with; empty
	// where nothing was.
	Changed []form.Change
	// Missing are the answers that the final plan still needs.
	Missing []string
	// Faults are the answers that the form does not take as they are.
	Faults []form.Fault
}

// Read reads one filled form, opening it with the passphrase where there is
// one. With a reference it is compared with the form last sent for that child,
// else with one drawn today. It stores nothing.
func (r *Runner) Read(ctx context.Context, data []byte, passphrase string, against pep.Ref) (ReadForm, error) {
	if passphrase != "" && office.IsEncrypted(data) {
		plain, err := office.Decrypt(data, passphrase)
		if errors.Is(err, office.ErrWrongPassphrase) {
			return ReadForm{}, &word.RefusedError{Code: word.Encrypted, Detail: "the passphrase does not open the file"}
		}
		if err != nil {
			return ReadForm{}, fmt.Errorf("opening the protected form: %w", err)
		}
		data = plain
	}
	reading, err := word.Read(data, r.Forms)
	if err != nil {
		return ReadForm{}, err
	}
	out := ReadForm{Reading: reading}
	composed, ok := r.Forms.ByID(reading.Form)
	if !ok {
		return out, nil
	}
	out.Missing, out.Faults = form.Missing(composed, reading.Values, form.ToFinalise), form.Faults(composed, reading.Values)
	if against == "" {
		return out, nil
	}
	was, err := r.sentValues(ctx, against)
	if err != nil {
		return out, err
	}
	out.Changed = form.Diff(composed, was, reading.Values)
	return out, nil
}

// sentValues are the answers of the form last sent for a child, or of one
// drawn today where none was.
func (r *Runner) sentValues(ctx context.Context, ref pep.Ref) (form.Values, error) {
	_, original, err := r.Deliveries.Original(ctx, ref)
	var none *NotFoundError
	if errors.As(err, &none) {
		original, err = r.drawnToday(ctx, ref)
	}
	if err != nil {
		return form.Values{}, err
	}
	reading, err := word.Read(original, r.Forms)
	if err != nil {
		return form.Values{}, fmt.Errorf("reading the form that left: %w", err)
	}
	return reading.Values, nil
}

// drawnToday is today's blank Word form of a child.
func (r *Runner) drawnToday(ctx context.Context, ref pep.Ref) ([]byte, error) {
	record, err := r.Register.Record(ctx, ref)
	if err != nil {
		return nil, err
	}
	files, err := r.Render(ctx, record, RenderAsk{Kind: outbox.KindForm, Formats: []Format{Word}})
	if err != nil {
		return nil, err
	}
	return files[0].Bytes, files[0].Err
}
