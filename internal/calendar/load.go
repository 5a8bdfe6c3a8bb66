package calendar

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/pepost/pepost/internal/calendar/rulefile"
	"github.com/pepost/pepost/internal/pep"
)

// yearText is an academic year as forms print it: 2025/26.
var yearText = regexp.MustCompile(`^20\d\d/\d\d$`)

// Load reads an authority's calendar, the bank holidays and the settings that
// have term dates of their own (<authority>/settings/*.yaml) from the folder of
// rules. The error is [rulefile.Problems]: every mistake of all the files with
// its place, not the first.
func Load(folder fs.FS, authority string) (*Calendar, error) {
	c := empty(authority, authority+"/calendar.yaml")
	bank, root := rulefile.Open(folder, "bank-holidays.yaml")
	c.readBank(root)
	file, root := rulefile.Open(folder, c.file)
	c.read(root)
	problems := append([]error{bank.Err(), file.Err()}, c.readSettings(folder)...)
	if err := rulefile.Join(problems...); err != nil {
		return nil, fmt.Errorf("loading the calendar of %s: %w", authority, err)
	}
	return c, nil
}

func empty(name, file string) *Calendar {
	c := &Calendar{name: name, file: file, inset: map[pep.Date]string{}, notFound: map[int]string{}}
	c.table = sync.OnceValue(c.fill)
	return c
}

// readBank reads the bank holidays that all authorities share.
func (c *Calendar) readBank(root rulefile.Node) {
	fields := root.Fields("division", "from", "to", "source", "holidays")
	fields.Need("division").Text()
	c.bankFrom = fields.Need("from").Number(1972, 2200)
	c.bankTo = fields.Need("to").Number(1972, 2200)
	c.bankFile = fields.Need("source").Text()
	c.bank = map[pep.Date]string{}
	for _, item := range fields.Need("holidays").Items() {
		c.addBank(item)
	}
	if c.bankTo < c.bankFrom {
		fields.Need("to").Problem("the last year is before the first", "write the later year")
	}
}

func (c *Calendar) addBank(item rulefile.Node) {
	d, name := namedDay(item)
	switch {
	case d.IsZero():
	case d.Year < c.bankFrom || d.Year > c.bankTo:
		item.Problem("the day lies outside the years from and to", "move from: or to:")
	case c.bank[d] != "":
		item.Problem("the day stands twice", "keep one of them")
	default:
		c.bank[d] = name
	}
}

// namedDay reads {on: "Mon 5 May 2025", name: Early May}; it must be a weekday.
func namedDay(item rulefile.Node) (pep.Date, string) {
	fields := item.Fields("on", "name")
	on := fields.Need("on")
	d, name := DateAt(on), fields.Need("name").Text()
	if d.IsZero() || name == "" {
		return pep.Date{}, ""
	}
	if weekday := d.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
		on.Problem("the day is at a weekend and closed already", "write the weekday that is kept instead, or take the line out")
		return pep.Date{}, ""
	}
	return d, name
}

func (c *Calendar) read(root rulefile.Node) {
	fields := root.Fields("authority", "source", "years", "bank_holidays", "not_found")
	c.authority = fields.Need("authority").Text()
	fields.Need("source").Text()
	for _, item := range fields.May("bank_holidays").Items() {
		c.addBank(item)
	}
	c.readYears(fields)
}

// readYears reads the years that are there and those that were not found.
func (c *Calendar) readYears(fields rulefile.Fields) {
	for _, item := range fields.Need("years").Items() {
		c.readYear(item)
	}
	for _, item := range fields.May("not_found").Items() {
		c.readNotFound(item)
	}
	slices.SortFunc(c.years, func(a, b year) int { return a.begins - b.begins })
}

func (c *Calendar) readNotFound(item rulefile.Node) {
	fields := item.Fields("year", "why")
	begins, why := yearAt(fields.Need("year")), fields.Need("why").Text()
	if _, loaded := c.year(begins); loaded {
		item.Problem("the year is listed under years as well", "take it out of one of the two")
	}
	c.notFound[begins] = why
}

func yearAt(n rulefile.Node) int {
	text := n.Text()
	if text == "" {
		return 0
	}
	begins, err := strconv.Atoi(text[:min(4, len(text))])
	if err != nil || !yearText.MatchString(text) || text != (pep.Term{Year: begins}).AcademicYear() {
		n.Problem("not an academic year", `write it in quotes like "2025/26"`)
		return 0
	}
	return begins
}

