package pipeline

import (
	"errors"
	"strings"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/word"
	"github.com/pepost/pepost/internal/word/template"
)

// unusable begins every reason for which a form waits for its template.
const unusable = "the Word template "

// wordForm draws a document in Word: with the authority's own template where
// there is one for its form, else by the program. A template that cannot be
// used is why there is no form at all.
func (r *Runner) wordForm(doc document.Document) (made template.Drawn, why string, err error) {
	made, found, err := r.WordTemplates.Fill(doc)
	var unsound *template.UnsoundError
	var misfit *template.Error
	switch {
	case errors.As(err, &unsound) || errors.As(err, &misfit):
		return template.Drawn{}, unusable + stateOf(r.WordTemplates, doc.FormID) + ": " + err.Error(), nil
	case err != nil || found:
		return made, "", err
	}
	made.Bytes, err = word.Write(doc)
	return made, "", err
}

// stateOf names the template of a form and the first digits of its hash, by
// which a changed one is known.
func stateOf(all template.Set, formID string) string {
	own, found := all.Of(formID)
	if !found {
		return "(none)"
	}
	return own.File + " (" + own.SHA256[:min(8, len(own.SHA256))] + ")"
}

// templateChanged reports whether a delivery waits for a template that is
// another one by now, or gone.
func (r *Runner) templateChanged(d outbox.Delivery) bool {
	why := heldFor(d)
	if d.SHA256 != "" || !strings.HasPrefix(why, unusable) {
		return false
	}
	form, _, _ := strings.Cut(d.Form, " ")
	return !strings.HasPrefix(why, unusable+stateOf(r.WordTemplates, form)+":")
}
