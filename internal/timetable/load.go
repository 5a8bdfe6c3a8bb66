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
// is [rulefile.Problems]: every mistake with its place, not the first.
func Load(folder fs.FS, authority string) (Rules, error) {
	file, root := rulefile.Open(folder, authority+"/timetable.yaml")
	rules := read(authority, root)
	if err := file.Err(); err != nil {
		return Rules{}, fmt.Errorf("loading the timetable of %s: %w", authority, err)
	}
	return rules, nil
}

// reader reads values that each stand with a source.
type reader struct{ sources []string }

func read(name string, root rulefile.Node) Rules {
	fields := root.Fields("authority", "sources", "words", "phases", "clocks", "rules", "recipients")
	var rd reader
	rd.readSources(fields.Need("sources"))
	rules := Rules{Name: name, Authority: fields.Need("authority").Text()}
	rd.words(fields.Need("words"), &rules)
	rd.phases(fields.Need("phases"), &rules)
	rd.clocks(fields.Need("clocks"), &rules)
	rd.working(fields.Need("rules"), &rules)
	rd.recipients(fields.Need("recipients"), &rules)
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
	if text == "" {
		return ""
	}
	for _, name := range rd.sources {
		if strings.HasPrefix(text, name) {
			return text
		}
	}
	n.Problem("the source is not listed under sources", "begin with one of: "+strings.Join(rd.sources, ", "))
	return text
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
	fields := n.Fields("youngest_age", "early_years_start", "earlier_if_attending", "reception", "post16_until", "on_request_until")
	rules.YoungestAge = rd.number(fields.Need("youngest_age"), 0, 5)
	rules.EarlyYearsStart = oneOf(rd, fields.Need("early_years_start"), StartOnBirthday, StartTermAfter, StartWhenAttending)
	rules.EarlierIfAttending = rd.yesNo(fields.Need("earlier_if_attending"))
	rules.Reception = oneOf(rd, fields.Need("reception"), pep.EarlyYears, pep.Statutory)
	rules.Post16Until = oneOf(rd, fields.Need("post16_until"), Until18thBirthday, UntilEndOfYear13)
	rules.OnRequestUntil = rd.number(fields.Need("on_request_until"), 0, 25)
}

func (rd *reader) clocks(n rulefile.Node, rules *Rules) {
	fields := n.Fields("form_out", "return", "chase", "initiate", "available", "final")
	rules.FormOut = rd.clock(fields.Need("form_out"))
	rules.Return = rd.clock(fields.Need("return"))
	rules.Chase = rd.clock(fields.Need("chase"))
	rules.Initiate = rd.clock(fields.Need("initiate"))
	rules.Available = rd.clock(fields.Need("available"))
	rules.Final = rd.clock(fields.Need("final"))
}

func (rd *reader) clock(n rulefile.Node) Clock {
	fields := n.Fields("value", "unit", "source")
	return Clock{
		N:      fields.Need("value").Number(0, 100),
		Unit:   rulefile.OneOf(fields.Need("unit"), calendar.Units()...),
		Source: rd.source(fields.Need("source")),
	}
}

func (rd *reader) working(n rulefile.Node, rules *Rules) {
	fields := n.Fields("initial_form", "most_targets", "form_delivery", "portal", "needs_child_and_carer", "meeting_set_by")
	rules.InitialForm = oneOf(rd, fields.Need("initial_form"), InitialAtOnce, InitialFromMeeting)
	rules.MostTargets = rd.number(fields.Need("most_targets"), 1, 20)
	rules.FormDelivery = oneOf(rd, fields.Need("form_delivery"), ByEmail, ByHandoff)
	portal, source := rd.value(fields.Need("portal"))
	rules.Portal = Sourced[string]{portal.Text(), source}
	rules.NeedsChildAndCarer = rd.yesNo(fields.Need("needs_child_and_carer"))
	rules.MeetingSetBy = oneOf(rd, fields.Need("meeting_set_by"), pep.Roles()...)
}

func (rd *reader) recipients(n rulefile.Node, rules *Rules) {
	fields := n.Fields("form", "foster_carers_in", "final")
	names := make([]string, 0, len(Situations()))
	for _, s := range Situations() {
		names = append(names, string(s))
	}
	form := fields.Need("form")
	situations := form.Fields(names...)
	rules.FormTo = map[Situation]Sourced[[]pep.Role]{}
	for _, s := range Situations() {
		if !form.Missing() {
			rules.FormTo[s] = rd.roles(situations.Need(string(s)))
		}
	}
	letters, source := rd.value(fields.Need("foster_carers_in"))
	rules.FosterCarersIn.Source = source
	for _, letter := range letters.Items() {
		rules.FosterCarersIn.Value = append(rules.FosterCarersIn.Value, rulefile.OneOf(letter, placementLetters()...))
	}
	rules.FinalTo = oneOf(rd, fields.Need("final"), FinalToInvited, FinalIfRequested)
}

func (rd *reader) roles(n rulefile.Node) Sourced[[]pep.Role] {
	fields := n.Fields("to", "source")
	to := fields.Need("to")
	roles := Sourced[[]pep.Role]{Source: rd.source(fields.Need("source"))}
	for _, item := range to.Items() {
		if role := rulefile.OneOf(item, append(pep.Roles(), designated)...); role != "" {
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