func (c *Calendar) readYear(item rulefile.Node) {
	fields := item.Fields("year", "source", "terms", "inset")
	y := year{begins: yearAt(fields.Need("year")), source: fields.Need("source").Text()}
	terms := fields.Need("terms")
	names := []pep.TermName{pep.Autumn, pep.Spring, pep.Summer}
	items := terms.Items()
	if !terms.Missing() && len(items) != len(names) {
		terms.Problem("a year has three terms", "list autumn, spring and summer")
		return
	}
	for i, item := range items {
		y.terms = append(y.terms, c.readTerm(item, names[i]))
	}
	if y.begins == 0 || !c.fits(y, items) {
		return
	}
	if _, twice := c.year(y.begins); twice {
		fields.Need("year").Problem("the year stands twice", "keep one of them")
		return
	}
	c.years = append(c.years, y)
	for _, item := range fields.May("inset").Items() {
		c.readINSET(item, y)
	}
}

func (c *Calendar) readTerm(item rulefile.Node, expected pep.TermName) term {
	fields := item.Fields("name", "first_half", "second_half", "printed_days")
	name := fields.Need("name")
	t := term{name: rulefile.OneOf(name, pep.Autumn, pep.Spring, pep.Summer)}
	if t.name != "" && t.name != expected {
		name.Problem("the terms are out of order", "write "+string(expected)+" here")
	}
	halves := []rulefile.Node{fields.Need("first_half"), fields.Need("second_half")}
	for i, half := range halves {
		t.halves[i] = spanAt(half)
		c.checkEnds(half, t.halves[i])
	}
	printed := fields.May("printed_days")
	if printed.Missing() {
		return t
	}
	days := printed.Items()
	if len(days) != len(halves) {
		printed.Problem("two numbers are expected", "write the days of both halves, like [40, 35]")
		return t
	}
	for i, node := range days {
		c.checkPrinted(node, t.halves[i])
	}
	return t
}

// checkEnds refuses a term that would begin or end on a closed day: such a
// date is a slip.
func (c *Calendar) checkEnds(n rulefile.Node, s span) {
	if s.from.IsZero() {
		return
	}
	for _, d := range []pep.Date{s.from, s.to} {
		if day, open, err := c.workingDay(d); err == nil && !open {
			n.Problem(d.Long()+" is a closed day ("+day.Why()+")", "a half begins and ends on a school day")
		}
	}
	if s.from.DaysUntil(s.to) > 100 {
		n.Problem("half a term of more than 100 days", "check both dates")
	}
}

// checkPrinted compares the council's own count with ours: weekdays that are
// not bank holidays, INSET days included.
func (c *Calendar) checkPrinted(n rulefile.Node, s span) {
	printed := n.Number(1, 100)
	if printed == 0 || s.from.IsZero() || s.from.DaysUntil(s.to) > 100 {
		return
	}
	counted := 0
	for d := s.from; !d.After(s.to); d = d.AddDays(1) {
		if _, open, err := c.workingDay(d); err == nil && open {
			counted++
		}
	}
	if counted != printed {
		n.Problem(fmt.Sprintf("the dates give %d days", counted), "check the dates against the source, or correct the number")
	}
}

// fits refuses terms that overlap, run backwards or leave their year.
func (c *Calendar) fits(y year, items []rulefile.Node) bool {
	earliest := pep.Date{Year: y.begins, Month: time.August, Day: 15}
	last := pep.Date{Year: y.begins + 1, Month: time.August, Day: 31}
	previous := earliest.AddDays(-1)
	for i, t := range y.terms {
		for _, half := range t.halves {
			if half.from.IsZero() {
				return false
			}
			if !half.from.After(previous) || half.to.After(last) {
				items[i].Problem("the "+string(t.name)+" term overlaps the one before it or leaves its academic year", "check the dates: a year runs from 1 September to 31 August")
				return false
			}
			if other, taken := c.taken(half); taken {
				items[i].Problem("the "+string(t.name)+" term overlaps a term of "+other, "check the dates of both years")
				return false
			}
			previous = half.to
		}
	}
	return len(y.terms) == 3
}

func (c *Calendar) taken(s span) (string, bool) {
	for _, y := range c.years {
		for _, t := range y.terms {
			if !s.to.Before(t.halves[0].from) && !s.from.After(t.halves[1].to) {
				return pep.Term{Year: y.begins}.AcademicYear(), true
			}
		}
	}
	return "", false
}

func (c *Calendar) readINSET(item rulefile.Node, y year) {
	d, name := namedDay(item)
	if d.IsZero() {
		return
	}
	inside := slices.ContainsFunc(y.terms, func(t term) bool { return t.halves[0].has(d) || t.halves[1].has(d) })
	switch {
	case !inside:
		item.Problem("the INSET day lies outside the terms of its year", "pupils are away already: take it out, or check the date")
	case c.inset[d] != "" || c.bank[d] != "":
		item.Problem("the day stands twice or is a bank holiday", "keep one of them")
	default:
		c.inset[d] = name
	}
}
