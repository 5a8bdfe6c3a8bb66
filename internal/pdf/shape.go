package pdf

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/bidi"

	"github.com/pepost/pepost/internal/pdf/face"
)

// shaped is a text as it stands on its lines, and the characters that no one
// font draws together with those they belong to.
type shaped struct {
	lines   []shapedLine
	missing []rune
}

// shapedLine is one line; widths and places are millimetres.
type shapedLine struct {
	pieces []piece // in the order of reading
	width  float64
	// fromRight is set where the paragraph is read from right to left.
	fromRight bool
}

// piece is what one font draws of a line in one direction.
type piece struct {
	face     typeface
	source   int
	language string
	// backwards pieces are read from right to left; their groups stand in the
	// order of reading, too.
	backwards bool
	x, width  float64
	groups    []group
}

// group is what a shaper made of some characters.
type group struct {
	text string
	// plain is the character, where its own glyph draws it; else zero.
	plain   rune
	cluster face.Cluster
	// joiner groups have no ink, but are part of a word's spelling.
	joiner bool
}

// perEm is the unit of the shaper: parts of an em.
const perEm = 4096

// endless is the width that breaks no line, in millimetres.
const endless = 1e5

// The invisible characters that letters join by, or do not.
const zeroNonJoiner, zeroJoiner = '\u200C', '\u200D'

// shaper holds what a shaping needs beside the fonts. One goroutine uses it at
// a time.
type shaper struct {
	letters *lettering
	fonts   func() ([typefaces][]*font.Font, error)
	faces   [typefaces][]*font.Face
	split   shaping.Segmenter
	form    shaping.HarfbuzzShaper
	wrap    shaping.LineWrapper
}

func newShaper(l *lettering, fonts func() ([typefaces][]*font.Font, error)) *shaper {
	return &shaper{letters: l, fonts: fonts}
}

// shapingFonts reads the tables by which glyphs are chosen and placed.
func (l *lettering) shapingFonts() ([typefaces][]*font.Font, error) {
	var all [typefaces][]*font.Font
	read := make(map[string]*font.Font)
	for t, files := range l.files {
		for _, file := range files {
			if read[file.Name] == nil {
				parsed, err := font.ParseTTF(bytes.NewReader(file.File))
				if err != nil {
					return all, fmt.Errorf("loading the font %s: %w", file.Name, err)
				}
				read[file.Name] = parsed.Font
			}
			all[t] = append(all[t], read[file.Name])
		}
	}
	return all, nil
}

// shape breaks a text into lines no wider than width millimetres, as [wrap]
// does, for any script: letters take the shapes their neighbours ask for, marks
// stand on their letters, what is read from right to left stands so (UAX 9),
// and lines are broken where the script allows (UAX 14).
func (l *lettering) shape(text string, as ink, width float64) shaped {
	s := l.shapers.Get().(*shaper)
	defer l.shapers.Put(s)
	if err := s.ready(); err != nil {
		return shaped{missing: []rune(text)}
	}
	var all shaped
	for paragraph := range strings.SplitSeq(strings.TrimRight(text, "\n "), "\n") {
		if n := len(all.lines); n > 0 {
			all.lines[n-1].space()
		}
		s.paragraph(&all, []rune(strings.TrimRight(paragraph, " ")), as, width)
	}
	slices.Sort(all.missing)
	all.missing = slices.Compact(all.missing)
	return all
}

// space ends a line with a space that stands outside its width.
func (l *shapedLine) space() {
	if n := len(l.pieces); n > 0 {
		l.pieces[n-1].groups = append(l.pieces[n-1].groups, group{text: " ", plain: ' '})
	}
}

func (s *shaper) ready() error {
	if s.faces[regular] != nil {
		return nil
	}
	fonts, err := s.fonts()
	if err != nil {
		return err
	}
	for t, list := range fonts {
		for _, f := range list {
			s.faces[t] = append(s.faces[t], font.NewFace(f))
		}
	}
	return nil
}

// drawer is one font of one typeface.
type drawer struct {
	face   typeface
	source int
}

