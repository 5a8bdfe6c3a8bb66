package form

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pepost/pepost/internal/pep"
)

// wording is what the words file says: words that authorities differ on, and
// how the form speaks of those who fill it in.
type wording struct {
	words   map[string]string
	fillers []fillerWording
}

type fillerWording struct {
	FillerWords
	phases map[pep.Phase]string
}

func (f file) wording(root node) wording {
	w := wording{words: map[string]string{}}
	f.each(root, "the words file", map[string]func(node){
		"words": func(n node) {
			for _, entry := range f.pairs(n, "words") {
				w.words[entry.key.text] = f.scalar(entry.value)
			}
		},
		"fillers": func(n node) {
			for _, entry := range f.pairs(n, "fillers") {
				w.fillers = append(w.fillers, f.fillerWording(entry))
			}
		},
	})
	for _, filler := range Fillers() {
		if !slices.ContainsFunc(w.fillers, func(fw fillerWording) bool { return fw.Filler == filler }) {
			f.report(node{line: root.line, column: root.column, text: string(filler)}, "the words file does not name the filler", "add it under fillers:")
		}
	}
	return w
}

func (f file) fillerWording(e entry) fillerWording {
	w := fillerWording{phases: map[pep.Phase]string{}}
	w.Filler = oneOf(f, e.key, "filler", Fillers())
	f.each(e.value, "a filler", map[string]func(node){
		"words": f.text(&w.Words),
		"colour": func(n node) {
			w.Colour = f.scalar(n)
			if contrast(w.Colour) < 4.5 {
				f.report(n, "not a colour that can be read on white", "use six hexadecimal digits of a darker colour")
			}
		},
		"phases": func(n node) {
			for _, entry := range f.pairs(n, "phases") {
				w.phases[oneOf(f, entry.key, "phase", pep.Phases())] = f.scalar(entry.value)
			}
		},
	})
	return w
}

// forPhase gives the words of every filler on one form.
func (w wording) forPhase(phase pep.Phase) []FillerWords {
	out := make([]FillerWords, len(w.fillers))
	for i, filler := range w.fillers {
		out[i] = filler.FillerWords
		if words, ok := filler.phases[phase]; ok {
			out[i].Words = words
		}
	}
	return out
}

// capital gives a label a capital first letter; an authority's words may stand
// first in it.
func capital(text string) string {
	if text == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// replacer puts the authority's words for those in braces: {looked after}.
func (w wording) replacer() *strings.Replacer {
	pairs := make([]string, 0, 2*len(w.words))
	for word, mine := range w.words {
		pairs = append(pairs, "{"+word+"}", mine)
	}
	return strings.NewReplacer(pairs...)
}
