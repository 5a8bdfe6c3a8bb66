package word

import (
	"fmt"
	"math"
	"slices"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/scan"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// reader turns what a scan found into a reading.
type reader struct {
	form form.Form
	scan *scan.Scan
	file *scan.File
	out  Reading
	// sites are the places on paper of every answer.
	sites map[slot][]site
	// rows counts the rows found of each table.
	rows map[string]int
	// words compares labels letter by letter, within one bound for the file.
	words labels
	// weights are how surely the answers under each key were read.
	weights map[string][]float64
}

// slot is one answer of the form; row is zero outside tables.
type slot struct {
	key, column string
	row         int
}

// name is the key under which the answer is told.
func (s slot) name() string {
	if s.column == "" {
		return s.key
	}
	return form.CellKey(s.key, s.row, s.column)
}

// maxProblems bounds the list of a form that somebody spoilt on purpose.
const maxProblems = 500

func (r *reader) problem(code ProblemCode, field, detail string) {
	if len(r.out.Problems) < maxProblems {
		r.out.Problems = append(r.out.Problems, Problem{code, field, detail})
	}
}

// problemsOf says what is odd about the file as a whole.
func (r *reader) problemsOf(id scan.Identity) {
	switch {
	case id.Contradicts:
		r.problem(NoReference, "", "the form tells more than one reference")
	case id.Ref == "":
		r.problem(NoReference, "", "the form tells no reference")
	}
	if id.Version != r.form.Version {
		r.problem(OtherVersion, "", "the form's definition has changed since it was sent")
	}
	if r.scan.Tracked {
		r.problem(TrackedChanges, "", "the form holds changes that nobody accepted; deleted text was not read")
	}
}

// answers reads every answer and says how sure the whole is.
func (r *reader) answers() {
	r.weights = map[string][]float64{}
	byControl := map[string]bool{}
	for _, f := range r.scan.Found {
		byControl[f.Key] = true
	}
	r.sites, r.rows = r.group(r.withLooseRows(r.scan.Found))
	r.readLabels()
	for field := range r.form.Fields() {
		if field.Kind == form.Table {
			r.table(field)
		} else {
			r.field(field)
		}
	}
	r.lost(byControl)
}

// keysFound are the fields and tables of which something was found.
func (r *reader) keysFound() map[string]bool {
	keys := map[string]bool{}
	for s := range r.sites {
		keys[s.key] = true
	}
	return keys
}

func (r *reader) field(field form.Field) {
	at := slot{key: field.Key}
	sites := r.sites[at]
	if len(sites) == 0 {
		return
	}
	if value, ok := r.settle(field, at, sites); ok && value != "" {
		r.out.Values.Fields[field.Key] = value
	}
}

// settle reads one answer from all places where it stands, and reports
// whether it could be read.
func (r *reader) settle(field form.Field, at slot, sites []site) (string, bool) {
	a := r.reconcile(field, at, sites)
	if a.problem != "" {
		r.problem(a.problem, at.name(), a.detail)
	}
	if a.unreadable {
		r.out.Unreadable = append(r.out.Unreadable, at.name())
		r.weights[at.key] = append(r.weights[at.key], 0)
		if a.written != "" {
			r.out.AsWritten[at.name()] = a.written
		}
		return "", false
	}
	r.weights[at.key] = append(r.weights[at.key], a.via.Weight())
	return a.value, true
}

// lost says which answers have no place left, and how sure the rest is.
func (r *reader) lost(byControl map[string]bool) {
	keys, count := r.file.Expected()
	found := r.keysFound()
	for _, key := range keys {
		if r.scan.Asks(key) && !found[key] {
			r.problem(ControlLost, key, "the answer's place in the form is gone")
			r.out.Unreadable = append(r.out.Unreadable, key)
		}
	}
	if len(keys) == 0 && len(found) < count {
		r.problem(ControlLost, "", fmt.Sprintf("the places of %d answers are gone", count-len(found)))
	}
	count = max(count, len(found), 1)
	sum := 0.0
	for _, key := range slices.Sorted(mapKeys(r.weights)) {
		sum += mean(r.weights[key])
	}
	confidence := min(1, sum/float64(count))
	if float64(len(byControl)) < 0.9*float64(count) {
		r.problem(LayoutLost, "", "the form's controls are gone; what could be read was found by the labels")
		confidence = min(confidence, 0.5)
	}
	if r.out.Ref == "" {
		confidence /= 2
	}
	r.out.Confidence = math.Round(confidence*1000) / 1000
}

func mapKeys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

func mean(all []float64) float64 {
	sum := 0.0
	for _, one := range all {
		sum += one
	}
	return sum / float64(max(1, len(all)))
}

// Bounds of remarks in the margin.
const (
	maxComments = 200
	maxComment  = 4000
)

// comments reads the remarks in the margin.
func (r *reader) comments() {
	if r.file.Comments == nil {
		return
	}
	for n := r.file.Comments.First; n != nil && len(r.out.Comments) < maxComments; n = n.Next {
		if !n.Is(xmltree.Word, "comment") {
			continue
		}
		key := place.ParseTag(r.scan.Anchors[n.Attr(xmltree.Word, "id")]).Key
		r.out.Comments = append(r.out.Comments, Comment{
			Field: key, Author: cut(n.Attr(xmltree.Word, "author")), Text: cut(n.Content()),
		})
	}
}

func cut(text string) string {
	if runes := []rune(text); len(runes) > maxComment {
		return string(runes[:maxComment]) + "…"
	}
	return text
}
