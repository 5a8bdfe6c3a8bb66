package face

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"pgregory.net/rapid"
)

func stack(t testing.TB) *Stack {
	t.Helper()
	s, err := NewStack(
		Font{Name: "Liberation Sans", File: liberationsansregular.TTF},
		Font{Name: "DejaVu Sans", File: dejavusans.TTF})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEachCharacterComesFromTheFirstFontThatHasIt(t *testing.T) {
	s := stack(t)
	tests := []struct {
		r       rune
		covered bool
		source  uint8
	}{
		{'A', true, 1},
		{'ë', true, 1},
		{'Ż', true, 1},
		{'Ω', true, 1},
		{'Ж', true, 1},
		{'☐', true, 2},
		{'Ա', true, 2},
		{'李', false, 0},
		{'\U0001F600', false, 0},
		{-1, false, 0},
	}
	for _, test := range tests {
		if got := s.Covers(test.r); got != test.covered {
			t.Errorf("Covers(%q) = %v", test.r, got)
		}
		if test.covered && s.places[test.r].source != test.source {
			t.Errorf("%q is drawn by font %d, want %d", test.r, s.places[test.r].source, test.source)
		}
		if (s.Advance(test.r) > 0) != test.covered {
			t.Errorf("Advance(%q) = %d", test.r, s.Advance(test.r))
		}
	}
}

// whole adds to a cut file the tables that a font outside a PDF needs, so that
// an outside reader can load it.
func whole(t *rapid.T, cut Cut) *sfnt.Font {
	tables, err := directory(cut.File)
	if err != nil {
		t.Fatal(err)
	}
	source, err := directory(liberationsansregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	tables = maps.Clone(tables)
	for _, tag := range []string{"cmap", "name", "post", "OS/2"} {
		tables[tag] = source[tag]
	}
	tables["post"] = append([]byte{0, 3, 0, 0}, source["post"][4:32]...)
	font, err := sfnt.Parse(assemble(tables))
	if err != nil {
		t.Fatal(err)
	}
	return font
}

func TestCutGlyphsHaveTheOutlinesOfTheirFont(t *testing.T) {
	s := stack(t)
	liberation, err := sfnt.Parse(liberationsansregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	dejavu, err := sfnt.Parse(dejavusans.TTF)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		wanted := rapid.SliceOfN(rapid.RuneFrom([]rune("AgëŻŁğǺΏЖ☐☒ԱՖ\u00A0ớ½")), 1, 12).Draw(t, "characters")
		cut, err := s.Cut(wanted)
		if err != nil {
			t.Fatal(err)
		}
		font := whole(t, cut)
		for i, r := range cut.Characters {
			from := liberation
			if s.places[r].source == 2 {
				from = dejavu
			}
			original, err := from.GlyphIndex(nil, r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(segments(t, from, original), segments(t, font, sfnt.GlyphIndex(cut.Glyphs[i]))); diff != "" {
				t.Errorf("outline of %q (-font +cut):\n%s", r, diff)
			}
		}
	})
}

func segments(t *rapid.T, font *sfnt.Font, glyph sfnt.GlyphIndex) []sfnt.Segment {
	var buffer sfnt.Buffer
	list, err := font.LoadGlyph(&buffer, glyph, fixed.I(2048), nil)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(list)
}

func TestSameCharactersGiveSameBytes(t *testing.T) {
	s := stack(t)
	one, err := s.Cut([]rune("Zoë reads ☒"))
	if err != nil {
		t.Fatal(err)
	}
	two, err := s.Cut([]rune("☒ sdaer ëoZ, no: Zoë")[:9])
	if err != nil {
		t.Fatal(err)
	}
	three, err := s.Cut([]rune("☒☒ sdaerëoZ"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(one, three); diff != "" {
		t.Errorf("order changes the file:\n%s", diff)
	}
	if cmp.Equal(one.File, two.File) {
		t.Error("different characters give the same file")
	}
}

func TestCutStatesWidthsAndSums(t *testing.T) {
	s := stack(t)
	cut, err := s.Cut([]rune("Wi☐"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []rune("Wi☐"); !slices.Equal(cut.Characters, want) {
		t.Errorf("characters %q, want %q", string(cut.Characters), string(want))
	}
	for i, r := range cut.Characters {
		if want := (s.Advance(r)*1000 + s.Units()/2) / s.Units(); cut.Widths[i] != want {
			t.Errorf("width of %q is %d, want %d", r, cut.Widths[i], want)
		}
	}
	if got := sum(cut.File); got != 0xB1B0AFBA {
		t.Errorf("the file sums up to %X", got)
	}
	if len(cut.File) > 3000 {
		t.Errorf("three glyphs take %d bytes", len(cut.File))
	}
	if _, err := s.Cut([]rune("A李")); err == nil || !strings.Contains(err.Error(), "U+674E") {
		t.Errorf("an uncovered character gives %v", err)
	}
}

func TestFontsOfDifferentScaleAreRefused(t *testing.T) {
	other := slices.Clone(dejavusans.TTF)
	tables, err := directory(other)
	if err != nil {
		t.Fatal(err)
	}
	binary.BigEndian.PutUint16(tables["head"][18:], 1000)
	_, err = NewStack(Font{"Liberation Sans", liberationsansregular.TTF}, Font{"other", other})
	if err == nil || !strings.Contains(err.Error(), "units per em") {
		t.Errorf("got %v", err)
	}
	if _, err := NewStack(); err == nil {
		t.Error("no font is no error")
	}
}

// FuzzNewStack shows that a damaged font is an error, never a panic.
func FuzzNewStack(f *testing.F) {
	s, err := NewStack(Font{Name: "Liberation Sans", File: liberationsansregular.TTF})
	if err != nil {
		f.Fatal(err)
	}
	cut, err := s.Cut([]rune("Aë"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(cut.File)
	f.Add([]byte("\x00\x01\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		damaged, err := NewStack(Font{Name: "damaged", File: data})
		if err != nil {
			return
		}
		_, _ = damaged.Cut([]rune("Aëg"))
	})
}
