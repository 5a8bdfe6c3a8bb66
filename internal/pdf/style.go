package pdf

import "github.com/johnfercher/maroto/v2/pkg/props"

// Lengths of a page in millimetres: A4 with room for a hole punch.
const (
	pageWidth    = 210.0
	pageHeight   = 297.0
	sideMargin   = 18.0
	topMargin    = 10.0
	bottomMargin = 10.0
	textWidth    = pageWidth - 2*sideMargin

	// padding is the room between a cell's edge and its text.
	padding = 1.6
	// lineSpacing is the distance of two lines in font sizes.
	lineSpacing = 1.28
	// pointsPerMillimetre converts font sizes.
	pointsPerMillimetre = 72 / 25.4
	// gridUnit is the width of one of maroto's columns: text stands where it
	// was measured to the tenth of a millimetre.
	gridUnit = 0.1
	// slack is left free on every page. The engine fills it, cut to nine
	// decimals, and turns the page when the next row crosses the foot; the
	// rest beyond them keeps its rounding errors from crossing it too early.
	slack = 0.5 + 4e-10
)

// typeface is one font of a file: one of the three faces of the body, or that
// of another script.
type typeface int

const (
	regular typeface = iota
	bold
	italic
	arabic
	ethiopic
	chinese
	typefaces

	// bodyFaces are the first, which a document's own texts are set in.
	bodyFaces = arabic
)

// ink is how a piece of text is drawn; size is in points.
type ink struct {
	face   typeface
	size   float64
	colour *props.Color
}

func (i ink) lineHeight() float64 { return i.size * lineSpacing / pointsPerMillimetre }

// palette and inks of the page. Every text colour has a contrast of 4.5 to 1
// or more on its ground (WCAG 2.2, 1.4.3), in grey print too.
type palette struct {
	text, quiet, title, paper, band, label, ours, edge, alarm *props.Color
}

func colours() palette {
	return palette{
		text:  &props.Color{Red: 26, Green: 26, Blue: 26},
		quiet: &props.Color{Red: 82, Green: 90, Blue: 98},
		title: &props.Color{Red: 21, Green: 54, Blue: 92},
		paper: &props.Color{Red: 255, Green: 255, Blue: 255},
		band:  &props.Color{Red: 21, Green: 54, Blue: 92},
		label: &props.Color{Red: 237, Green: 242, Blue: 247},
		ours:  &props.Color{Red: 246, Green: 246, Blue: 244},
		edge:  &props.Color{Red: 160, Green: 172, Blue: 184},
		alarm: &props.Color{Red: 157, Green: 56, Blue: 0},
	}
}
