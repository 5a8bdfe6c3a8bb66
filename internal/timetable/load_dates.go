package timetable

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/calendar/rulefile"
	"github.com/pepost/pepost/internal/pep"
)

// noneFound is written for submission dates that no page names.
const noneFound = "none found"

// submissions reads {dates: [{term: autumn, on: Fri 17 Nov 2023, source: …}]},
// or {dates: none found, source: …}.
func (rd *reader) submissions(n rulefile.Node, rules *Rules) {
	fields := n.Fields("dates", "source")
	dates := fields.Need("dates")
	if dates.Says(noneFound) {
		rules.NoSubmissions = rd.source(fields.Need("source"))
		return
	}
	if fields.Has("source") {
		fields.May("source").Problem("a source stands here as well as beside each date", "take it out: each date has its own")
	}
	items := dates.Items()
	if !dates.Missing() && len(items) == 0 {
		dates.Problem("no date is listed", `write dates: none found, or entries like {term: autumn, on: "Fri 17 Nov 2023", source: …}`)
	}
	for _, item := range items {
		rd.submission(item, rules)
	}
}

func (rd *reader) submission(item rulefile.Node, rules *Rules) {
	fields := item.Fields("term", "on", "phases", "year_groups", "source")
	on, term := fields.Need("on"), fields.Need("term")
	s := Submission{On: calendar.DateAt(on), Source: rd.source(fields.Need("source"))}
	s.Term = pep.Term{Year: academicYear(s.On), Name: rulefile.OneOf(term, pep.Autumn, pep.Spring, pep.Summer)}
	for _, phase := range fields.May("phases").Items() {
		s.Phases = append(s.Phases, rulefile.OneOf(phase, pep.EarlyYears, pep.Statutory, pep.Post16))
	}
	for _, year := range fields.May("year_groups").Items() {
		s.YearGroups = append(s.YearGroups, year.Number(firstYearHeld, lastYearHeld))
	}
	if s.On.IsZero() || s.Term.Name == "" {
		return
	}
	rd.onASchoolDay(on, term, s)
	for _, other := range rules.Submissions {
		if other.Term == s.Term && slices.Equal(other.Phases, s.Phases) && slices.Equal(other.YearGroups, s.YearGroups) {
			item.Problem(fmt.Sprintf("the %s term has a date for the same children already: %s", s.Term, other.On.Long()), "keep one of them, or say which phases or year_groups each is for")
			return
		}
	}
	rules.Submissions = append(rules.Submissions, s)
}

// onASchoolDay compares a submission with the authority's calendar, where that
// has its year: a day on which schools are shut, or in another term, is a slip.
func (rd *reader) onASchoolDay(on, term rulefile.Node, s Submission) {
	if weekday := s.On.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
		on.Problem(s.On.Long()+" is at a weekend", "write the school day that is meant")
		return
	}
	if rd.cal == nil {
		return
	}
	day, err := rd.cal.Day(s.On)
	if err != nil {
		return // no term dates of that year: nothing to compare with
	}
	if day.Kind != calendar.SchoolDay {
		on.Problem(s.On.Long()+" is no school day ("+day.Why()+")", "write the school day that is meant, or correct calendar.yaml beside this file")
		return
	}
	if span, err := rd.cal.Term(s.On); err == nil && span.Term != s.Term {
		term.Problem(fmt.Sprintf("%s lies in the %s term", s.On.Long(), span.Term), "write "+string(span.Term.Name)+", or the date that is meant")
	}
}

func (rd *reader) meetings(n rulefile.Node, rules *Rules) {
	fields := n.Fields(keysOf(meetingsSection)...)
	need := func(key string) rulefile.Node { return rd.need(fields, meetingsSection, key) }
	rules.MeetingsInHolidays = rd.yesNo(need("in_holidays"))
	rules.MeetingsInSchoolHours = rd.yesNo(need("in_school_hours"))
	hours, source := rd.value(need("school_hours"))
	rules.SchoolHours = Sourced[Hours]{hoursAt(hours), source}
	years, source := rd.value(need("key_stage_ends"))
	rules.KeyStageEnds.Source = source
	for _, year := range years.Items() {
		number := year.Number(0, lastOfSixthForm)
		if slices.Contains(rules.KeyStageEnds.Value, number) {
			year.Problem("the year stands twice", "keep one of them")
		}
		rules.KeyStageEnds.Value = append(rules.KeyStageEnds.Value, number)
	}
}

// hoursAt reads "09:00 to 15:30".
func hoursAt(n rulefile.Node) Hours {
	text := n.Text()
	if text == "" {
		return Hours{}
	}
	from, until, ok := strings.Cut(text, " to ")
	first, err := time.Parse("15:04", from)
	last, err2 := time.Parse("15:04", until)
	if !ok || err != nil || err2 != nil || !first.Before(last) {
		n.Problem("not two times of the day, the earlier first", `write them in quotes like "09:00 to 15:30"`)
		return Hours{}
	}
	return Hours{From: first.Hour()*60 + first.Minute(), Until: last.Hour()*60 + last.Minute()}
}

// workers are who is responsible, from birth on and youngest first.
func (rd *reader) workers(n rulefile.Node, rules *Rules) {
	items := n.Items()
	if !n.Missing() && len(items) == 0 {
		n.Problem("nobody is responsible", "write "+rd.ready(wholeFile, "workers"))
	}
	for i, item := range items {
		fields := item.Fields("from_age", "role", "source")
		age := fields.Need("from_age")
		worker := Worker{FromAge: age.Number(0, 25), Role: rulefile.OneOf(fields.Need("role"), pep.Roles()...), Source: rd.source(fields.Need("source"))}
		switch {
		case age.Missing():
		case i == 0 && worker.FromAge != 0:
			age.Problem("nobody is responsible for the youngest", "write 0 for the first")
		case i > 0 && worker.FromAge <= rules.Workers[i-1].FromAge:
			age.Problem("the age is not above the one before it", "write them youngest first, each age once")
		}
		rules.Workers = append(rules.Workers, worker)
	}
}
