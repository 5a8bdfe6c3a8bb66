package timetable_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The same register under four authorities' rules: who gets the form, how and
// why. Children whose answer is alike stand together, the first by reference
// as their example.
func TestEachAuthoritysOwnAnswersForTheSameRegister(t *testing.T) {
	want := readTruth(t)
	register := readRegister(t, want)
	answers := map[string]string{}
	for _, authority := range []string{"cheshire-west", "sefton", "camden", "st-helens"} {
		rules, cal := load(t, authority)
		got := answersOf(rules, cal, register, want.AsOf)
		answers[authority] = got
		path := filepath.Join("testdata", "answers", authority+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		golden, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(golden), got); diff != "" {
			t.Errorf("%s: %s", authority, diff)
		}
	}
	for a, one := range answers {
		for b, other := range answers {
			if a != b && one == other {
				t.Errorf("%s and %s give the same answers", a, b)
			}
		}
	}
}

// alike are children with the same answer.
type alike struct {
	example pep.Ref
	told    string
	number  int
}

func answersOf(rules timetable.Rules, cal *calendar.Calendar, register map[string]pep.Record, asOf pep.Date) string {
	groups, order := map[string]*alike{}, []string{}
	for _, id := range slices.Sorted(maps.Keys(register)) {
		o := rules.Make(register[id], cal, asOf)
		key := strings.Join([]string{string(o.Plan.Phase), asks(o), rolesOf(o.Recipients)}, "|")
		if groups[key] == nil {
			groups[key] = &alike{example: register[id].Ref, told: answerOf(rules, o)}
			order = append(order, key)
		}
		groups[key].number++
	}
	slices.Sort(order)
	var b strings.Builder
	fmt.Fprintf(&b, "What the rules of %s say of one register of %d children, seen on %s\n", rules.Authority, len(register), asOf.Long())
	for _, key := range order {
		g := groups[key]
		fmt.Fprintf(&b, "\n%d like %s\n%s", g.number, g.example, g.told)
	}
	return b.String()
}

// asks is what of the situation decides the answer: a first plan goes at once,
// and a child without a plan has its reason.
func asks(o timetable.Outlook) string {
	switch {
	case o.Plan.Phase == pep.NoPhase:
		return o.Plan.Why[len(o.Plan.Why)-1]
	case o.Plan.Has(pep.Initial):
		return "a first plan"
	case o.Plan.Meeting.Date.IsZero():
		return "no meeting"
	}
	return "a meeting"
}

func answerOf(rules timetable.Rules, o timetable.Outlook) string {
	var b strings.Builder
	line := func(indent int, format string, of ...any) {
		fmt.Fprintf(&b, strings.Repeat("  ", indent)+format+"\n", of...)
	}
	if o.Plan.Phase == pep.NoPhase {
		line(1, "no PEP")
	} else {
		line(1, "%s, %s, %s PEP: %s", o.Plan.Phase, yearWords(o.Plan.YearGroup), o.Plan.Variant, or(strings.Join(words(o.Plan.Circumstances), ", "), "nothing special"))
	}
	for _, why := range o.Plan.Why {
		line(2, "%s", why)
	}
	if o.Plan.Phase == pep.NoPhase {
		return b.String()
	}
	how := "the form goes by mail"
	if rules.FormDelivery.Value == timetable.ByHandoff {
		how = "the form is opened in " + rules.Portal.Value
	}
	line(1, "%s; due: %s", how, known(o.FormDue.Due))
	for _, why := range o.FormDue.Why {
		line(2, "%s", beforeHint(why))
	}
	for _, r := range o.Recipients {
		line(1, "to the %s", r.Role)
		for _, why := range r.Why {
			line(2, "%s", why)
		}
	}
	line(1, "the final plan: %s; %s", rules.FinalTo.Value, rules.FinalTo.Source)
	line(2, "here to: %s", or(rolesOf(o.FinalRecipients), "nobody unless they ask"))
	return b.String()
}

// beforeHint leaves out what to do about missing term dates, whose wording is
// the calendar's own.
func beforeHint(why string) string {
	if at := strings.Index(why, " needs: "); at >= 0 {
		return why[:at+len(" needs")]
	}
	return why
}

func yearWords(year int) string {
	switch {
	case year < 0:
		return "before Reception"
	case year == 0:
		return "Reception"
	}
	return fmt.Sprintf("Year %d", year)
}

func known(d pep.Date) string { return or(d.Long(), "not known") }

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
