package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/office"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pdf"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// Format is a file format a form is rendered in.
type Format string

// The formats.
const (
	Word Format = "docx"
	PDF  Format = "pdf"
)

// RenderAsk is what is to be rendered of one child.
type RenderAsk struct {
	Kind outbox.Kind
	// Role is the reader; empty is whoever the form goes to first.
	Role    pep.Role
	Formats []Format
	// Passphrase protects the files where it is not empty.
	Passphrase string
}

// Rendered is one file of one form.
type Rendered struct {
	Ref    pep.Ref
	Kind   outbox.Kind
	Format Format
	Bytes  []byte
	Pages  int // 0 for Word, which has none until it is laid out
	Fields int
	// Template names the authority's own template and the hash of it, where the
	// form was drawn with one.
	Template string
	Warnings []string
	// Err says why this format could not be made; the other ones stand.
	Err error
}

// NoFormError says that a child has no form, and why.
type NoFormError struct {
	Ref pep.Ref
	Why []string
}

// Error gives the reasons.
func (e *NoFormError) Error() string {
	return fmt.Sprintf("%s has no form: %s", e.Ref, strings.Join(e.Why, "; "))
}

// Render draws one child's form or final plan for one reader. It stores and
// sends nothing.
func (r *Runner) Render(ctx context.Context, record pep.Record, ask RenderAsk) ([]Rendered, error) {
	c, err := r.child(ctx, record)
	if err != nil {
		return nil, err
	}
	p := r.drawnOf(c, ask.Kind)
	if p.outlook.Plan.Phase == pep.NoPhase {
		return nil, &NoFormError{Ref: record.Ref, Why: p.outlook.Plan.Why}
	}
	e := errand{
		record: record, plan: p.outlook.Plan, kind: ask.Kind, returnBy: p.outlook.ReturnDue.Due, recipient: reader(p.outlook, ask.Role),
	}
	if ask.Kind == outbox.KindFinal {
		e.answers = p.history.answers
	}
	composed := r.Forms.Compose(e.plan)
	doc, values, withheld := r.document(e, composed)
	var out []Rendered
	for _, format := range ask.Formats {
		file := Rendered{Ref: record.Ref, Kind: ask.Kind, Format: format, Fields: fields(doc), Warnings: warnings(composed, values, withheld, ask.Kind)}
		r.file(&file, doc, ask.Passphrase)
		out = append(out, file)
	}
	return out, nil
}

// drawnOf is the plan that is drawn: the final one is that which was made final
// last, any other the newest.
func (r *Runner) drawnOf(c *child, kind outbox.Kind) prospect {
	if p, made := r.finalised(c); made && kind == outbox.KindFinal && c.newest().outlook.Plan.Phase != pep.NoPhase {
		return p
	}
	return c.newest()
}

// reader is the recipient a copy is drawn for: the one the register names in
// the role, the strictest of them, or a stranger in that role.
func reader(outlook timetable.Outlook, role pep.Role) timetable.Recipient {
	if role == "" && len(outlook.Recipients) > 0 {
		return outlook.Recipients[0]
	}
	if role == "" {
		role = pep.DesignatedTeacher
	}
	found := timetable.Recipient{Role: role}
	for _, to := range append(outlook.Recipients, outlook.FinalRecipients...) {
		if to.Role == role && (to.WithholdPlacementAddress || found.Contact.Name == "") {
			found = to
		}
	}
	return found
}

// file makes the document in one format, locked where there is a passphrase.
func (r *Runner) file(out *Rendered, doc document.Document, passphrase string) {
	switch out.Format {
	case Word:
		r.wordFile(out, doc, passphrase)
	case PDF:
		made, err := r.PDF.Write(doc)
		out.Bytes, out.Pages, out.Err = made.Bytes, made.Pages, err
		if err == nil && passphrase != "" {
			out.Bytes, out.Err = pdf.Lock(made.Bytes, passphrase, r.Seed.Stream("render\x00"+digest(made.Bytes)+"\x00"+passphrase))
		}
	default:
		out.Err = fmt.Errorf("no such format: %s", out.Format)
	}
}

func (r *Runner) wordFile(out *Rendered, doc document.Document, passphrase string) {
	made, why, err := r.wordForm(doc)
	if why != "" {
		err = errors.New(why)
	}
	if out.Err = err; err != nil {
		return
	}
	out.Bytes = made.Bytes
	if made.Template != "" {
		out.Template = made.Template + " " + made.SHA256
	}
	if passphrase != "" {
		out.Bytes, out.Err = office.Encrypt(made.Bytes, passphrase, r.Seed.Stream("render\x00"+digest(made.Bytes)+"\x00"+passphrase))
	}
}

// fields counts the questions of a document.
func fields(doc document.Document) int {
	n := 0
	for _, block := range doc.Blocks {
		switch block.(type) {
		case document.Answer, document.Grid:
			n++
		}
	}
	return n
}

func warnings(composed form.Form, values form.Values, withheld []document.Withheld, kind outbox.Kind) []string {
	stage := form.ToSend
	if kind == outbox.KindFinal {
		stage = form.ToFinalise
	}
	var out []string
	for _, key := range form.Missing(composed, values, stage) {
		out = append(out, "no answer to "+key+", which is needed "+string(stage))
	}
	for _, w := range withheld {
		if w.Holds {
			out = append(out, "the answer "+w.Field+" repeats something this reader may not see: "+w.Why)
		}
	}
	return out
}
