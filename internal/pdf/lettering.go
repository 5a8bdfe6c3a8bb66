package pdf

import (
	"fmt"
	"strings"
	"sync"
	"unicode"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"github.com/go-fonts/dejavu/dejavusansoblique"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansitalic"
	"github.com/go-fonts/liberation/liberationsansregular"

	"github.com/pepost/pepost/internal/pdf/face"
	"github.com/pepost/pepost/internal/pdf/fonts"
)

// lettering is the fonts of all documents. Each of the first typefaces is
// Liberation Sans, then DejaVu Sans; the slanted and bold ones fall back on
// upright ones, so that every typeface covers the same characters. Those of
// other scripts are upright alone, and are read when a text first needs them.
type lettering struct {
	body    [bodyFaces]*face.Stack
	files   [typefaces][]face.Font
	others  func() ([]*face.Stack, error)
	shapers sync.Pool
}

func newLettering() (*lettering, error) {
	upright := []face.Font{
		{Name: "Liberation Sans", File: liberationsansregular.TTF},
		{Name: "DejaVu Sans", File: dejavusans.TTF},
	}
	l := &lettering{files: [typefaces][]face.Font{
		regular: upright,
		bold: append([]face.Font{
			{Name: "Liberation Sans Bold", File: liberationsansbold.TTF},
			{Name: "DejaVu Sans Bold", File: dejavusansbold.TTF},
		}, upright...),
		italic: append([]face.Font{
			{Name: "Liberation Sans Italic", File: liberationsansitalic.TTF},
			{Name: "DejaVu Sans Oblique", File: dejavusansoblique.TTF},
		}, upright...),
		arabic:   {{Name: "Noto Naskh Arabic", File: fonts.NotoNaskhArabic}},
		ethiopic: {{Name: "Noto Sans Ethiopic", File: fonts.NotoSansEthiopic}},
		chinese:  {{Name: "Noto Sans SC", File: fonts.NotoSansSC}},
	}}
	for t := range l.body {
		stack, err := face.NewStack(l.files[t]...)
		if err != nil {
			return nil, fmt.Errorf("loading the fonts of the PDF: %w", err)
		}
		l.body[t] = stack
	}
	l.others = sync.OnceValues(l.readOthers)
	fonts := sync.OnceValues(l.shapingFonts)
	l.shapers.New = func() any { return newShaper(l, fonts) }
	return l, nil
}

func (l *lettering) readOthers() ([]*face.Stack, error) {
	var stacks []*face.Stack
	for t := bodyFaces; t < typefaces; t++ {
		stack, err := face.NewStack(l.files[t]...)
		if err != nil {
			return nil, fmt.Errorf("loading the fonts of the PDF: %w", err)
		}
		stacks = append(stacks, stack)
	}
	return stacks, nil
}

// stack is the fonts of a typeface; nil where they cannot be read, which covers
// nothing.
func (l *lettering) stack(t typeface) *face.Stack {
	if t < bodyFaces {
		return l.body[t]
	}
	others, err := l.others()
	if err != nil {
		return nil
	}
	return others[t-bodyFaces]
}

// covers reports whether any font has a character.
func (l *lettering) covers(r rune) bool {
	if l.body[regular].Covers(r) {
		return true
	}
	for t := bodyFaces; t < typefaces; t++ {
		if stack := l.stack(t); stack != nil && stack.Covers(r) {
			return true
		}
	}
	return false
}

// simple texts are drawn a glyph a character, from left to right, in one
// typeface, and are in the document's language as far as letters tell.
func (l *lettering) simple(text string) bool {
	for _, r := range text {
		if r < 0x250 {
			continue
		}
		if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) || unicode.Is(unicode.M, r) || rightToLeft(r) || !l.body[regular].Covers(r) {
			return false
		}
	}
	return true
}

// width is the length of a text on one line, in millimetres.
func (l *lettering) width(text string, as ink) float64 {
	if !l.simple(text) {
		wide := 0.0
		for _, line := range l.shape(text, as, endless).lines {
			wide = max(wide, line.width)
		}
		return wide
	}
	units := 0
	for _, r := range text {
		units += l.body[as.face].Advance(r)
	}
	return l.millimetres(units, as)
}

func (l *lettering) millimetres(units int, as ink) float64 {
	return float64(units) * as.size / float64(l.body[as.face].Units()) / pointsPerMillimetre
}

// wrap breaks a simple text into lines no wider than width millimetres: at
// "\n", else at spaces, else inside a word that is wider than a line. All
// characters are in the lines, in order; of what it broke at, one space at the
// end of the line, which stands outside the width and parts the words for a
// reader who does not see the line's end.
func (l *lettering) wrap(text string, as ink, width float64) []string {
	var lines []string
	room := int(width * pointsPerMillimetre / as.size * float64(l.body[as.face].Units()))
	for paragraph := range strings.SplitSeq(strings.TrimRight(text, "\n "), "\n") {
		if len(lines) > 0 && lines[len(lines)-1] != "" {
			lines[len(lines)-1] += " "
		}
		lines = l.wrapParagraph(lines, strings.TrimRight(paragraph, " "), as.face, room)
	}
	return lines
}

func (l *lettering) wrapParagraph(lines []string, text string, with typeface, room int) []string {
	stack := l.body[with]
	start, used := 0, 0        // of the line being filled: first byte, width so far
	space, afterSpace := -1, 0 // last space of the line, width up to behind it
	for at, r := range text {
		advance := stack.Advance(r)
		if used+advance > room && at > start && r != ' ' {
			if space >= start {
				if line := strings.TrimRight(text[start:space], " "); line != "" {
					lines = append(lines, text[start:start+len(line)+1])
				}
				start, used = space+1, used-afterSpace
			}
			if used+advance > room && at > start {
				lines = append(lines, text[start:at])
				start, used = at, 0
			}
			space, afterSpace = -1, 0
		}
		used += advance
		if r == ' ' {
			space, afterSpace = at, used
		}
	}
	return append(lines, text[start:])
}
