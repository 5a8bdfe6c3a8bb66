package form

import (
	"slices"

	"github.com/pepost/pepost/internal/pep"
)

// Coverage names one item of law or guidance that a PEP must cover.
type Coverage string

// The items of paragraph 2 of Schedule 1 to the Care Planning, Placement and
// Case Review (England) Regulations 2010. Item (1) is taken apart, because a
// form may hold a history and still lack conduct.
const (
	HistoryInstitutions Coverage = "schedule-1-2-1-institutions"
	HistoryAttendance   Coverage = "schedule-1-2-1-attendance"
	HistoryConduct      Coverage = "schedule-1-2-1-conduct"
	HistoryAchievements Coverage = "schedule-1-2-1-achievements"
	HistorySEN          Coverage = "schedule-1-2-1-sen"
	Arrangements        Coverage = "schedule-1-2-2"
	PlannedChanges      Coverage = "schedule-1-2-3"
	LeisureInterests    Coverage = "schedule-1-2-4"
	CarersRole          Coverage = "schedule-1-2-5"
)

// The range a PEP covers under the statutory guidance on promoting the
// education of looked-after children (Department for Education, 2018).
// Careers and finance advice is a part of the aspirations, kept apart so that
// it cannot be lost behind the targets.
const (
	EarlyYearsAccess Coverage = "guidance-early-years"
	CatchUp          Coverage = "guidance-catch-up"
	NotInSchool      Coverage = "guidance-not-in-school"
	TransitionHelp   Coverage = "guidance-transition"
	AttendanceHelp   Coverage = "guidance-attendance-behaviour"
	Aspirations      Coverage = "guidance-aspirations"
	CareersFinance   Coverage = "guidance-careers-finance"
	OutOfSchool      Coverage = "guidance-out-of-school"
)

// Coverages lists every item in order.
func Coverages() []Coverage {
	return []Coverage{
		HistoryInstitutions, HistoryAttendance, HistoryConduct, HistoryAchievements, HistorySEN,
		Arrangements, PlannedChanges, LeisureInterests, CarersRole,
		EarlyYearsAccess, CatchUp, NotInSchool, TransitionHelp, AttendanceHelp, Aspirations,
		CareersFinance, OutOfSchool,
	}
}

// phases are the forms on which an item must be asked: access to early years
// provision before school, careers from the statutory form on (it is offered
// from Year 7), everything else on all.
func (c Coverage) phases() []pep.Phase {
	switch c {
	case EarlyYearsAccess:
		return []pep.Phase{pep.EarlyYears}
	case CareersFinance:
		return []pep.Phase{pep.Statutory, pep.Post16}
	default:
		return []pep.Phase{pep.EarlyYears, pep.Statutory, pep.Post16}
	}
}

// covering is the mapping of one item to the fields that answer it, as the
// coverage file states it.
type covering struct {
	item   Coverage
	says   string
	source string
	fields []node
	at     node
}

func (f file) coverings(root node) []covering {
	var out []covering
	f.each(root, "the coverage file", map[string]func(node){
		"coverage": func(n node) {
			for _, item := range f.items(n, "coverage") {
				out = append(out, f.covering(item))
			}
		},
	})
	return out
}

func (f file) covering(n node) covering {
	c := covering{at: n}
	f.each(n, "a coverage item", map[string]func(node){
		"item":   bind(f, &c.item, "coverage item", Coverages()),
		"says":   f.text(&c.says),
		"source": f.text(&c.source),
		"fields": func(n node) { c.fields = f.items(n, "fields") },
	})
	return c
}

// Check proves that every item of Schedule 1 paragraph 2 and of the statutory
// guidance is mapped to a field that stands on every form on which it must,
// and that what tells where a child lives is kept from parents. Each problem
// names the file and line to mend.
func (l *Library) Check() []Problem {
	var problems []Problem
	for _, item := range Coverages() {
		i := slices.IndexFunc(l.coverings, func(c covering) bool { return c.item == item })
		if i < 0 {
			problems = append(problems, Problem{
				File: l.coverageFile, Line: 1, Column: 1, Value: string(item),
				Text: "nothing covers the item", Hint: "add the item with the fields that answer it",
			})
			continue
		}
		problems = append(problems, l.checkCovering(l.coverings[i])...)
	}
	problems = append(problems, l.checkRights()...)
	sortProblems(problems)
	return problems
}

func (l *Library) checkCovering(c covering) []Problem {
	var problems []Problem
	report := func(at node, value, text, hint string) {
		problems = append(problems, Problem{
			File: l.coverageFile, Line: at.line, Column: at.column, Value: value, Text: text, Hint: hint,
		})
	}
	for _, field := range c.fields {
		if !l.knows(field.text) {
			report(field, field.text, "no definition file has the field", nearest(field.text, l.keys()))
		}
	}
	for _, phase := range c.item.phases() {
		form, _ := l.ByID(l.phases[phase].id)
		asked := slices.ContainsFunc(c.fields, func(n node) bool {
			field, ok := form.Field(n.text)
			return ok && !field.FilledBy(ByProgram)
		})
		if !asked {
			report(c.at, string(c.item), "no field that a person fills in covers the item on the "+form.Title,
				"name such a field under fields:")
		}
	}
	return problems
}

func (l *Library) checkRights() []Problem {
	var problems []Problem
	for _, right := range l.rights {
		if right.Home && slices.Contains(right.Roles, pep.Parent) {
			problems = append(problems, Problem{
				File: right.File, Line: right.Line, Column: 1, Value: string(right.Audience),
				Text: "a parent may never see where the child lives", Hint: "remove the role parent",
			})
		}
	}
	return problems
}
