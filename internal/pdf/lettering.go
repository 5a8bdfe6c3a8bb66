package pdf

import (
	"fmt"
	"strings"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"github.com/go-fonts/dejavu/dejavusansoblique"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansitalic"
	"github.com/go-fonts/liberation/liberationsansregular"

	"github.com/pepost/pepost/internal/pdf/face"
)

// lettering is the fonts of all documents: for each typeface Liberation Sans,
// then DejaVu Sans; the slanted and bold ones fall back on upright ones, so
// that every typeface covers the same characters.
type lettering [typefaces]*face.Stack

func newLettering() (lettering, error) {
	upright := []face.Font{
		{Name: "Liberation Sans", File: liberationsansregular.TTF},
		{Name: "DejaVu Sans", File: dejavusans.TTF},
	}
	wanted := [typefaces][]face.Font{
		regular: upright,
		bold: append([]face.Font{
			{Name: "Liberation Sans Bold", File: liberationsansbold.TTF},
			{Name: "DejaVu Sans Bold", File: dejavusansbold.TTF},
		}, upright...),
		italic: append([]face.Font{
			{Name: "Liberation Sans Italic", File: liberationsansitalic.TTF},
			{Name: "DejaVu Sans Oblique", File: dejavusansoblique.TTF},
		}, upright...),
	}
	var l lettering
	for i, fonts := range wanted {
		stack, err := face.NewStack(fonts...)
		if err != nil {
			return lettering{}, fmt.Errorf("loading the fonts of the PDF: %w", err)
		}
		l[i] = stack
	}
	return l, nil
}

func (l *lettering) covers(r rune) bool { return l[regular].Covers(r) }

// width is the length of a text on one line, in millimetres.
func (l *lettering) width(text string, as ink) float64 {
	units := 0
	for _, r := range text {
		units += l[as.face].Advance(r)
	}
	return l.millimetres(units, as)
}

func (l *lettering) millimetres(units int, as ink) float64 {
	return float64(units) * as.size / float64(l[as.face].Units()) / pointsPerMillimetre
}

// wrap breaks a text into lines no wider than width millimetres: at "\n", else
// at spaces, else inside a word that is wider than a line. All characters are
// in the lines, in order; of what it broke at, one space at the end of the
// line, which stands outside the width and parts the words for a reader who
// does not see the line's end.
func (l *lettering) wrap(text string, as ink, width float64) []string {
	var lines []string
	room := int(width * pointsPerMillimetre / as.size * float64(l[as.face].Units()))
	for paragraph := range strings.SplitSeq(strings.TrimRight(text, "\n "), "\n") {
		if len(lines) > 0 && lines[len(lines)-1] != "" {
			lines[len(lines)-1] += " "
		}
		lines = l.wrapParagraph(lines, strings.TrimRight(paragraph, " "), as.face, room)
	}
	return lines
}

func (l *lettering) wrapParagraph(lines []string, text string, with typeface, room int) []string {
	start, used := 0, 0        // of the line being filled: first byte, width so far
	space, afterSpace := -1, 0 // last space of the line, width up to behind it
	for at, r := range text {
		advance := l[with].Advance(r)
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
