package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/calendar/rulefile"
	"github.com/pepost/pepost/internal/calendar/termfile"
	"github.com/pepost/pepost/internal/pep"
)

// yearChange is one academic year that an import understood and how the rules
// stood to it.
type yearChange struct {
	Year string `json:"year"`
	// Was is new, same or replaced.
	Was    string       `json:"was"`
	Halves []halfChange `json:"halves"`
	INSET  []pep.Date   `json:"inset"`
	File   string       `json:"file"`
}

// halfChange is half a term with its weekdays that are no bank holidays, INSET
// days included, as councils count them.
type halfChange struct {
	Half string   `json:"half"`
	From pep.Date `json:"from"`
	To   pep.Date `json:"to"`
	Days int      `json:"days"`
}

// holidayChange is one bank holiday that differs from those loaded: new,
// missing, or moved from another day of its year.
type holidayChange struct {
	On     pep.Date `json:"on"`
	Name   string   `json:"name"`
	Change string   `json:"change"`
	From   pep.Date `json:"from,omitzero"`
}

// termChanges gathers what all the files of an import change.
type termChanges struct {
	flags    calendarImportFlags
	rules    rulesFolder
	loaded   *calendar.Calendar
	texts    map[string]string
	years    []yearChange
	holidays []holidayChange
	left     []leftOut
	faults   []error
}

type leftOut struct {
	File string `json:"file"`
	termfile.Left
}

func (t *termChanges) take(name string, file termfile.File) {
	base := filepath.Base(name)
	for _, left := range file.Left {
		t.left = append(t.left, leftOut{base, left})
	}
	if file.Format == termfile.BankHolidays && t.flags.setting != "" {
		t.fault(base, "", "bank holidays are no setting's own", "leave --setting out")
		return
	}
	if file.Format == termfile.BankHolidays {
		t.takeHolidays(base, file.Holidays)
		return
	}
	for _, h := range file.Holidays {
		if _, from, to := t.loaded.BankHolidays(); !t.loaded.IsBankHoliday(h.On) && h.On.Year >= from && h.On.Year <= to {
			t.holidays = append(t.holidays, holidayChange{On: h.On, Name: h.Name, Change: "named here, but not loaded"})
		}
	}
	for _, y := range file.Years {
		t.takeYear(base, y)
	}
}

func (t *termChanges) fault(file, value, what, hint string) {
	t.faults = append(t.faults, rulefile.Problem{File: file, Value: value, What: what, Hint: hint})
}

func (t *termChanges) takeYear(base string, y termfile.Year) {
	whose, target, text := t.target()
	change := yearChange{Year: pep.Term{Year: y.Begins}.AcademicYear(), Was: "new", File: target, INSET: []pep.Date{}}
	for i, h := range y.Halves {
		change.Halves = append(change.Halves, halfChange{termfile.HalfName(i), h.From, h.To, t.loaded.WorkingDaysFrom(h.From, h.To)})
	}
	for _, day := range y.INSET {
		change.INSET = append(change.INSET, day.On)
	}
	if stands, there := standing(whose, y.Begins); there {
		change.Was = "replaced"
		switch {
		case sameYear(stands, change):
			change.Was = "same"
		case !t.flags.replace:
			t.fault(base, change.Year, "the year already stands otherwise in "+target, "add --replace to put these dates in its place")
			return
		}
	}
	if slices.ContainsFunc(t.years, func(c yearChange) bool { return c.Year == change.Year }) {
		t.fault(base, change.Year, "the year stands in two of the files", "name one of them")
		return
	}
	t.years = append(t.years, change)
	if change.Was == "same" {
		return
	}
	text, err := termfile.SetYear(text, y, t.flags.source)
	if err != nil {
		t.fault(target, change.Year, err.Error(), "")
		return
	}
	t.texts[target] = text
}

// target is the calendar that is changed, its file, and the file's text.
func (t *termChanges) target() (*calendar.Calendar, string, string) {
	whose, target := t.loaded, t.loaded.File()
	if t.flags.setting != "" {
		its := settingNamed(t.flags.setting)
		whose, target = nil, t.rules.authority+"/settings/"+fileName(its)+".yaml"
		if own, _ := t.loaded.For(its); own != t.loaded {
			whose, target = own, own.File()
		}
	}
	if text, changed := t.texts[target]; changed {
		return whose, target, text
	}
	text, err := t.rules.text(target)
	if err != nil {
		t.faults = append(t.faults, err)
	}
	if text == "" {
		text = newSettingFile(settingNamed(t.flags.setting), t.flags.source)
	}
	return whose, target, text
}

func standing(c *calendar.Calendar, begins int) (calendar.YearDates, bool) {
	if c == nil {
		return calendar.YearDates{}, false
	}
	all := c.Years()
	at := slices.IndexFunc(all, func(y calendar.YearDates) bool { return y.Begins == begins })
	if at < 0 {
		return calendar.YearDates{}, false
	}
	return all[at], true
}

func sameYear(stands calendar.YearDates, change yearChange) bool {
	for i, h := range change.Halves {
		if stands.Halves[i] != [2]pep.Date{h.From, h.To} {
			return false
		}
	}
	return slices.Equal(stands.INSET, change.INSET)
}

// settingNamed is a setting by its URN where the text is one, else by name.
func settingNamed(text string) pep.Setting {
	if urn, err := pep.ParseURN(text); err == nil {
		return pep.Setting{URN: urn}
	}
	return pep.Setting{Name: strings.Join(strings.Fields(text), " ")}
}

// fileName is a setting's name in small letters, digits and hyphens.
func fileName(s pep.Setting) string {
	if s.URN != "" {
		return "urn-" + strings.ToLower(string(s.URN))
	}
	words := strings.FieldsFunc(strings.ToLower(s.Name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, "-")
}

func newSettingFile(s pep.Setting, source string) string {
	which := "name: " + yamlText(s.Name)
	if s.URN != "" {
		which = "urn: " + yamlText(string(s.URN))
	}
	return fmt.Sprintf("# Term dates of one setting that keeps its own. Working days and bank holidays\n"+
		"# stay the authority's; a year that is not listed here is refused.\n"+
		"setting: {%s}\nsource: %s\nyears: []\n", which, yamlText(source))
}

func yamlText(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
