package timetable

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/calendar/rulefile"
	"github.com/pepost/pepost/internal/pep"
)

// Load reads an authority's timetable.yaml from the folder of rules. The error
// is [rulefile.Problems]: every mistake with its place, not the first. Nothing
// is left out silently: a key that is missing is a mistake too, and the problem
// says what to write. Days that must be school days are compared with the
// authority's calendar where that is sound and has their year.
func Load(folder fs.FS, authority string) (Rules, error) {
	file, root := rulefile.Open(folder, authority+"/timetable.yaml")
	var rd reader
	// A calendar that is missing or unsound is told of by whoever needs it.
	rd.cal, _ = calendar.Load(folder, authority)
	rules := rd.read(authority, root)
	if err := file.Err(); err != nil {
		return Rules{}, fmt.Errorf("loading the timetable of %s: %w", authority, err)
	}
	return rules, nil
}

// reader reads values that each stand with a source.
type reader struct {
	sources []string
	// cal is nil where the authority has no calendar that can be read.
	cal *calendar.Calendar
}

func (rd *reader) read(name string, root rulefile.Node) Rules {
	fields := root.Fields("authority", "la_code", "sources", "words", "phases", "clocks", "reminders", "submissions",
		"reviews", "meetings", "workers", "rules", "schedules", "recipients")
	rd.readSources(fields.Need("sources"))
	rules := Rules{Name: name, Authority: fields.Need("authority").Text()}
	if root.Missing() {
		return rules
	}
	rd.laCode(rd.need(fields, wholeFile, "la_code"), &rules)
	rd.words(fields.Need("words"), &rules)
	rd.phases(rd.need(fields, wholeFile, "phases"), &rules)
	rd.clocks(rd.need(fields, wholeFile, "clocks"), &rules)
	rd.reminders(rd.need(fields, wholeFile, "reminders"), &rules)
	rd.submissions(rd.need(fields, wholeFile, "submissions"), &rules)
	rd.reviews(rd.need(fields, wholeFile, "reviews"), &rules)
	rd.meetings(rd.need(fields, wholeFile, "meetings"), &rules)
	rd.workers(rd.need(fields, wholeFile, "workers"), &rules)
	rd.working(rd.need(fields, wholeFile, "rules"), &rules)
	rd.schedules(rd.need(fields, wholeFile, "schedules"), &rules)
	rd.recipients(rd.need(fields, wholeFile, "recipients"), &rules)
	return rules
}

func (rd *reader) readSources(n rulefile.Node) {
	for _, item := range n.Items() {
		fields := item.Fields("name", "is")
		fields.Need("is").Text()
		if name := fields.Need("name").Text(); name != "" {
			rd.sources = append(rd.sources, name)
		}
	}
	if !n.Missing() && len(rd.sources) == 0 {
		n.Problem("no source is listed", `write entries like {name: council page, is: "title and address"}`)
	}
}

// source is the text that says where a value comes from; it must begin with
// one of the names under sources, so that no value stands without one.
func (rd *reader) source(n rulefile.Node) string {
	text := n.Text()
	if text != "" && !rd.listed(text) {
		n.Problem("the source is not listed under sources", "begin with one of: "+strings.Join(rd.sources, ", "))
	}
	return text
}

func (rd *reader) listed(source string) bool {
	return slices.ContainsFunc(rd.sources, func(name string) bool { return strings.HasPrefix(source, name) })
}

// value reads {value: …, source: …} and gives the node of the value.
func (rd *reader) value(n rulefile.Node) (rulefile.Node, string) {
	fields := n.Fields("value", "source")
	return fields.Need("value"), rd.source(fields.Need("source"))
}

func oneOf[T ~string](rd *reader, n rulefile.Node, allowed ...T) Sourced[T] {
	value, source := rd.value(n)
	return Sourced[T]{rulefile.OneOf(value, allowed...), source}
}

func (rd *reader) number(n rulefile.Node, lowest, highest int) Sourced[int] {
	value, source := rd.value(n)
	return Sourced[int]{value.Number(lowest, highest), source}
}

func (rd *reader) yesNo(n rulefile.Node) Sourced[bool] {
	value, source := rd.value(n)
	return Sourced[bool]{value.YesNo(), source}
}

// laCode is three digits, in quotes so that a leading nought stays.
func (rd *reader) laCode(n rulefile.Node, rules *Rules) {
	value, source := rd.value(n)
	rules.LACode = Sourced[string]{value.Text(), source}
	code := rules.LACode.Value
	if code != "" && (len(code) != 3 || strings.Trim(code, "0123456789") != "") {
		value.Problem("not the three digits of an authority", `write them in quotes like "896": they stand before the stroke of a school's LAEstab`)
	}
}

