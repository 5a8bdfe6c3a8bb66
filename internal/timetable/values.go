package timetable

import (
	"fmt"
	"strconv"
	"strings"
)

// Value is one value of the rules in words, as it stands in the file.
type Value struct {
	// Key is where it stands, with its section before it: clocks form_out.
	Key    string `json:"key"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

// Values are all the values of the rules in the order of the file, so that
// people can read by which numbers the program goes and who says so.
func (r Rules) Values() []Value {
	l := listing{}
	l.add("la_code", r.LACode.Value, r.LACode.Source)
	l.phases(r)
	l.clocks(r)
	l.dates(r)
	l.working(r)
	for _, name := range ScheduleNames() {
		s := r.Schedules[name]
		l.add("schedules "+string(name), fmt.Sprintf("%s, missed: %s, %d hours", s.Cron, s.Missed, s.Oldest), s.Source)
	}
	for _, s := range Situations() {
		l.add("recipients form "+string(s), words(r.FormTo[s].Value), r.FormTo[s].Source)
	}
	l.add("recipients foster_carers_in", words(r.FosterCarersIn.Value), r.FosterCarersIn.Source)
	l.add("recipients final", string(r.FinalTo.Value), r.FinalTo.Source)
	return l.values
}

// listing gathers values.
type listing struct{ values []Value }

func (l *listing) add(key, value, source string) {
	l.values = append(l.values, Value{key, value, source})
}

func (l *listing) clock(key string, c Clock) { l.add(key, c.words(), c.Source) }

func (l *listing) phases(r Rules) {
	l.add("phases youngest_age", strconv.Itoa(r.YoungestAge.Value), r.YoungestAge.Source)
	l.add("phases early_years_start", string(r.EarlyYearsStart.Value), r.EarlyYearsStart.Source)
	l.add("phases earlier_if_attending", yesNo(r.EarlierIfAttending.Value), r.EarlierIfAttending.Source)
	l.add("phases reception", string(r.Reception.Value), r.Reception.Source)
	l.add("phases post16_until", string(r.Post16Until.Value), r.Post16Until.Source)
	l.add("phases on_request_until", strconv.Itoa(r.OnRequestUntil.Value), r.OnRequestUntil.Source)
}

func (l *listing) clocks(r Rules) {
	l.clock("clocks form_out", r.FormOut)
	l.clock("clocks views_out", r.ViewsOut)
	l.clock("clocks carer_sheet_out", r.CarerSheetOut)
	if r.Pack.Source != "" { // files of an earlier version do not say
		l.clock("clocks pack", r.Pack)
	}
	l.clock("clocks return", r.Return)
	l.clock("clocks tell_virtual_school", r.TellVirtualSchool)
	l.clock("clocks finalise", r.Finalise)
	l.clock("clocks final", r.Final)
	l.clock("clocks child_copy", r.ChildCopy)
	l.clock("clocks record_provision", r.RecordProvision)
	l.clock("clocks next_meeting", r.NextMeeting)
	l.clock("clocks initiate", r.Initiate)
	l.clock("clocks initial_meeting", r.InitialMeeting)
	l.clock("clocks available", r.Available)
	l.clock("clocks new_setting", r.NewSetting)
	l.clock("clocks moved", r.Moved)
	l.clock("clocks tell_education_authority", r.TellEducationAuthority)
	l.clock("clocks useful", r.Useful)
	for _, step := range r.Reminders {
		l.clock("reminders "+string(step.To), step.After)
	}
}

func (l *listing) dates(r Rules) {
	if len(r.Submissions) == 0 {
		l.add("submissions", noneFound, r.NoSubmissions)
	}
	for _, s := range r.Submissions {
		l.add("submissions "+s.Term.String(), s.words(), s.Source)
	}
	l.clock("reviews first", r.Reviews.First)
	l.clock("reviews second", r.Reviews.Second)
	l.clock("reviews later", r.Reviews.Later)
	l.clock("reviews plan_current", r.Reviews.Before)
	l.clock("reviews copy_targets", r.Reviews.CopyTargets)
	l.add("meetings in_holidays", yesNo(r.MeetingsInHolidays.Value), r.MeetingsInHolidays.Source)
	l.add("meetings in_school_hours", yesNo(r.MeetingsInSchoolHours.Value), r.MeetingsInSchoolHours.Source)
	hours := r.SchoolHours.Value
	l.add("meetings school_hours", timeOfDay(hours.From)+" to "+timeOfDay(hours.Until), r.SchoolHours.Source)
	l.add("meetings key_stage_ends", numbers(r.KeyStageEnds.Value), r.KeyStageEnds.Source)
	for _, w := range r.Workers {
		l.add(fmt.Sprintf("workers from %d", w.FromAge), string(w.Role), w.Source)
	}
}

func (l *listing) working(r Rules) {
	l.add("rules initial_form", string(r.InitialForm.Value), r.InitialForm.Source)
	l.add("rules most_targets", strconv.Itoa(r.MostTargets.Value), r.MostTargets.Source)
	l.add("rules form_delivery", string(r.FormDelivery.Value), r.FormDelivery.Source)
	l.add("rules portal", r.Portal.Value, r.Portal.Source)
	l.add("rules needs_child_and_carer", yesNo(r.NeedsChildAndCarer.Value), r.NeedsChildAndCarer.Source)
	l.add("rules meeting_set_by", string(r.MeetingSetBy.Value), r.MeetingSetBy.Source)
}

func (c Clock) words() string {
	if c.Off() {
		return none
	}
	unit := string(c.Unit)
	if c.N == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return fmt.Sprintf("%d %s", c.N, unit)
}

func (s Submission) words() string {
	text := s.On.Long()
	if len(s.Phases) > 0 {
		text += ", " + words(s.Phases)
	}
	if len(s.YearGroups) > 0 {
		text += ", years " + numbers(s.YearGroups)
	}
	return text
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func timeOfDay(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

func words[T ~string](all []T) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = string(one)
	}
	return strings.Join(texts, ", ")
}

func numbers(all []int) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = strconv.Itoa(one)
	}
	return strings.Join(texts, ", ")
}
