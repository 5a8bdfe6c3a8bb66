package pdf

import (
	"fmt"
	"math"

	"github.com/johnfercher/maroto/v2"
	"github.com/johnfercher/maroto/v2/pkg/components/col"
	marotopage "github.com/johnfercher/maroto/v2/pkg/components/page"
	"github.com/johnfercher/maroto/v2/pkg/components/row"
	"github.com/johnfercher/maroto/v2/pkg/components/text"
	"github.com/johnfercher/maroto/v2/pkg/config"
	"github.com/johnfercher/maroto/v2/pkg/consts/align"
	"github.com/johnfercher/maroto/v2/pkg/consts/fontstyle"
	"github.com/johnfercher/maroto/v2/pkg/core"
	"github.com/johnfercher/maroto/v2/pkg/core/entity"
	"github.com/johnfercher/maroto/v2/pkg/props"

	"github.com/pepost/pepost/internal/pdf/face"
)

// family is the engine's name for its font.
const family = "body"

// engineSize is the font size given to the engine. Sizes are in tenths of a
// point; the hundredths tell contents which typeface to put in.
func (i ink) engineSize() float64 { return i.size + float64(i.face)/100 }

// render lets maroto draw pages whose strips are known to fit. The engine is
// given one font without ink: it writes characters and positions, and the
// fonts are put in by [contents], because the engine reads and cuts each font
// anew for each document, names none as a subset and writes them in random
// order.
func render(pages []page) ([]byte, error) {
	fonts := []*entity.CustomFont{{Family: family, Style: fontstyle.Normal, Bytes: face.Blank()}}
	engine := maroto.New(config.NewBuilder().
		WithDimensions(pageWidth, pageHeight).
		WithLeftMargin(sideMargin).WithRightMargin(sideMargin).
		WithTopMargin(topMargin).WithBottomMargin(bottomMargin).
		WithMaxGridSize(int(math.Round(textWidth / gridUnit))).
		WithCustomFonts(fonts).
		WithDefaultFont(&props.Font{Family: family, Size: 10}).
		WithCompression(false).
		Build())
	for _, p := range pages {
		drawn := marotopage.New()
		for _, s := range p {
			drawn.Add(s.row())
		}
		engine.AddPages(drawn)
	}
	file, err := engine.Generate()
	if err != nil {
		return nil, fmt.Errorf("drawing the pages: %w", err)
	}
	return file.GetBytes(), nil
}

func (s strip) row() core.Row {
	drawn := row.New(s.height())
	for _, c := range s.cells {
		drawn.Add(c.column())
	}
	return drawn
}

func (c cell) column() core.Col {
	drawn := col.New(int(math.Round(c.width / gridUnit)))
	if c.fill != nil || c.edge != nil {
		drawn.WithStyle(&props.Cell{BackgroundColor: c.fill, BorderColor: c.edge, BorderType: c.sides, BorderThickness: 0.2})
	}
	if len(c.lines) > 0 {
		drawn.Add(lettered{Component: text.New(""), cell: c})
	}
	if c.ruled || c.code != nil {
		drawn.Add(marked{Component: text.New(""), cell: c})
	}
	return drawn
}

// lettered draws the lines of a cell where they were measured to stand.
type lettered struct {
	core.Component
	cell cell
}

// GetHeight is the height the lines were measured to have.
func (l lettered) GetHeight(core.Provider, *entity.Cell) float64 { return l.cell.height() }

// Render writes each run; none is wider than the room, so the engine breaks
// none.
func (l lettered) Render(engine core.Provider, room *entity.Cell) {
	top := l.cell.above
	for _, stands := range l.cell.lines {
		largest := 0.0
		for _, r := range stands.runs {
			largest = max(largest, r.ink.size)
		}
		for _, r := range stands.runs {
			engine.AddText(r.text, room, &props.Text{
				Family: family, Style: fontstyle.Normal, Size: r.ink.engineSize(), Color: r.ink.colour,
				Left: padding + r.x, Top: top + (largest-r.ink.size)/pointsPerMillimetre,
				Align: align.Left,
			})
		}
		top += stands.height
	}
}
