package quality_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/quality"
)

// good is a target that nothing is to be said about.
func good() form.Row {
	return form.Row{
		"t.no": "1", "t.area": "english", "t.need": "reads slowly", "t.outcome": "reads 90 words a minute", "t.success_measure": "two timed readings",
		"t.intervention": "reading with an adult, twice a week", "t.by_who": "Robin Key", "t.start": "2026-03-20", "t.review_by": "2026-06-19",
		"t.funding": "ppplus", "t.unit_cost": "25.50", "t.sessions": "2", "t.weeks": "10", "t.cost": "510.00", "t.expected_impact": "keeps up in class",
	}
}

// with is a good target with some cells changed.
func with(changes ...string) form.Row {
	row := good()
	for i := 0; i < len(changes); i += 2 {
		row[changes[i]] = changes[i+1]
		if changes[i+1] == "" {
			delete(row, changes[i])
		}
	}
	return row
}

func fields() map[string]string {
	return map[string]string{
		"child.ncy": "5", "child.forename": "Ashby", "meet.date": "2026-03-17", "meet.next_date": "2026-06-23", "pep.phase": "statutory",
		"st.voice.well": "I like maths", "ctl.generated_at": "2026-03-17",
	}
}

func ask(t testing.TB, rows ...form.Row) quality.Ask {
	t.Helper()
	return quality.Ask{
		Form: composed(t, "statutory"), Values: form.Values{Fields: fields(), Tables: map[string][]form.Row{"targets": rows}}, MostTargets: 4,
	}
}

// of lists the checks that found something about the targets.
func of(findings []quality.Finding, field string) []string {
	var out []string
	for _, f := range findings {
		if f.Field == field {
			out = append(out, strings.Trim(fmt.Sprintf("%s %d %s", f.Check, f.Row, f.Column), " "))
		}
	}
	return out
}

