package word

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/scan"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// answer is what one place on paper says.
type answer struct {
	value string
	via   scan.Via
	// unreadable answers have no value; written is their text as it stands.
	unreadable bool
	written    string
	problem    ProblemCode
	detail     string
}

func unreadable(code ProblemCode, written, detail string) answer {
	return answer{unreadable: true, problem: code, written: written, detail: detail}
}

// reconcile gives one answer from all its places. Where they differ, the one
// that somebody changed since the form was sent is meant; two different
// changes are for a person.
func (r *reader) reconcile(field form.Field, at slot, sites []site) answer {
	settled := r.judge(field, sites[0])
	if settled.unreadable || len(sites) == 1 && r.sameAsStored(at, sites[0]) {
		return settled
	}
	var others []answer
	for _, s := range sites[1:] {
		other := r.judge(field, s)
		if other.unreadable {
			return other
		}
		others = append(others, other)
	}
	stored, known := r.stored(field, at, sites[0])
	for _, a := range others {
		switch {
		case a.value == settled.value || known && a.value == stored:
		case known && settled.value == stored:
			settled = a
		default:
			return unreadable(Conflict, settled.value+"\n"+a.value, "the answer stands in two places and differs")
		}
	}
	if known && len(sites) == 1 {
		return againstStored(settled, stored)
	}
	return settled
}

// againstStored compares what is shown with the custom XML part. An answer
// that only the hidden copy has may have been cleared or never been shown;
// which of the two, a person must say.
func againstStored(a answer, stored string) answer {
	switch {
	case a.value == stored:
	case a.value == "":
		return unreadable(HiddenCopyDiffers, stored, "the page shows no answer, the form's hidden copy has one")
	case a.problem == "":
		a.problem, a.detail = HiddenCopyDiffers, "the form's hidden copy has another answer; what the page shows was taken"
	}
	return a
}

// sameAsStored reports whether a single control shows to the letter what the
// custom XML part holds; then nothing is left to compare.
func (r *reader) sameAsStored(at slot, s site) bool {
	if len(s.controls) != 1 || s.controls[0].Choice != "" {
		return false
	}
	p := s.controls[0].Place
	if p.Row == 0 {
		p.Row = at.row
	}
	text, found := r.file.Stored(p, 0)
	return found && text == s.controls[0].Text.String()
}

// stored is the canonical answer of the custom XML part.
func (r *reader) stored(field form.Field, at slot, s site) (string, bool) {
	p := s.controls[0].Place
	if p.Row == 0 {
		p.Row = at.row
	}
	if slices.ContainsFunc(s.controls, func(f *scan.Found) bool { return f.Choice != "" }) {
		var chosen []string
		for i, choice := range place.Boxes(field.Kind, field.Choices) {
			p.Choice = choice.Key
			text, found := r.file.Stored(p, i+1)
			if !found {
				return "", false
			}
			if text == "true" || text == "1" {
				chosen = append(chosen, choice.Key)
			}
		}
		return strings.Join(chosen, place.Several), true
	}
	text, found := r.file.Stored(p, 0)
	text = place.Gathered(text)
	if !found || isPrompt(text, true) {
		return "", found
	}
	value, err := field.Canonical(text)
	return value, err == nil
}

// judge reads one place.
func (r *reader) judge(field form.Field, s site) answer {
	isBox := func(f *scan.Found) bool { return f.Choice != "" }
	a := answer{}
	if slices.ContainsFunc(s.controls, isBox) && !slices.ContainsFunc(s.controls, func(f *scan.Found) bool { return !isBox(f) && !f.Mark }) {
		a = judgeBoxes(field, s)
	} else {
		a = judgeText(field, s)
	}
	if a.via == "" {
		a.via = s.controls[0].Via
	}
	a = s.withSigns(a)
	if loose := s.loose(field); loose != "" && !isPrompt(loose, true) {
		return withLoose(field, a, loose)
	}
	return a
}

// withLoose adds what stands beside the answer's box: to a text it belongs,
// with any other kind it is for a person.
func withLoose(field form.Field, a answer, loose string) answer {
	const detail = "a text stands beside the answer's box"
	written := strings.TrimSpace(a.value + a.written + "\n" + loose)
	if a.unreadable || field.Kind != form.Text && field.Kind != form.LongText && a.value != "" {
		return unreadable(LooseText, written, detail)
	}
	value, err := field.Canonical(written)
	if err != nil {
		return unreadable(LooseText, written, detail)
	}
	return answer{value: value, via: scan.ByLabel, problem: LooseText, detail: detail}
}

func judgeText(field form.Field, s site) answer {
	if s.shredded() {
		return unreadable(NotAnAnswer, "", "the answer is cut into more pieces than can be put together")
	}
	text, prompted := s.text()
	text = place.Gathered(text)
	if strings.TrimSpace(text) == "" {
		return answer{}
	}
	if prompted {
		return unreadable(NotAnAnswer, text, "the box says that it is empty and holds a text")
	}
	text, rest := withoutPrompt(text)
	if rest {
		return unreadable(NotAnAnswer, text, "a part of the words of the empty box is left in the answer")
	}
	if field.Kind != form.Text && field.Kind != form.LongText {
		text = plainWords(text)
	}
	if field.Kind == form.YesNo || field.Kind == form.SeveralOf {
		if a, glyphs := judgeGlyphs(field, text); glyphs {
			return a
		}
	}
	switch field.Kind {
	case form.OneOf:
		text = s.listed(field, text)
	case form.SeveralOf:
		text = severalListed(field, text)
	case form.Date:
		text = plainDate(text)
	case form.Number, form.Money, form.Percent:
		if !plainAmount(text) {
			return unreadable(NotAnAnswer, text, "the comma could part thousands or pence")
		}
	}
	value, err := field.Canonical(text)
	if err != nil && (field.Locked || s.controls[0].Locked) && (field.Kind == form.Text || field.Kind == form.LongText) {
		return answer{value: strings.TrimSpace(text)} // the register's own word, sent as it was
	}
	if err != nil {
		return unreadable(NotAnAnswer, text, reasonOf(err))
	}
	if field.Kind == form.Date && s.swapped(value) {
		return unreadable(Conflict, text, "the date shown and the date chosen have day and month exchanged")
	}
	return answer{value: value}
}

// reasonOf is why a text is no answer, without the text.
func reasonOf(err error) string {
	if invalid, ok := err.(*form.InvalidAnswer); ok {
		return invalid.Reason
	}
	return "not an answer of this kind"
}

// listed maps the words of a drop-down list to its value, where the form has
// such a choice.
func (s site) listed(field form.Field, text string) string {
	for _, f := range s.controls {
		if f.List == nil {
			continue
		}
		for item := f.List.First; item != nil; item = item.Next {
			value := item.Attr(xmltree.Word, "value")
			if item.Attr(xmltree.Word, "displayText") == strings.TrimSpace(text) && field.ChoiceLabel(value) != value {
				return value
			}
		}
	}
	return choiceOf(field, text)
}

// swapped reports whether a date control's own day is the day read with day
// and month exchanged: an American setting wrote it.
func (s site) swapped(value string) bool {
	shown, err := pep.ParseDate(value)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(s.controls, func(f *scan.Found) bool {
		chosen, err := pep.ParseDate(f.FullDate[:min(len(f.FullDate), len("2026-03-17"))])
		return err == nil && chosen != shown && chosen.Year == shown.Year && int(chosen.Month) == shown.Day && chosen.Day == int(shown.Month)
	})
}
