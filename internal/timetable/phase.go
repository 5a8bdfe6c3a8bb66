package timetable

import (
	"fmt"

	"github.com/pepost/pepost/internal/pep"
)

// phase decides which form a child's plan uses, or that none is made, and why.
// The order is that of the rules: short breaks, adults, post-16, statutory,
// Reception, before Reception.
func (r Rules) phase(c pep.Child, year int, asOf pep.Date, onRoll bool) (pep.Phase, []string) {
	age := c.DateOfBirth.AgeOn(asOf)
	switch {
	case leftCare(c, asOf):
		return pep.NoPhase, []string{"left care on " + leaving(c).Long() + ": no PEP any more"}
	case c.LegalStatus.ShortBreaks():
		return pep.NoPhase, []string{fmt.Sprintf("legal status %s is a series of short breaks: no PEP", c.LegalStatus)}
	case age >= adulthood:
		return r.adultPhase(c, age, year)
	case year >= firstPost16:
		return pep.Post16, []string{"Year 12 and above"}
	case year >= firstStatutory && age >= 16:
		return pep.Statutory, []string{"Year 1 to Year 11, also at 16"}
	case year >= firstStatutory:
		return pep.Statutory, []string{"Year 1 to Year 11"}
	case year == 0:
		return r.Reception.Value, []string{"Reception, on the " + formName(r.Reception.Value) + " form", "source: " + r.Reception.Source}
	}
	return r.earlyYears(c, age, asOf, onRoll)
}

func formName(p pep.Phase) string {
	if p == pep.EarlyYears {
		return "Early Years"
	}
	return "statutory-age"
}

// adultPhase: from 18 a young person is no longer looked after; a plan goes on
// to the end of Year 13 or on request, as the authority has it.
func (r Rules) adultPhase(c pep.Child, age, year int) (pep.Phase, []string) {
	const handled = "the personal adviser handles it"
	switch {
	case r.Post16Until.Value == UntilEndOfYear13 && year <= lastOfSixthForm:
		return pep.Post16, []string{"18 or over: to the end of Year 13; " + handled, "source: " + r.Post16Until.Source}
	case r.OnRequestUntil.Value == 0:
		return pep.NoPhase, []string{"18 or over: no PEP any more", "source: " + r.Post16Until.Source}
	case age > r.OnRequestUntil.Value:
		return pep.NoPhase, []string{fmt.Sprintf("over %d: no PEP any more, on request neither", r.OnRequestUntil.Value), "source: " + r.OnRequestUntil.Source}
	case c.Meeting.Date.IsZero():
		return pep.NoPhase, []string{"18 or over: only on request, and no meeting is booked", "source: " + r.OnRequestUntil.Source}
	}
	return pep.Post16, []string{"18 or over: on request (a meeting is booked); " + handled}
}

// earlyYears: before Reception a plan begins at the authority's youngest age.
func (r Rules) earlyYears(c pep.Child, age int, asOf pep.Date, onRoll bool) (pep.Phase, []string) {
	youngest, source := r.YoungestAge.Value, "source: "+r.YoungestAge.Source
	start := birthday(c.DateOfBirth, youngest)
	if r.EarlyYearsStart.Value == StartTermAfter {
		start = termAfter(start)
	}
	switch {
	case asOf.Before(start) && !(onRoll && r.EarlierIfAttending.Value):
		return pep.NoPhase, []string{
			fmt.Sprintf("%d years old: plans begin at %d (%s); the first becomes due on %s", age, youngest, r.EarlyYearsStart.Value, start.Long()), source,
		}
	case asOf.Before(start):
		return pep.EarlyYears, []string{"younger than the authority's age, but in a setting already", "source: " + r.EarlierIfAttending.Source}
	case r.EarlyYearsStart.Value == StartWhenAttending && !onRoll:
		return pep.NoPhase, []string{"not in a setting: a plan begins when the child attends one", "source: " + r.EarlyYearsStart.Source}
	}
	return pep.EarlyYears, []string{fmt.Sprintf("Early Years from %s to the end of Reception", fromAge(youngest)), source}
}

func fromAge(age int) string {
	if age == 0 {
		return "birth"
	}
	return fmt.Sprintf("age %d", age)
}
