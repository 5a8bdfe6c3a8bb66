package timetable

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

// Legal status and placements of custody: remanded or sentenced (J1), secure
// children's home (K1), youth custody (R5), as the SSDA903 return codes them.
const (
	remanded     pep.LegalStatus = "J1"
	secureHome   pep.Placement   = "K1"
	youthCustody pep.Placement   = "R5"
)

// onRoll reports whether the child is at a setting now. Where the register
// does not say, a setting that is named counts, and the reason says so.
func onRoll(c pep.Child) (bool, string) {
	switch {
	case c.OnRoll == pep.Yes:
		return true, ""
	case c.OnRoll == pep.No:
		return false, ""
	case c.Setting.Name != "":
		return true, "the register does not say whether the child is on roll; a setting is named"
	}
	return false, "the register does not say whether the child is on roll; no setting is named"
}

func inCustody(c pep.Child) bool {
	return c.LegalStatus == remanded || c.Placement == secureHome || c.Placement == youthCustody
}

func isType(c pep.Child, name string) bool { return strings.EqualFold(c.PEPType, name) }

// circumstances lists everything about a child's situation that adds to the
// form or changes who gets it, in the order of the vocabulary.
func circumstances(c pep.Child, year int, asOf pep.Date, onRoll bool) ([]pep.Circumstance, []string) {
	adult := c.DateOfBirth.AgeOn(asOf) >= adulthood
	moved := !c.PreviousPEP.IsZero() && c.JoinedSetting.After(c.PreviousPEP)
	holds := []struct {
		is    bool
		which pep.Circumstance
		why   string
	}{
		{inCustody(c), pep.InCustody, "in custody or a secure home"},
		{isType(c, "Initial") || c.PEPType == "" && c.PreviousPEP.IsZero(), pep.Initial, "the first PEP of this period of care"},
		{!onRoll && year < firstPost16 && !adult, pep.NotInSetting, "not on the roll of a setting"},
		{!onRoll && (year >= firstPost16 || adult), pep.NotInEducation, "not on the roll of a provider"},
		{isType(c, "Interim"), pep.Interim, "an interim PEP until the setting opens"},
		{isType(c, "Transition"), pep.Transition, "a transition is coming"},
		{isType(c, "Progression"), pep.Progression, "a progression is coming"},
		{moved, pep.Moved, "joined the setting after the last PEP: brought forward"},
		{c.Placement.ForAdoption(), pep.PlacedForAdoption, "placed for adoption"},
		{adult, pep.Adult, "18 or over"},
		{c.LegalStatus.ShortBreaks(), pep.ShortBreaks, "short breaks only"},
	}
	found, why := []pep.Circumstance{}, []string{}
	for _, h := range holds {
		if h.is {
			found, why = append(found, h.which), append(why, h.why)
		}
	}
	return found, why
}

// variant is the kind of the plan: the first that holds of custody, initial,
// not in a setting, interim, transition, progression; else a review.
func variant(found []pep.Circumstance) pep.Variant {
	order := []struct {
		circumstance pep.Circumstance
		variant      pep.Variant
	}{
		{pep.InCustody, pep.VariantCustody},
		{pep.Initial, pep.VariantInitial},
		{pep.NotInSetting, pep.VariantNotInSetting},
		{pep.Interim, pep.VariantInterim},
		{pep.Transition, pep.VariantTransition},
		{pep.Progression, pep.VariantProgression},
	}
	for _, o := range order {
		if slices.Contains(found, o.circumstance) {
			return o.variant
		}
	}
	return pep.VariantReview
}

// plan judges one child: phase, year, circumstances, variant and term.
func (r Rules) plan(rec pep.Record, cal *calendar.Calendar, asOf pep.Date) pep.Plan {
	c := rec.Child
	enrolled, unsure := onRoll(c)
	year, why := yearGroup(c, asOf, planDay(c.Meeting.Date, asOf))
	p := pep.Plan{Ref: rec.Ref, YearGroup: hold(year), Meeting: c.Meeting, Why: []string{why}}
	if unsure != "" {
		p.Why = append(p.Why, unsure)
	}
	phase, reasons := r.phase(c, year, asOf, enrolled)
	p.Phase, p.Why = phase, append(p.Why, reasons...)
	p.Circumstances, reasons = circumstances(c, year, asOf, enrolled)
	p.Why = append(p.Why, reasons...)
	p.Term = term(c, cal, asOf, p.Has(pep.Initial))
	if p.Phase != pep.NoPhase {
		p.Variant = variant(p.Circumstances)
	}
	return p
}

// term is the term a plan belongs to: that of its meeting, of the day the
// child became looked after for a first plan without a meeting, or today's.
// Where the calendar has no dates only the academic year is known.
func term(c pep.Child, cal *calendar.Calendar, asOf pep.Date, initial bool) pep.Term {
	day := asOf
	switch {
	case !c.Meeting.Date.IsZero():
		day = c.Meeting.Date
	case initial && !c.BecameLookedAfter.IsZero():
		day = c.BecameLookedAfter
	}
	if cal != nil {
		if span, err := cal.Term(day); err == nil {
			return span.Term
		}
	}
	return pep.Term{Year: academicYear(day)}
}