func (rd *reader) words(n rulefile.Node, rules *Rules) {
	fields := n.Fields("child", "children", "looked_after", "officer", "source")
	rules.Words = Words{
		Child:    fields.Need("child").Text(),
		Children: fields.Need("children").Text(),
		Officer:  fields.Need("officer").Text(),
	}
	if own := fields.May("looked_after"); !own.Missing() {
		rules.Words.LookedAfter = own.Text()
	}
	rd.source(fields.Need("source"))
}

func (rd *reader) phases(n rulefile.Node, rules *Rules) {
	fields := n.Fields(keysOf(phasesSection)...)
	need := func(key string) rulefile.Node { return rd.need(fields, phasesSection, key) }
	rules.YoungestAge = rd.number(need("youngest_age"), 0, 5)
	rules.EarlyYearsStart = oneOf(rd, need("early_years_start"), StartOnBirthday, StartTermAfter, StartWhenAttending)
	rules.EarlierIfAttending = rd.yesNo(need("earlier_if_attending"))
	rules.Reception = oneOf(rd, need("reception"), pep.EarlyYears, pep.Statutory)
	rules.Post16Until = oneOf(rd, need("post16_until"), Until18thBirthday, UntilEndOfYear13)
	rules.OnRequestUntil = rd.number(need("on_request_until"), 0, 25)
}

func (rd *reader) working(n rulefile.Node, rules *Rules) {
	fields := n.Fields(keysOf(rulesSection)...)
	need := func(key string) rulefile.Node { return rd.need(fields, rulesSection, key) }
	rules.InitialForm = oneOf(rd, need("initial_form"), InitialAtOnce, InitialFromMeeting)
	rules.MostTargets = rd.number(need("most_targets"), 1, 20)
	rules.FormDelivery = oneOf(rd, need("form_delivery"), ByEmail, ByHandoff)
	portal, source := rd.value(need("portal"))
	rules.Portal = Sourced[string]{portal.Text(), source}
	rules.NeedsChildAndCarer = rd.yesNo(need("needs_child_and_carer"))
	rules.MeetingSetBy = oneOf(rd, need("meeting_set_by"), pep.Roles()...)
	if rules.FormDelivery.Value == ByHandoff && rules.Portal.Value == none {
		portal.Problem("the forms are handed off, but no portal is named", "write the portal's name, or form_delivery: {value: email, …}")
	}
}

func (rd *reader) recipients(n rulefile.Node, rules *Rules) {
	fields := n.Fields("form", "foster_carers_in", "final")
	names := make([]string, 0, len(Situations()))
	for _, s := range Situations() {
		names = append(names, string(s))
	}
	form := rd.need(fields, recipientsSection, string(formSection))
	situations := form.Fields(names...)
	rules.FormTo = map[Situation]Sourced[[]pep.Role]{}
	for _, s := range Situations() {
		if !form.Missing() {
			rules.FormTo[s] = rd.roles(rd.need(situations, formSection, string(s)))
		}
	}
	letters, source := rd.value(rd.need(fields, recipientsSection, "foster_carers_in"))
	rules.FosterCarersIn.Source = source
	for _, letter := range letters.Items() {
		rules.FosterCarersIn.Value = append(rules.FosterCarersIn.Value, rulefile.OneOf(letter, placementLetters()...))
	}
	rules.FinalTo = oneOf(rd, rd.need(fields, recipientsSection, "final"), FinalToInvited, FinalIfRequested)
}

func (rd *reader) roles(n rulefile.Node) Sourced[[]pep.Role] {
	fields := n.Fields("to", "source")
	to := fields.Need("to")
	roles := Sourced[[]pep.Role]{Source: rd.source(fields.Need("source"))}
	for _, item := range to.Items() {
		if role := rulefile.OneOf(item, append(pep.Roles(), designated, atAnyAge)...); role != "" {
			roles.Value = append(roles.Value, role)
		}
	}
	if !to.Missing() && len(roles.Value) == 0 {
		to.Problem("nobody is named", "write at least one role")
	}
	return roles
}

// placementLetters are the first letters of the SSDA903 placement codes.
func placementLetters() []string {
	var letters []string
	for _, placement := range pep.Placements() {
		letters = append(letters, string(placement[:1]))
	}
	return slices.Compact(letters)
}