func (s *shaper) paragraph(to *shaped, text []rune, as ink, width float64) {
	if len(text) == 0 {
		to.lines = append(to.lines, shapedLine{})
		return
	}
	direction := di.DirectionLTR
	if readFromRight(text) {
		direction = di.DirectionRTL
	}
	drawers, missing := s.drawers(text, as.face)
	to.missing = append(to.missing, missing...)
	if len(missing) > 0 {
		return
	}
	var outputs []shaping.Output
	whole := shaping.Input{Text: text, RunEnd: len(text), Direction: direction, Size: fixed.I(perEm / 64), Language: language.NewLanguage("en")}
	if as.face < bodyFaces {
		// The body's own letters stand as in a simple text, where none is moved
		// closer to another.
		whole.FontFeatures = []shaping.FontFeature{{Tag: opentype.MustNewTag("kern")}, {Tag: opentype.MustNewTag("liga")}}
	}
	for _, input := range s.split.Split(whole, oneFace{s.faces[regular][0]}) {
		for from := input.RunStart; from < input.RunEnd; {
			end := from + 1
			for end < input.RunEnd && drawers[end] == drawers[from] {
				end++
			}
			part := input
			part.RunStart, part.RunEnd = from, end
			part.Face = s.faces[drawers[from].face][drawers[from].source]
			outputs = append(outputs, s.form.Shape(part))
			from = end
		}
	}
	room := fixed.Int26_6(min(width*pointsPerMillimetre/as.size*perEm, math.MaxInt32/2))
	lines, _ := s.wrap.WrapParagraphF(shaping.WrapConfig{Direction: direction}, room, text, shaping.NewSliceIterator(outputs))
	for _, line := range lines {
		to.lines = append(to.lines, s.line(to, line, text, drawers, as, direction == di.DirectionRTL))
	}
}

// oneFace leaves the choice of fonts to [shaper.drawers].
type oneFace struct{ face *font.Face }

// ResolveFace is the same for all characters.
func (o oneFace) ResolveFace(rune) *font.Face { return o.face }

// readFromRight is decided by the first character that has a direction (UAX 9,
// P2 and P3).
func readFromRight(text []rune) bool {
	for _, r := range text {
		properties, _ := bidi.LookupRune(r)
		switch properties.Class() {
		case bidi.L:
			return false
		case bidi.R, bidi.AL:
			return true
		}
	}
	return false
}

// drawers chooses the font of each character: a letter and its marks are drawn
// by one font, spaces and invisible characters by that of their neighbour.
func (s *shaper) drawers(text []rune, as typeface) ([]drawer, []rune) {
	list := make([]drawer, len(text))
	var missing []rune
	last := drawer{face: as}
	for from := 0; from < len(text); {
		end := from + 1
		for end < len(text) && unicode.Is(unicode.M, text[end]) {
			end++
		}
		if text[from] != ' ' && !unicode.Is(unicode.Cf, text[from]) || end > from+1 {
			chosen, ok := s.drawer(text[from:end], as)
			if !ok {
				missing = append(missing, text[from:end]...)
			}
			last = chosen
		}
		for i := from; i < end; i++ {
			list[i] = last
		}
		from = end
	}
	// What stands before the first letter goes with it.
	for i := 0; i < len(text) && (text[i] == ' ' || unicode.Is(unicode.Cf, text[i])); i++ {
		list[i] = list[min(i+1, len(text)-1)]
	}
	return list, missing
}

func (s *shaper) drawer(letters []rune, as typeface) (drawer, bool) {
	try := func(t typeface) (drawer, bool) {
		stack := s.letters.stack(t)
		for source := 0; stack != nil && source < len(s.faces[t]); source++ {
			if !slices.ContainsFunc(letters, func(r rune) bool { return !stack.Has(source, r) && !unicode.Is(unicode.Cf, r) }) {
				return drawer{t, source}, true
			}
		}
		return drawer{face: as}, false
	}
	order := []typeface{as, ethiopic, chinese, arabic}
	if unicode.Is(unicode.Arabic, letters[0]) {
		order = []typeface{arabic, as}
	}
	for _, t := range order {
		if found, ok := try(t); ok {
			return found, true
		}
	}
	return drawer{face: as}, false
}