func TestEachCheckOfATarget(t *testing.T) {
	rules := shipped(t, "st-helens")
	for _, c := range []struct {
		name string
		row  form.Row
		want string
	}{
		{"a good one", good(), ""},
		{"nobody", with("t.by_who", ""), "who 1 t.by_who"},
		{"only the school", with("t.by_who", "The School."), "who 1 t.by_who"},
		{"n/a for a person", with("t.by_who", "n/a"), "who 1 t.by_who"},
		{"no date", with("t.review_by", ""), "when 1 t.review_by"},
		{"before the start", with("t.review_by", "2026-03-19"), "when 1 t.review_by"},
		{"not after the meeting", with("t.review_by", "2026-03-17", "t.start", "2026-03-01"), "when 1 t.review_by"},
		{"after the next PEP", with("t.review_by", "2026-06-24"), "when 1 t.review_by"},
		{"on the day of the next PEP", with("t.review_by", "2026-06-23"), ""},
		{"nothing measured", with("t.outcome", "gets better at reading", "t.success_measure", "it is easier"), "measure 1 t.success_measure"},
		{"measured in words", with("t.outcome", "reads better", "t.success_measure", "reads a page without help"), ""},
		{"measured by digits", with("t.outcome", "reads better", "t.success_measure", "scores 12"), ""},
		{"no outcome", with("t.outcome", ""), "measure 1 t.outcome"},
		{"no cost though funded", with("t.cost", ""), "costed 1 t.cost"},
		{"not itemised", with("t.unit_cost", "", "t.sessions", "", "t.weeks", ""), "costed 1 t.unit_cost"},
		{"free of cost, though funded", with("t.unit_cost", "", "t.cost", "0.00"), "costed 1 t.cost"},
		{"bought once", with("t.unit_cost", "510.00", "t.sessions", "", "t.weeks", ""), ""},
		{"does not add up", with("t.cost", "500.00"), "sum 1 t.cost"},
		{"a penny out", with("t.cost", "510.01"), "sum 1 t.cost"},
		{"the school's own money, not itemised", with("t.funding", "school", "t.unit_cost", ""), ""},
		{"a fund that ended", with("t.funding", "eypp"), "not_taken 1 t.funding; fund 1 t.funding"},
		{"the post-16 grant", with("t.funding", "post16_ppplus"), "not_taken 1 t.funding; fund 1 t.funding"},
		{"uniform", with("t.intervention", "new school uniform"), "not_payable 1 t.intervention"},
		{"uniform from the school's money", with("t.intervention", "new school uniform", "t.funding", "school"), ""},
		{"a multi-uniformed word", with("t.intervention", "uniformity of sounds"), ""},
		{"no intervention", with("t.intervention", ""), "required 1 t.intervention"},
	} {
		got := strings.Join(of(quality.Find(ask(t, c.row), rules), "targets"), "; ")
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFundsByYear(t *testing.T) {
	rules := shipped(t, "st-helens")
	for _, c := range []struct {
		year, fund string
		wrong      bool
	}{
		{"-1", "eypp", false},
		{"-1", "ppplus", true},
		{"0", "ppplus", false},
		{"0", "eypp", true},
		{"11", "ppplus", false},
		{"12", "ppplus", true},
		{"12", "post16_ppplus", false},
		{"11", "post16_ppplus", true},
		{"5", "school", false},
		{"", "eypp", false},
	} {
		a := ask(t, with("t.funding", c.fund))
		a.Values.Fields["child.ncy"] = c.year
		found := slices.Contains(of(quality.Find(a, rules), "targets"), "fund 1 t.funding")
		if found != c.wrong {
			t.Errorf("year %s, %s: %v", c.year, c.fund, found)
		}
	}
}

func TestWithoutANextDateTheRulesLimitTheReview(t *testing.T) {
	rules := shipped(t, "st-helens")
	for day, want := range map[string]bool{"2026-09-17": false, "2026-09-18": true} {
		a := ask(t, with("t.review_by", day))
		delete(a.Values.Fields, "meet.next_date")
		if got := slices.Contains(of(quality.Find(a, rules), "targets"), "when 1 t.review_by"); got != want {
			t.Errorf("%s: %v", day, got)
		}
	}
}

func TestMoreTargetsThanTheAuthorityAllows(t *testing.T) {
	a := ask(t, good(), with("t.no", "2"), with("t.no", "3"))
	for most, want := range map[int]bool{0: false, 2: true, 3: false} {
		a.MostTargets = most
		if got := slices.Contains(of(quality.Find(a, shipped(t, "sefton")), "targets"), "too_many_targets 0"); got != want {
			t.Errorf("%d allowed: %v", most, got)
		}
	}
}

func TestCopiedFromLastTerm(t *testing.T) {
	long := "Ashby settles quickly in the mornings and works well with one friend."
	a := ask(t, good())
	a.Values.Fields["strengths"], a.Values.Fields["barriers"] = long, "short and the same"
	a.Values.Fields["needs"] = long + " Now also in the afternoon."
	a.Last = form.Values{
		Fields: map[string]string{"strengths": "  ashby settles quickly in the mornings, and works well with one friend", "barriers": "short and the same", "needs": long},
		Tables: map[string][]form.Row{"targets": {with("t.outcome", "Reads 90 words a minute.")}},
	}
	unchanged := func() (out []string) {
		for _, f := range quality.Find(a, shipped(t, "camden")) {
			if f.Check == quality.Unchanged {
				out = append(out, f.Field)
			}
		}
		return out
	}
	if got := unchanged(); !slices.Equal(got, []string{"strengths", "targets"}) {
		t.Errorf("%v", got)
	}
	a.Values.Tables["review.targets"] = []form.Row{{"no": "1", "text": "reads 90 words a minute", "carry_forward": "yes"}}
	if got := unchanged(); !slices.Equal(got, []string{"strengths"}) {
		t.Errorf("a target that is carried forward: %v", got)
	}
}

func TestTheChildsVoice(t *testing.T) {
	rules := shipped(t, "sefton")
	for _, c := range []struct {
		name    string
		answers map[string]string
		want    string
	}{
		{"nothing at all", map[string]string{}, "voice_empty st.voice.well"},
		{"see above", map[string]string{"st.voice.well": "See above."}, "voice_empty st.voice.well"},
		{"a dash", map[string]string{"st.voice.well": "-"}, "voice_empty st.voice.well"},
		{"a smile", map[string]string{"st.voice.well": "\U0001F642"}, ""},
		{"the child's own", map[string]string{"st.voice.well": "I like maths"}, ""},
		{"one word", map[string]string{"st.voice.well": "football"}, ""},
		{"another language", map[string]string{"st.voice.well": "Lubię matematykę"}, ""},
		{"about the child", map[string]string{"st.voice.well": "He enjoys maths"}, "voice_adult st.voice.well"},
		{"by the name", map[string]string{"st.voice.not_well": "Ashby struggles at break"}, "voice_adult st.voice.not_well"},
		{"quoted by an adult", map[string]string{"st.voice.well": "Ashby said: \"maths is fun\""}, ""},
		{"both", map[string]string{"st.voice.well": "He enjoys maths", "st.voice.ambition": "I want to bake"}, ""},
		{"own words beside a placeholder", map[string]string{"st.voice.well": "I like maths", "st.voice.not_well": "n/a"}, "voice_empty st.voice.not_well"},
	} {
		a := ask(t, good())
		delete(a.Values.Fields, "st.voice.well")
		maps.Copy(a.Values.Fields, c.answers)
		var got []string
		for _, f := range quality.Find(a, rules) {
			if f.Check == quality.VoiceEmpty || f.Check == quality.VoiceAdult {
				got = append(got, string(f.Check)+" "+f.Field)
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %v, want %q", c.name, got, c.want)
		}
	}
}

func TestAYoungChildsViewsMayBeSeenByAnAdult(t *testing.T) {
	a := quality.Ask{Form: composed(t, "early-years"), Values: form.Values{Fields: map[string]string{
		"ey.voice.playing": "She goes to the sand first", "ey.voice.method": "observation",
	}}}
	for _, f := range quality.Find(a, shipped(t, "sefton")) {
		if f.Check == quality.VoiceAdult || f.Check == quality.VoiceEmpty {
			t.Errorf("%+v", f)
		}
	}
}

func TestAPlaceholderIsNoAnswer(t *testing.T) {
	a := ask(t, good())
	a.Values.Fields["strengths"], a.Values.Fields["auth.no_contact"] = "as last time", "none"
	for _, f := range quality.Find(a, shipped(t, "sefton")) {
		if f.Check == quality.Placeholder && f.Field != "strengths" {
			t.Errorf("%+v", f)
		}
	}
	if got := of(quality.Find(a, shipped(t, "sefton")), "strengths"); !slices.Equal(got, []string{"placeholder 0"}) {
		t.Errorf("%v", got)
	}
}

func TestWhatIsNeededIsFoundWithWhoFillsItIn(t *testing.T) {
	a := ask(t)
	var found quality.Finding
	for _, f := range quality.Find(a, shipped(t, "sefton")) {
		if f.Field == "views.carer" {
			found = f
		}
	}
	if found.Check != quality.Required || found.Part != "carer" || found.Label == "" || !slices.Equal(found.By, []form.Filler{form.ByCarer}) {
		t.Errorf("%+v", found)
	}
}

func TestProposalsFollowTheGravestFinding(t *testing.T) {
	rules := shipped(t, "st-helens")
	f := composed(t, "statutory")
	parts, overall, why := rules.Propose(f, []quality.Finding{
		{Check: quality.Sum, Weight: quality.Serious, Part: "funding"},
		{Check: quality.Measure, Weight: quality.Minor, Part: "targets"},
		{Check: quality.Measure, Weight: quality.Note, Part: "carer"},
		{Weight: quality.Serious},
	})
	got := map[string]quality.Rating{}
	for _, p := range parts {
		got[p.Part] = p.Proposed
	}
	if got["funding"] != "red" || got["targets"] != "amber" || got["carer"] != "green" || got["voice"] != "green" || overall != "red" || why == "" {
		t.Errorf("%v %s %s", got, overall, why)
	}
}

func TestACheckThatIsOffFindsNothing(t *testing.T) {
	rules := shipped(t, "sefton")
	for _, check := range quality.Checks() {
		rules.Checks[check] = quality.Sourced[quality.Weight]{Value: quality.Off}
	}
	if found := quality.Find(ask(t, with("t.by_who", "", "t.cost", "1.00")), rules); len(found) != 0 {
		t.Errorf("%v", found)
	}
}

func TestMoneyIsExact(t *testing.T) {
	for _, c := range []struct {
		unit, sessions, weeks string
		want                  pep.Pence
		ok                    bool
	}{
		{"25.50", "2", "10", 51000, true},
		{"0.10", "3", "", 30, true},
		{"19.99", "1.5", "", 2999, true},
		{"100", "", "", 10000, true},
		{"", "2", "10", 0, false},
		{"1.00", "0", "10", 0, false},
		{"9999999999", "9999", "9999", 0, false},
		{"-1.00", "", "", 0, false},
		{"1.005", "", "", 0, false},
	} {
		got, ok := quality.Itemised(form.Row{"t.unit_cost": c.unit, "t.sessions": c.sessions, "t.weeks": c.weeks})
		if got != c.want || ok != c.ok {
			t.Errorf("%+v: %d %v", c, got, ok)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		pence := pep.Pence(rapid.Int64Range(0, 1_000_000_000).Draw(t, "pence"))
		if back, ok := quality.ParsePence(quality.Pounds(pence)); !ok || back != pence {
			t.Fatalf("%d: %s, %d", pence, quality.Pounds(pence), back)
		}
	})
}

// Whatever is written in a form, findings point at questions of it and never
// repeat an answer.
func TestFindingsPointAtTheFormAndRepeatNothing(t *testing.T) {
	rules := shipped(t, "st-helens")
	f := composed(t, "statutory")
	table, _ := f.Field("targets")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`QZ[a-zA-Z0-9./&<> -]{0,20}`)
		row := form.Row{}
		for _, column := range table.Columns[1:] {
			if rapid.Bool().Draw(t, "answered") {
				row[column.Key] = text.Draw(t, column.Key)
			}
		}
		row["t.no"] = "1"
		a := quality.Ask{Form: f, Values: form.Values{
			Fields: map[string]string{"st.voice.well": text.Draw(t, "voice"), "strengths": text.Draw(t, "strengths")},
			Tables: map[string][]form.Row{"targets": {row}},
		}}
		a.Last = a.Values
		for _, found := range quality.Find(a, rules) {
			field, ok := f.Field(found.Field)
			if !ok || strings.Contains(found.Words, "QZ") || found.Words == "" || found.Label == "" {
				t.Fatalf("%+v", found)
			}
			if _, has := field.Column(found.Column); found.Column != "" && !has {
				t.Fatalf("no column: %+v", found)
			}
		}
	})
}
