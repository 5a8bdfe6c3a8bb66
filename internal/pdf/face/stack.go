package face

import (
	"errors"
	"fmt"
)

// Font is a TrueType file and the name to speak of it in errors.
type Font struct {
	Name string
	File []byte
}

// Stack is several fonts read as one: each character is drawn by the first
// font that has it.
type Stack struct {
	sources []*source
	// places holds for each character up to U+FFFF which source has it, plus
	// one, and its advance.
	places []place
	units  int
}

type place struct {
	source  uint8
	advance uint16
}

// NewStack reads the fonts, the preferred one first. All must have the same
// units per em, so that their outlines can stand in one file.
func NewStack(fonts ...Font) (*Stack, error) {
	if len(fonts) == 0 {
		return nil, errors.New("no font given")
	}
	s := &Stack{places: make([]place, 1<<16)}
	for i, font := range fonts {
		parsed, err := parse(font.Name, font.File)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			s.units = parsed.units
		}
		if parsed.units != s.units {
			return nil, fmt.Errorf("font %s has %d units per em, the first font %d", font.Name, parsed.units, s.units)
		}
		s.add(parsed)
	}
	return s, nil
}

func (s *Stack) add(parsed *source) {
	s.sources = append(s.sources, parsed)
	for r, glyph := range parsed.glyphs {
		if glyph != 0 && s.places[r].source == 0 {
			s.places[r] = place{source: uint8(len(s.sources)), advance: parsed.metrics[glyph].advance}
		}
	}
}

// Covers says whether some font of the stack has the character.
func (s *Stack) Covers(r rune) bool {
	return r >= 0 && int(r) < len(s.places) && s.places[r].source != 0
}

// Advance is how far the character moves the pen, in font units; 0 where the
// character is not covered.
func (s *Stack) Advance(r rune) int {
	if r < 0 || int(r) >= len(s.places) {
		return 0
	}
	return int(s.places[r].advance)
}

// Units is the number of font units in an em.
func (s *Stack) Units() int { return s.units }

// Look describes the stack by its first font.
func (s *Stack) Look() Look { return s.sources[0].look }
