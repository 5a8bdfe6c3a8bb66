package quality

import (
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/sheet"
)

// Shape is the table of targets that one case system wants.
type Shape string

// The shapes.
const (
	// Mosaic are care-plan actions: target, timescale, person responsible,
	// progress, Pupil Premium use.
	Mosaic Shape = "mosaic"
	// Liquidlogic are the PEP's outcomes, a field a column.
	Liquidlogic Shape = "liquidlogic"
	// WelfareCall is the table of St Helens, Setting PEP Targets, and what keeps
	// a target from being submitted.
	WelfareCall Shape = "welfare-call"
)

// Shapes lists every shape.
func Shapes() []Shape { return []Shape{Mosaic, Liquidlogic, WelfareCall} }

// cell is one column of a shape: its heading and the answers that fill it, each
// on a line of its own. Two names are no answers: "money" is the itemised cost,
// "to mend" what was found in the target.
type cell struct {
	heading string
	from    []string
}

const (
	moneyCell = "money"
	mendCell  = "to mend"
)

// columns are the shapes as data.
func (s Shape) columns() []cell {
	switch s {
	case Mosaic:
		return []cell{
			{"Target", []string{"t.outcome", "t.success_measure"}},
			{"Timescale", []string{"t.start", "t.review_by"}},
			{"Person responsible", []string{"t.by_who"}},
			{"Progress", []string{"t.actual_impact"}},
			{"Pupil Premium use", []string{moneyCell}},
		}
	case Liquidlogic:
		return []cell{
			{"No.", []string{"t.no"}},
			{"Area", []string{"t.area"}},
			{"Need", []string{"t.need"}},
			{"Outcome", []string{"t.outcome"}},
			{"Success measure", []string{"t.success_measure"}},
			{"Action", []string{"t.intervention"}},
			{"By whom", []string{"t.by_who"}},
			{"Start date", []string{"t.start"}},
			{"Review date", []string{"t.review_by"}},
			{"Funding", []string{"t.funding"}},
			{"Cost", []string{"t.cost"}},
		}
	case WelfareCall:
		return []cell{
			{"Outcome/Target", []string{"t.outcome", "t.success_measure"}},
			{"Why?", []string{"t.need", "t.why"}},
			{"How?", []string{"t.intervention"}},
			{"Who responsible", []string{"t.by_who"}},
			{"When", []string{"t.review_by"}},
			{"PP+ cost", []string{moneyCell}},
			{"To mend before submitting", []string{mendCell}},
		}
	}
	return nil
}

// Targets is the table of a form's new targets in a shape; an unknown shape has
// no columns. Dates are written day/month/year and choices in words, as people
// type them.
func (s Shape) Targets(f form.Form, v form.Values, findings []Finding) sheet.Table {
	out := sheet.Table{Title: "PEP targets"}
	columns := s.columns()
	for _, column := range columns {
		out.Heading = append(out.Heading, column.heading)
	}
	table, _ := f.Field(targetsKey)
	for i, row := range table.Rows(v) {
		if !table.Answered(row) {
			continue
		}
		var cells []string
		for _, column := range columns {
			var lines []string
			for _, from := range column.from {
				if text := shown(table, from, row, findings, i+1); text != "" {
					lines = append(lines, text)
				}
			}
			cells = append(cells, strings.Join(lines, "\n"))
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

func shown(table form.Field, from string, row form.Row, findings []Finding, n int) string {
	switch from {
	case moneyCell:
		return spending(table, row)
	case mendCell:
		var all []string
		for _, each := range findings {
			if each.Field == table.Key && each.Row == n {
				all = append(all, each.Label+": "+each.Words)
			}
		}
		return strings.Join(all, "\n")
	}
	column, _ := table.Column(from)
	text := row[from]
	if day, err := pep.ParseDate(text); column.Kind == form.Date && err == nil {
		return day.Slashed()
	}
	return column.ChoiceLabel(text)
}

// spending is where the money comes from, how it is itemised and what it comes
// to; empty where nothing is paid.
func spending(table form.Field, row form.Row) string {
	cost, priced := ParsePence(row["t.cost"])
	if !priced || cost == 0 {
		return ""
	}
	column, _ := table.Column("t.funding")
	parts := []string{column.ChoiceLabel(row["t.funding"])}
	if unit, ok := ParsePence(row["t.unit_cost"]); ok {
		items := unit.String()
		if n := row["t.sessions"]; n != "" {
			items += " x " + n + " a week"
		}
		if n := row["t.weeks"]; n != "" {
			items += " x " + n + " weeks"
		}
		parts = append(parts, items)
	}
	return strings.TrimLeft(strings.Join(append(parts, "total "+cost.String()), ": "), ": ")
}
