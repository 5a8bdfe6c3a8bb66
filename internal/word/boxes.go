package word

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/scan"
)

// judgeBoxes reads the boxes of a question of choices.
func judgeBoxes(field form.Field, s site) answer {
	choices := place.Boxes(field.Kind, field.Choices)
	var chosen []string
	missing := false
	for _, choice := range choices {
		ticks, seen, odd := boxState(s.controls, choice)
		if odd != "" {
			return unreadable(NotAnAnswer, odd, "a box holds something else than a tick")
		}
		missing = missing || !seen
		if len(ticks) > 1 {
			return unreadable(Conflict, "", "a box is drawn twice, ticked and not")
		}
		if slices.Contains(ticks, true) {
			chosen = append(chosen, choice.Key)
		}
	}
	switch value := strings.Join(chosen, place.Several); {
	case field.Kind == form.YesNo && len(chosen) > 1:
		return unreadable(NotAnAnswer, value, "both boxes are ticked")
	case missing && (field.Kind != form.YesNo || len(chosen) == 0):
		return unreadable(ControlLost, value, "a box of the answer is gone")
	default:
		return answer{value: value}
	}
}

// boxState gives the different states that the boxes of one choice have; odd
// is the text of one that has none.
func boxState(all []*scan.Found, choice form.Choice) (states []bool, seen bool, odd string) {
	for _, f := range innermost(all) {
		if f.Choice != choice.Key {
			continue
		}
		seen = true
		state, clear := ticked(f, choice)
		if !clear {
			return nil, true, f.Text.String()
		}
		if !slices.Contains(states, state) {
			states = append(states, state)
		}
	}
	return states, seen, ""
}

// The signs that people and programs make in a box.
const (
	tickSigns  = "☒☑✓✔✗✘"
	emptySigns = "☐□"
)

// ticked goes by what the box shows; its hidden state decides where it shows
// nothing. It is not clear what a box says in which something else was typed.
func ticked(f *scan.Found, choice form.Choice) (state, clear bool) {
	text := strings.Trim(plainWords(f.Text.String()), " []()\n\t")
	switch {
	case text == "":
		return f.State == "1", true
	case strings.ContainsAny(text, tickSigns):
		return true, !strings.ContainsAny(text, emptySigns)
	case strings.ContainsAny(text, emptySigns):
		return false, true
	}
	for _, yes := range []string{"x", "yes", "y", "ok", "true", "1", "√", choice.Key, choice.Label} {
		if strings.EqualFold(text, yes) {
			return true, choice.Key != "no" || !strings.EqualFold(yes, "yes") && !strings.EqualFold(yes, "y")
		}
	}
	return false, false
}

// judgeGlyphs reads boxes that have become plain text: "☒ Yes ☐ No".
func judgeGlyphs(field form.Field, text string) (answer, bool) {
	if !strings.ContainsAny(text, tickSigns+emptySigns) {
		return answer{}, false
	}
	var chosen []string
	known := true
	for _, piece := range cutBefore(text, tickSigns+emptySigns) {
		if !strings.ContainsAny(piece, tickSigns) {
			continue
		}
		label := strings.TrimSpace(strings.Trim(piece, tickSigns+" \n\t"))
		key := ""
		for _, choice := range place.Boxes(field.Kind, field.Choices) {
			if place.Plain(choice.Label) == label {
				key = choice.Key
			}
		}
		known = known && key != ""
		chosen = append(chosen, key)
	}
	if !known || field.Kind == form.YesNo && len(chosen) > 1 {
		return unreadable(NotAnAnswer, text, "the ticked boxes are no answer"), true
	}
	return answer{value: strings.Join(chosen, place.Several)}, true
}

// cutBefore cuts a text before each of the signs.
func cutBefore(text, signs string) []string {
	var pieces []string
	from := 0
	for i, c := range text {
		if i > from && strings.ContainsRune(signs, c) {
			pieces = append(pieces, text[from:i])
			from = i
		}
	}
	return append(pieces, text[from:])
}
