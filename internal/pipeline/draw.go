package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pdf"
	"github.com/pepost/pepost/internal/word"
)

// drawn is one document for one reader: a form in Word, a final plan or a
// meeting pack as PDF.
type drawn struct {
	file       []byte
	as         letter.Extension
	form       string // its name and the hash of its definition
	unanswered []string
	hold       string
	// undrawn is set where the authority's own template could not be used: there
	// is no form, and none is drawn in another way.
	undrawn bool
}

// draw makes the document of an errand; a sketch has none. What goes by post
// is drawn on paper, which no Word template is for.
func (r *Runner) draw(e errand, onPaper bool) (drawn, error) {
	if e.kind == outbox.KindPack {
		return r.drawPack(e)
	}
	composed := r.Forms.Compose(e.drawnPlan())
	doc, values, withheld := r.document(e, composed)
	stage := form.ToSend
	if e.kind.Final() {
		stage = form.ToFinalise
	}
	out := drawn{form: composed.ID + " " + composed.Version, unanswered: form.Missing(composed, values, stage), hold: holdOf(withheld), as: letter.Word}
	if r.Sketch {
		return out, nil
	}
	if _, own := r.WordTemplates.Of(doc.FormID); e.kind.Final() && (onPaper || !own) {
		var err error
		out.file, out.as, err = r.drawFinal(doc)
		return out, drawingError(e, err)
	}
	if onPaper {
		word, err := word.Write(doc)
		out.file = word
		return out, drawingError(e, err)
	}
	made, why, err := r.wordForm(doc)
	if err != nil {
		return drawn{}, drawingError(e, err)
	}
	out.file, out.undrawn, out.hold = made.Bytes, why != "", firstOf(why, out.hold)
	if made.Template != "" {
		out.form += ", template " + made.Template + " " + made.SHA256
	}
	return out, nil
}

// drawFinal makes a plan that is to be read and kept as PDF, unless the
// authority has a form of its own in Word; in Word too where a character in it has no glyph, which a reader's own fonts may have: a final
// plan is not held up for the want of one.
func (r *Runner) drawFinal(doc document.Document) ([]byte, letter.Extension, error) {
	file, err := r.PDF.Write(doc)
	var uncovered *pdf.UncoveredError
	if errors.As(err, &uncovered) {
		data, err := word.Write(doc)
		return data, letter.Word, err
	}
	return file.Bytes, letter.PDF, err
}

// drawPack makes the meeting pack of an errand for its one reader.
func (r *Runner) drawPack(e errand) (drawn, error) {
	composed := r.Forms.Compose(e.plan)
	doc, _, withheld := r.packDocument(e, "the "+e.recipient.Role.Words())
	out := drawn{form: composed.ID + " " + composed.Version, hold: holdOf(withheld), as: letter.PDF}
	if r.Sketch {
		return out, nil
	}
	file, err := r.PDF.Write(doc)
	var uncovered *pdf.UncoveredError
	if errors.As(err, &uncovered) {
		out.hold = "the pack cannot be drawn: " + strings.ReplaceAll(err.Error(), "\n", "; ")
		return out, nil
	}
	if err != nil {
		return drawn{}, fmt.Errorf("drawing the meeting pack of %s: %w", e.record.Ref, err)
	}
	out.file = file.Bytes
	return out, nil
}

func drawingError(e errand, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("drawing the document of %s: %w", e.record.Ref, err)
}

// document is the form as blocks for its reader, with all values it was made
// from and what was left out.
func (r *Runner) document(e errand, composed form.Form) (document.Document, form.Values, []document.Withheld) {
	values := r.values(e, composed)
	officer := r.officer(e.record)
	doc, withheld := document.Build(composed, values, readerOf(e), document.Head{
		Authority: r.Words.Authority, VirtualSchool: r.Words.VirtualSchool, Ref: e.record.Ref,
		ReturnBy: e.returnBy, ReturnTo: r.returnTo(e), OnPaper: e.onPaper, Officer: officer.Name, Phone: officer.Telephone,
		Generated: r.today(),
	})
	return doc, values, withheld
}

// returnTo is where a filled form goes: by the way it came.
func (r *Runner) returnTo(e errand) string {
	if e.onPaper {
		return strings.Join(r.Post.ReturnAddress, ", ")
	}
	return r.From.Canonical()
}

func readerOf(e errand) document.Reader {
	purpose := document.BlankForm
	if e.kind.Final() {
		purpose = document.FinalCopy
	}
	return document.Reader{
		Role: e.recipient.Role, Also: e.recipient.Also, WithholdPlacementAddress: e.recipient.WithholdPlacementAddress, Purpose: purpose,
	}
}

// values are what the register knows, and over it the answers of the returned
// form that a final plan is made from.
func (r *Runner) values(e errand, composed form.Form) form.Values {
	known := form.Prefill(composed, e.record, e.drawnPlan(), form.Known{
		Generated: r.today(), CopyFor: string(e.recipient.Role), Authority: r.Words.Authority,
	})
	if e.answers == nil {
		return known
	}
	for key, answer := range e.answers.Fields {
		if f, ok := composed.Field(key); ok && !f.Locked && answer != "" {
			known.Fields[key] = answer
		}
	}
	for key, rows := range e.answers.Tables {
		if f, ok := composed.Field(key); ok && !f.Locked && len(rows) > 0 {
			known.Tables[key] = rows
		}
	}
	return form.Derive(composed, known)
}

// holdOf is why a copy must be looked at before it leaves.
func holdOf(withheld []document.Withheld) string {
	for _, w := range withheld {
		if w.Holds {
			return fmt.Sprintf("the answer %s repeats something this reader may not see: %s", w.Field, w.Why)
		}
	}
	return ""
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
