package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/calendar/termfile"
	"github.com/pepost/pepost/internal/pep"
)

const bankFile = "bank-holidays.yaml"

// takeHolidays compares the bank holidays of gov.uk with those loaded, year by
// year, and changes the years that differ.
func (t *termChanges) takeHolidays(base string, listed []termfile.NamedDay) {
	slices.SortFunc(listed, func(a, b termfile.NamedDay) int { return a.On.Compare(b.On) })
	text, err := t.rules.text(bankFile)
	if err != nil {
		t.faults = append(t.faults, err)
		return
	}
	all, from, to := t.loaded.BankHolidays()
	// A holiday that this authority alone keeps is no business of gov.uk's.
	shared := slices.DeleteFunc(all, func(d calendar.Day) bool { return !strings.Contains(text, d.Date.Time().Format(`"Mon 2 Jan 2006"`)) })
	last := to
	var add []termfile.NamedDay
	var drop []pep.Date
	for year := listed[0].On.Year; year <= listed[len(listed)-1].On.Year; year++ {
		wanted := slices.DeleteFunc(slices.Clone(listed), func(d termfile.NamedDay) bool { return d.On.Year != year })
		switch {
		case year < from, len(wanted) == 0:
			continue
		case year > last+1 || len(wanted) < 8:
			t.fault(base, fmt.Sprint(year), fmt.Sprintf("the file lists %d bank holidays of %d, and the years up to %d are loaded", len(wanted), year, last), "a year has eight or more, and years follow each other")
			continue
		}
		last = max(last, year)
		more, fewer := t.compareYear(base, year, year > to, wanted, shared)
		add, drop = append(add, more...), append(drop, fewer...)
	}
	if len(add)+len(drop) == 0 || len(t.faults) > 0 {
		return
	}
	text, err = termfile.SetHolidays(text, add, drop, last, t.flags.source)
	if err != nil {
		t.fault(bankFile, "", err.Error(), "")
		return
	}
	t.texts[bankFile] = text
}

func (t *termChanges) compareYear(base string, year int, fresh bool, wanted []termfile.NamedDay, shared []calendar.Day) (add []termfile.NamedDay, drop []pep.Date) {
	var changes []holidayChange
	for _, day := range wanted {
		if !slices.ContainsFunc(shared, func(d calendar.Day) bool { return d.Date == day.On }) {
			add = append(add, day)
			changes = append(changes, holidayChange{On: day.On, Name: day.Name, Change: "new"})
		}
	}
	for _, day := range shared {
		listed := slices.ContainsFunc(wanted, func(d termfile.NamedDay) bool { return d.On == day.Date })
		if day.Date.Year != year || listed {
			continue
		}
		drop = append(drop, day.Date)
		moved := slices.IndexFunc(changes, func(c holidayChange) bool { return c.Change == "new" && sameHoliday(c.Name, day.Name) })
		if moved >= 0 {
			changes[moved].Change, changes[moved].From = "moved", day.Date
		} else {
			changes = append(changes, holidayChange{On: day.Date, Name: day.Name, Change: "missing"})
		}
	}
	if len(changes) > 0 && !fresh && !t.flags.replace && !t.flags.dryRun {
		t.fault(base, fmt.Sprint(year), "the bank holidays of the year already stand otherwise: "+inWords(changes), "add --replace to put these in their place")
	}
	t.holidays = append(t.holidays, changes...)
	return add, drop
}

func inWords(changes []holidayChange) string {
	words := make([]string, len(changes))
	for i, c := range changes {
		words[i] = c.text()
	}
	return strings.Join(words, ", ")
}

func (c holidayChange) text() string {
	if c.Change == "moved" {
		return fmt.Sprintf("%s moved from %s to %s", c.Name, c.From.Long(), c.On.Long())
	}
	return fmt.Sprintf("%s on %s %s", c.Name, c.On.Long(), c.Change)
}

// sameHoliday compares the first words: "Early May bank holiday" is "Early May".
func sameHoliday(a, b string) bool {
	bare := func(name string) string {
		name, _, _ = strings.Cut(strings.ToLower(strings.ReplaceAll(name, "’", "'")), " (")
		return strings.TrimSuffix(name, " bank holiday")
	}
	return bare(a) == bare(b)
}
