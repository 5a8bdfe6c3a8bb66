package rehearsal

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// Pen is an invented person with a form before them.
type Pen struct {
	// As are the fillers for whom the person answers.
	As []form.Filler
	// Name signs the form.
	Name string
	// On is the day of writing.
	On   pep.Date
	luck chance
}

// NewPen gives the pen of a person in a role, on a day. The label decides what
// is written: the same label writes the same.
func NewPen(role pep.Role, name string, on pep.Date, label string) Pen {
	return Pen{As: fillersOf(role), Name: name, On: on, luck: chance(label)}
}

// fillersOf are the parts of a form that a person answers: a setting its own
// and, after asking them, those of the young person and the carer.
func fillersOf(role pep.Role) []form.Filler {
	switch role {
	case pep.SocialWorker:
		return []form.Filler{form.BySocialWorker, form.BySetting, form.ByYoungPerson, form.ByCarer, form.ByVirtualSchool}
	case pep.VirtualSchool:
		return []form.Filler{form.ByVirtualSchool, form.BySetting, form.ByYoungPerson}
	case pep.LeavingCareWorker:
		return []form.Filler{form.ByLeavingCareWorker, form.BySocialWorker, form.BySetting, form.ByYoungPerson}
	case pep.PersonalAdviser:
		return []form.Filler{form.ByPersonalAdviser, form.BySetting, form.ByYoungPerson}
	case pep.HealthVisitor:
		return []form.Filler{form.ByHealthVisitor, form.BySetting, form.ByCarer}
	case pep.FosterCarer, pep.Parent:
		return []form.Filler{form.ByCarer, form.ByYoungPerson}
	default:
		return []form.Filler{form.BySetting, form.ByYoungPerson, form.ByCarer}
	}
}

// Filled gives a blank form's values with the pen's answers added: every
// question that is open, offered and theirs. What stands there already stays.
func Filled(f form.Form, blank form.Values, pen Pen) form.Values {
	filled := copied(blank)
	for field := range f.Fields() {
		if field.Locked || !pen.answers(field) || field.Offered.Judge(filled) == form.False {
			continue
		}
		if field.Kind == form.Table {
			pen.table(field, filled)
			continue
		}
		if filled.Fields[field.Key] != "" || pen.skips(field, filled) {
			continue
		}
		if text := pen.answer(field, filled, chance(field.Key)); text != "" {
			filled.Fields[field.Key] = text
		}
	}
	return filled
}

func copied(v form.Values) form.Values {
	out := form.Values{Fields: make(map[string]string, len(v.Fields)), Tables: make(map[string][]form.Row, len(v.Tables))}
	for key, text := range v.Fields {
		out.Fields[key] = text
	}
	for key, rows := range v.Tables {
		out.Tables[key] = rows
	}
	return out
}

func (p Pen) answers(field form.Field) bool {
	return slices.ContainsFunc(field.Fillers, func(f form.Filler) bool { return slices.Contains(p.As, f) })
}

// skips leaves out about every other question that the plan does not need, as
// busy people do.
func (p Pen) skips(field form.Field, v form.Values) bool {
	return !field.Needed(form.ToFinalise, v) && p.luck.under("skip").under(field.Key).in(50)
}

// table answers the rows that are there and, where rows may be added, adds
// one or two.
func (p Pen) table(field form.Field, v form.Values) {
	if field.None && v.Fields[field.Key+".none"] == "yes" {
		return
	}
	rows := slices.Clone(field.Rows(v))
	if len(field.FixedRows) == 0 && len(rows) == 0 && !p.skips(field, v) {
		rows = make([]form.Row, 1+p.luck.under(field.Key).below(2))
	}
	wanted := p.wantedRows(field)
	for i, row := range rows {
		if len(field.FixedRows) == 0 || slices.Contains(wanted, row[field.Columns[0].Key]) {
			rows[i] = p.row(field, row, v, i)
		}
	}
	if len(rows) > 0 {
		v.Tables[field.Key] = rows
	}
}

