package timetable

import (
	"strings"

	"github.com/pepost/pepost/internal/calendar/rulefile"
)

// readyLines are what may be pasted where a key is missing: section, key, and
// the value that this program takes where an authority says nothing. A file of
// an earlier version is completed with them; nothing is ever taken silently.
const readyLines = `
phases youngest_age {value: 2, source: "our default"}
phases early_years_start {value: birthday, source: "our default"}
phases earlier_if_attending {value: no, source: "our default"}
phases reception {value: early_years, source: "our default"}
phases post16_until {value: 18th birthday, source: "our default"}
phases on_request_until {value: 0, source: "our default"}
clocks form_out {value: 3, unit: school weeks, source: "our default"}
clocks views_out {value: 3, unit: school weeks, source: "our default"}
clocks carer_sheet_out {value: 3, unit: school weeks, source: "our default"}
clocks return {value: 3, unit: working days, source: "our default"}
clocks tell_virtual_school {value: 2, unit: working days, source: "our default"}
clocks finalise {value: 5, unit: working days, source: "our default"}
clocks final {value: 10, unit: working days, source: "our default"}
clocks child_copy {value: 5, unit: working days, source: "our default"}
clocks record_provision {value: 10, unit: working days, source: "our default"}
clocks next_meeting {value: 5, unit: working days, source: "our default"}
clocks initiate {value: 10, unit: working days, source: "our default"}
clocks initial_meeting {value: 20, unit: working days, source: "our default"}
clocks available {value: 20, unit: working days, source: "our default"}
clocks new_setting {value: 20, unit: school days, source: "our default"}
clocks moved {value: 20, unit: working days, source: "our default"}
clocks tell_education_authority {value: 5, unit: working days, source: "our default"}
clocks useful {value: 5, unit: working days, source: "our default"}
reviews first {value: 20, unit: working days, source: "our default"}
reviews second {value: 3, unit: months, source: "our default"}
reviews later {value: 6, unit: months, source: "our default"}
reviews plan_current {value: 3, unit: working days, source: "our default"}
reviews copy_targets {value: none, source: "our default"}
meetings in_holidays {value: no, source: "our default"}
meetings in_school_hours {value: yes, source: "our default"}
meetings school_hours {value: "09:00 to 15:30", source: "our default"}
meetings key_stage_ends {value: [2, 6, 9, 11], source: "our default"}
rules initial_form {value: at once, source: "our default"}
rules most_targets {value: 4, source: "our default"}
rules form_delivery {value: email, source: "our default"}
rules portal {value: none, source: "our default"}
rules needs_child_and_carer {value: no, source: "our default"}
rules meeting_set_by {value: social worker, source: "our default"}
schedules forms {at: "0 7-18 * * 1-5", missed: latest, oldest_hours: 24, source: "our default"}
schedules digest {at: "30 7 * * 1-5", missed: latest, oldest_hours: 12, source: "our default"}
form custody {to: [establishment lead], source: "our default"}
form adult {to: [personal adviser], source: "our default"}
form early_years_on_roll {to: [designated], source: "our default"}
form early_years_not_on_roll {to: [health visitor, foster carer], source: "our default"}
form statutory_on_roll {to: [designated], source: "our default"}
form statutory_not_on_roll {to: [social worker, virtual school], source: "our default"}
form post16_on_roll {to: [designated], source: "our default"}
form post16_not_on_roll {to: [leaving care worker], source: "our default"}
recipients foster_carers_in {value: [A, T, U], source: "our default"}
recipients final {value: everyone invited, source: "our default"}
file la_code {value: "000", source: "our default, put the authority's own three digits here"}
file reminders [{to: setting, value: 1, unit: working days, source: "our default"}, {to: head, value: 3, unit: working days, source: "our default"}, {to: virtual school, value: 5, unit: working days, source: "our default"}]
file submissions {dates: none found, source: "our default"}
file workers [{from_age: 0, role: social worker, source: "our default"}, {from_age: 16, role: leaving care worker, source: "our default"}, {from_age: 18, role: personal adviser, source: "our default"}]
`

// ourDefault is the source of the ready values.
const ourDefault = "our default"

// section is the keys of one group of a timetable.
type section string

// The sections; wholeFile is what stands at the left edge.
const (
	wholeFile         section = "file"
	phasesSection     section = "phases"
	clocksSection     section = "clocks"
	reviewsSection    section = "reviews"
	meetingsSection   section = "meetings"
	rulesSection      section = "rules"
	schedulesSection  section = "schedules"
	recipientsSection section = "recipients"
	formSection       section = "form"
)

// keysOf lists the keys of a section in the order of the file.
func keysOf(s section) []string {
	var keys []string
	for line := range strings.Lines(readyLines) {
		if of, rest, _ := strings.Cut(line, " "); of == string(s) {
			key, _, _ := strings.Cut(rest, " ")
			keys = append(keys, key)
		}
	}
	return keys
}

// ready is the line that may be pasted for a key: its value, or all the keys
// of its section. A file that lists no source called "our default" gets the
// first that it does list.
func (rd *reader) ready(s section, key string) string {
	line := key + ": " + readyValue(s, key)
	if len(rd.sources) > 0 && !rd.listed(ourDefault) {
		line = strings.ReplaceAll(line, ourDefault, rd.sources[0])
	}
	return line
}

func readyValue(s section, key string) string {
	for line := range strings.Lines(readyLines) {
		if value, ok := strings.CutPrefix(line, string(s)+" "+key+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	var values []string
	for _, inner := range keysOf(section(key)) {
		values = append(values, inner+": "+readyValue(section(key), inner))
	}
	if section(key) == recipientsSection {
		values = append([]string{"form: " + readyValue(recipientsSection, string(formSection))}, values...)
	}
	return "{" + strings.Join(values, ", ") + "}"
}

// need gives the value of a key of a section; where it is missing the problem
// says exactly what to write.
func (rd *reader) need(fields rulefile.Fields, s section, key string) rulefile.Node {
	if !fields.May(key).Missing() {
		return fields.Need(key)
	}
	return fields.NeedLine(key, rd.ready(s, key))
}