func (s *shaper) line(to *shaped, outputs shaping.Line, text []rune, drawers []drawer, as ink, fromRight bool) shapedLine {
	l := shapedLine{fromRight: fromRight, pieces: make([]piece, len(outputs))}
	unit := as.size / perEm / pointsPerMillimetre
	visual := make([]int, len(outputs))
	for i, out := range outputs {
		l.pieces[i] = s.piece(to, out, text, drawers[out.Runes.Offset])
		l.pieces[i].width = float64(out.Advance) * unit
		visual[i] = i
	}
	slices.SortFunc(visual, func(a, b int) int { return int(outputs[a].VisualIndex - outputs[b].VisualIndex) })
	for _, i := range visual {
		l.pieces[i].x = l.width
		l.width += l.pieces[i].width
	}
	return l
}

// piece takes the glyphs of one output over, in the order of reading.
func (s *shaper) piece(to *shaped, out shaping.Output, text []rune, by drawer) piece {
	p := piece{
		face: by.face, source: by.source, backwards: out.Direction == di.DirectionRTL,
		language: tongue(text[out.Runes.Offset : out.Runes.Offset+out.Runes.Count]),
	}
	for from := 0; from < len(out.Glyphs); {
		end := from + 1
		for end < len(out.Glyphs) && out.Glyphs[end].TextIndex() == out.Glyphs[from].TextIndex() {
			end++
		}
		first := out.Glyphs[from]
		letters := text[first.TextIndex() : first.TextIndex()+first.RunesCount()]
		if g, visible := s.group(out.Glyphs[from:end], letters, by); visible {
			if g.text == "" {
				to.missing = append(to.missing, letters...)
			}
			p.groups = append(p.groups, g)
		}
		from = end
	}
	if p.backwards {
		slices.Reverse(p.groups)
	}
	p.groups = withJoiners(p.groups)
	return p
}

// withJoiners spells a joiner, which has no ink, with the letter before it.
func withJoiners(groups []group) []group {
	var list []group
	for _, g := range groups {
		if n := len(list); g.joiner && n > 0 && len(list[n-1].cluster.Parts) > 0 {
			list[n-1].text += g.text
			list[n-1].plain = 0
		} else if !g.joiner {
			list = append(list, g)
		}
	}
	return list
}

// group is one cluster. It has no text where the font lacks a glyph after all.
func (s *shaper) group(glyphs []shaping.Glyph, letters []rune, by drawer) (g group, visible bool) {
	if !slices.ContainsFunc(letters, func(r rune) bool { return !unicode.Is(unicode.Cf, r) }) {
		joins := letters[0] == zeroJoiner || letters[0] == zeroNonJoiner
		return group{text: string(letters), joiner: true}, joins
	}
	stack := s.letters.stack(by.face)
	if len(letters) == 1 && letters[0] == ' ' {
		return group{text: " ", plain: ' '}, true
	}
	inFont := func(n fixed.Int26_6) int { return int(math.Round(float64(n) * float64(stack.Units()) / perEm)) }
	g.cluster.Source = by.source
	pen := fixed.Int26_6(0)
	for _, glyph := range glyphs {
		if glyph.GlyphID == 0 {
			return group{}, true
		}
		g.cluster.Parts = append(g.cluster.Parts, face.Part{
			Glyph: uint16(glyph.GlyphID), X: int16(inFont(pen + glyph.XOffset)), Y: int16(inFont(glyph.YOffset)),
		})
		pen += glyph.Advance
	}
	g.text, g.cluster.Advance = string(letters), max(0, inFont(pen))
	if only := g.cluster.Parts[0]; len(glyphs) == 1 && len(letters) == 1 && only.X == 0 && only.Y == 0 &&
		stack.Draws(letters[0], by.source, only.Glyph) && stack.Advance(letters[0]) == g.cluster.Advance {
		g.plain = letters[0]
	}
	return g, true
}

// tongue is the language tag of letters that are not those of the document's
// language. Which language they write cannot be told from letters, so the tag
// names the script, by which a reader who speaks chooses a voice (BCP 47).
func tongue(letters []rune) string {
	for _, r := range letters {
		if !unicode.IsLetter(r) || unicode.Is(unicode.Latin, r) {
			continue
		}
		if script := language.LookupScript(r); script.Strong() {
			return "und-" + script.String()
		}
	}
	return ""
}