// wantedRows are the fixed rows that are answered: the needed ones, and the
// first two or three of the others.
func (p Pen) wantedRows(field form.Field) []string {
	if field.People {
		return []string{"setting"}
	}
	wanted := slices.Clone(field.NeededRows)
	for i, fixed := range field.FixedRows {
		if i < 2+p.luck.under(field.Key).below(2) {
			wanted = append(wanted, fixed.Key)
		}
	}
	return wanted
}

func (p Pen) row(table form.Field, row form.Row, v form.Values, i int) form.Row {
	out := form.Row{}
	for key, text := range row {
		out[key] = text
	}
	for _, column := range table.Columns {
		if column.Locked || out[column.Key] != "" || !p.answers(column) {
			continue
		}
		if text := p.answer(column, v, chance(form.CellKey(table.Key, i+1, column.Key))); text != "" {
			out[column.Key] = text
		}
	}
	return out
}

// answer gives one canonical answer of a field's kind, or "" where nothing
// that this person could write fits.
func (p Pen) answer(field form.Field, v form.Values, at chance) string {
	text := p.written(field, v, p.luck.under(string(at)))
	canonical, err := field.Canonical(text)
	if err != nil {
		return ""
	}
	return canonical
}

func (p Pen) written(field form.Field, v form.Values, luck chance) string {
	switch field.Kind {
	case form.Date:
		return p.day(field.Key, luck)
	case form.Number:
		return number(field, v, luck)
	case form.Percent:
		return strconv.Itoa(86+luck.below(14)) + []string{"", ".5"}[luck.under("half").below(2)]
	case form.Money:
		return money(field.Key, luck)
	case form.YesNo:
		return yesOrNo(field.Key, luck)
	case form.OneOf, form.SeveralOf:
		if open := field.OpenChoices(v); len(open) > 0 {
			return one(luck, open).Key
		}
		return ""
	case form.LongText:
		return phrase(field.Key, luck)
	default:
		return p.line(field, luck)
	}
}

// day is a date that suits the question: behind the day of writing, ahead of
// it, or that day.
func (p Pen) day(key string, luck chance) string {
	switch {
	case names(key, "next", "review_by", "to", "by_when", "end"):
		return p.On.AddDays(70 + luck.below(40)).String()
	case names(key, "start"):
		return p.On.AddDays(7).String()
	case names(key, "prev_date", "from", "since", "last_review", "issued", "checked", "guidance", "interview", "ofsted_date"):
		return p.On.AddDays(-30 - luck.below(200)).String()
	}
	return p.On.String()
}

func number(field form.Field, v form.Values, luck chance) string {
	possible, _ := strconv.Atoi(v.Fields["st.attendance.possible"])
	attended, _ := strconv.Atoi(v.Fields["st.attendance.attended"])
	switch {
	case names(field.Key, "possible"):
		return strconv.Itoa(60 + 2*luck.below(30))
	case names(field.Key, "attended") && possible > 0:
		return strconv.Itoa(possible - possible*luck.below(14)/100)
	case names(field.Key, "authorised"):
		return strconv.Itoa(max(0, possible-attended))
	case names(field.Key, "unauthorised"):
		return "0"
	case names(field.Key, "year"):
		return "2025"
	}
	most := int(field.Max)
	if most <= 0 || most > 25 {
		most = 25
	}
	return strconv.Itoa(max(int(field.Min), 1+luck.below(most)))
}

func money(key string, luck chance) string {
	if names(key, "unit_cost") {
		return fmt.Sprintf("%d.00", 15+5*luck.below(7))
	}
	return fmt.Sprintf("%d.00", 100+25*luck.below(20))
}

func yesOrNo(key string, luck chance) string {
	if names(key, "full_time", "entered", "offer", "registered") || luck.in(65) {
		return "yes"
	}
	return "no"
}
