package pdf

import (
	"fmt"
	"math"

	"github.com/johnfercher/maroto/v2/pkg/components/col"
	marotopage "github.com/johnfercher/maroto/v2/pkg/components/page"
	"github.com/johnfercher/maroto/v2/pkg/components/row"
	"github.com/johnfercher/maroto/v2/pkg/components/text"
	"github.com/johnfercher/maroto/v2/pkg/core"
	"github.com/johnfercher/maroto/v2/pkg/core/entity"
	"github.com/johnfercher/maroto/v2/pkg/props"
)

// render lets maroto draw pages whose strips are known to fit.
func render(pages []page) ([]sheet, error) {
	on := &canvas{}
	engine := engine{canvas: on, nothing: text.New("")}
	settings := &entity.Config{MaxGridSize: int(math.Round(textWidth / gridUnit))}
	room := entity.Cell{X: sideMargin, Y: topMargin, Width: textWidth, Height: pageHeight - topMargin - bottomMargin}
	sheets := make([]sheet, 0, len(pages))
	for i, p := range pages {
		drawn := marotopage.New()
		for _, s := range p {
			drawn.Add(engine.row(s))
		}
		drawn.SetConfig(settings)
		on.begin(i)
		drawn.Render(on, room)
		sheets = append(sheets, on.end())
	}
	if on.unwanted != nil {
		return nil, fmt.Errorf("drawing the pages: %w", on.unwanted)
	}
	return sheets, nil
}

// engine makes maroto's rows and columns of strips and cells.
type engine struct {
	canvas *canvas
	// nothing is the part of a component that maroto asks for and that ours
	// have no use for.
	nothing core.Component
}

func (e engine) row(s strip) core.Row {
	drawn := row.New(s.height())
	for _, c := range s.cells {
		drawn.Add(e.column(c, s.repeated))
	}
	return drawn
}

func (e engine) column(c cell, repeated bool) core.Col {
	drawn := col.New(int(math.Round(c.width / gridUnit)))
	if c.fill != nil || c.edge != nil {
		drawn.WithStyle(&props.Cell{BackgroundColor: c.fill, BorderColor: c.edge, BorderType: c.sides, BorderThickness: 0.2})
	}
	if len(c.lines) > 0 || c.ruled || c.code != nil {
		drawn.Add(lettered{Component: e.nothing, canvas: e.canvas, cell: c, repeated: repeated})
	}
	return drawn
}

// lettered draws the lines of a cell where they were measured to stand, and
// what it has beside its text.
type lettered struct {
	core.Component
	canvas   *canvas
	cell     cell
	repeated bool
}

// SetConfig takes nothing from maroto's settings.
func (lettered) SetConfig(*entity.Config) {}

// GetHeight is the height the lines were measured to have.
func (l lettered) GetHeight(core.Provider, *entity.Cell) float64 { return l.cell.height() }

// Render writes each run.
func (l lettered) Render(_ core.Provider, room *entity.Cell) {
	l.canvas.repeated = l.repeated
	top := room.Y + l.cell.above
	for _, stands := range l.cell.lines {
		largest := 0.0
		for _, r := range stands.runs {
			largest = max(largest, r.ink.size)
		}
		for _, r := range stands.runs {
			l.canvas.text(r, room.X+padding+r.x, top+stands.drop+largest/pointsPerMillimetre)
		}
		top += stands.height
	}
	l.canvas.marks(l.cell, room)
}
