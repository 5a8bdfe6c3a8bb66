package schedule

import (
	"errors"
	"fmt"
	"strings"

	"github.com/robfig/cron/v3"
)

// Spec is when a schedule fires, in civil time. The zero Spec never does.
type Spec struct {
	text  string
	fires *cron.SpecSchedule
}

// SpecError is a spec that was refused.
type SpecError struct {
	Spec string // as written, cut where it is long
	What string // what is wrong
	Hint string // what to write instead
}

// Error says what is wrong and what to write.
func (e *SpecError) Error() string {
	return fmt.Sprintf("the schedule %q %s: %s", e.Spec, e.What, e.Hint)
}

const (
	longestSpec = 100 // bytes; a list of every minute of an hour is no schedule
	fieldsHint  = `write minute, hour, day of the month, month and day of the week, such as "0 7 * * 1-5" for seven o'clock from Monday to Friday; Sunday is 0`
)

// lostHour is the hour that the civil clock in the United Kingdom leaves out in
// March and has twice in October: the Summer Time Order 2002 puts both changes
// at one o'clock, Greenwich mean time.
const lostHour = 1

// Parse reads a spec in the standard syntax of cron, five fields or a word such
// as @daily. Refused, with a [SpecError], is whatever would not fire once and
// only once at each of its moments.
func Parse(text string) (Spec, error) {
	refuse := func(what, hint string) (Spec, error) {
		return Spec{}, &SpecError{Spec: cut(text), What: what, Hint: hint}
	}
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "":
		return refuse("is empty", fieldsHint)
	case len(text) > longestSpec:
		return refuse(fmt.Sprintf("is longer than %d characters", longestSpec), fieldsHint)
	case strings.Contains(strings.ToUpper(trimmed), "TZ="):
		return refuse("names a time zone", "leave TZ= out: every schedule goes by the clock of Europe/London")
	case strings.HasPrefix(trimmed, "@every"):
		return refuse("counts from the start of the program and has no hour of its own", `name the minutes instead, such as "*/15 7-18 * * *" for every quarter of an hour by day`)
	}
	if n := len(strings.Fields(trimmed)); n != 5 && trimmed[0] != '@' {
		return refuse(fmt.Sprintf("has %d fields instead of five", n), fieldsHint)
	}
	parsed, err := parse(trimmed)
	if err != nil {
		return refuse("is not understood ("+err.Error()+")", fieldsHint)
	}
	s := Spec{text: trimmed, fires: parsed}
	switch {
	case s.Next(anyMoment) == 0:
		return refuse("names a day that never comes", "name a day that the month has; for the end of a month write 28")
	case parsed.Hour&(1<<lostHour) != 0:
		return refuse("can fire from 01:00 to 01:59, which the clock leaves out in March and has twice in October",
			`take another hour, such as "0 2 * * *", or leave this one out: "0 0,2-23 * * *" instead of @hourly`)
	}
	return s, nil
}

// anyMoment is 1 January 2024: from there the search for a first moment, which
// looks five years ahead, meets a 29 February.
const anyMoment Moment = 28401120

// parse keeps what cron's parser does with odd input, panics included, to
// itself.
func parse(text string) (parsed *cron.SpecSchedule, err error) {
	defer func() {
		if recover() != nil {
			parsed, err = nil, errors.New("it cannot be read")
		}
	}()
	schedule, err := cron.ParseStandard(text)
	if err != nil {
		return nil, err
	}
	parsed, ok := schedule.(*cron.SpecSchedule)
	if !ok {
		return nil, errors.New("it has no moments of the day")
	}
	return parsed, nil
}

func cut(text string) string {
	if len(text) <= longestSpec {
		return text
	}
	return strings.ToValidUTF8(text[:longestSpec], "") + "…"
}

// Next is the first moment after another at which the spec fires, or never
// where there is none within five years.
func (s Spec) Next(after Moment) Moment {
	if s.fires == nil {
		return 0
	}
	next := s.fires.Next(after.wall()) // a wall clock that shows UTC has no changes
	if next.IsZero() {
		return 0
	}
	return momentOfWall(next)
}

// String is the spec as it was written.
func (s Spec) String() string { return s.text }
