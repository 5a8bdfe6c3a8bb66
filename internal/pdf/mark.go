package pdf

import (
	"fmt"

	"github.com/boombuler/barcode/qr"
	"github.com/johnfercher/maroto/v2/pkg/consts/linestyle"
	"github.com/johnfercher/maroto/v2/pkg/consts/orientation"
	"github.com/johnfercher/maroto/v2/pkg/core"
	"github.com/johnfercher/maroto/v2/pkg/core/entity"
	"github.com/johnfercher/maroto/v2/pkg/props"
)

// marked draws what a cell has beside its text: lines to write on, a code.
type marked struct {
	core.Component
	cell cell
}

// GetHeight is the height of the text, which alone was measured.
func (m marked) GetHeight(core.Provider, *entity.Cell) float64 { return m.cell.height() }

// Render draws the lines from the foot of the room upwards, the code below the
// text.
func (m marked) Render(engine core.Provider, room *entity.Cell) {
	if m.cell.code != nil {
		m.cell.code.draw(engine, room.X+padding, room.Y+m.cell.height())
	}
	if !m.cell.ruled {
		return
	}
	// The last line is the edge of the box itself.
	for y := room.Height - handLine; y > m.cell.height()+handLine/2; y -= handLine {
		stroke(engine, room.X+padding, room.Y+y, room.Width-2*padding, 0.15, &props.Color{Red: 160, Green: 172, Blue: 184})
	}
}

// stroke draws a level line from a point, in millimetres.
func stroke(engine core.Provider, x, y, length, thickness float64, colour *props.Color) {
	engine.AddLine(&entity.Cell{X: x, Y: y, Width: length, Height: 1}, &props.Line{
		Color: colour, Style: linestyle.Solid, Thickness: thickness, Orientation: orientation.Horizontal, SizePercent: 100,
	})
}

// squares is a code of dark and light squares, side millimetres wide without
// the light edge around it, which whoever places it leaves.
type squares struct {
	dark [][]bool
	side float64
}

// quickResponse is the code of a text (ISO/IEC 18004, level M: up to 15 of 100
// damaged squares are mended).
func quickResponse(text string, side float64) (*squares, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("coding the reference: %w", err)
	}
	size := code.Bounds().Dx()
	s := &squares{side: side}
	for y := range size {
		row := make([]bool, size)
		for x := range size {
			luminance, _, _, _ := code.At(x, y).RGBA()
			row[x] = luminance == 0
		}
		s.dark = append(s.dark, row)
	}
	return s, nil
}

// draw draws each run of dark squares as one thick line, a hair thicker than a
// square so that no light shows between two.
func (s *squares) draw(engine core.Provider, left, top float64) {
	unit := s.side / float64(len(s.dark))
	for y, row := range s.dark {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				stroke(engine, left+float64(from)*unit, top+(float64(y)+0.5)*unit, float64(x-from)*unit, unit*1.02, &props.BlackColor)
			}
		}
	}
}
