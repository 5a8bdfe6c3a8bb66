package pdf

import (
	"fmt"

	"github.com/boombuler/barcode/qr"
	"github.com/johnfercher/maroto/v2/pkg/core/entity"
	"github.com/johnfercher/maroto/v2/pkg/props"
)

// marks draws what a cell has beside its text: the code below it, and lines to
// write on from the foot of the room upwards.
func (c *canvas) marks(of cell, room *entity.Cell) {
	if of.code != nil {
		of.code.draw(c, room.X+padding, room.Y+of.height())
	}
	if !of.ruled {
		return
	}
	c.within(span{artifact: layout})
	// The last line is the edge of the box itself.
	for y := room.Height - handLine; y > of.height()+handLine/2; y -= handLine {
		c.stroke(room.X+padding, room.Y+y, room.Width-2*padding, 0.15, &props.Color{Red: 160, Green: 172, Blue: 184})
	}
}

// stroke draws a level line from a point, in millimetres.
func (c *canvas) stroke(x, y, length, thickness float64, colour *props.Color) {
	c.AddLine(&entity.Cell{X: x, Y: y, Width: length}, &props.Line{Color: colour, Thickness: thickness})
}

// squares is a code of dark and light squares, side millimetres wide without
// the light edge around it, which whoever places it leaves.
type squares struct {
	dark [][]bool
	side float64
	// of is the figure that says in words what the code holds.
	of *element
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
func (s *squares) draw(on *canvas, left, top float64) {
	if s.of == nil {
		on.within(span{artifact: layout})
	} else {
		on.within(span{of: s.of})
		s.of.box = [4]float64{across(left), up(top + s.side), across(left + s.side), up(top)}
	}
	unit := s.side / float64(len(s.dark))
	for y, row := range s.dark {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				on.stroke(left+float64(from)*unit, top+(float64(y)+0.5)*unit, float64(x-from)*unit, unit*1.02, &props.BlackColor)
			}
		}
	}
}
