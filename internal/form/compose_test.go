package form_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

func TestEveryFormHasTheFieldsOfItsGoldenList(t *testing.T) {
	l := library(t)
	for _, id := range l.IDs() {
		f := formByID(t, id)
		golden(t, id+".txt", listing(f))
	}
}

// listing is a form a line a field, for people to read and to compare.
func listing(f form.Form) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", f.ID, f.Title)
	for _, section := range f.Sections {
		fmt.Fprintf(&b, "\n%s: %s\n", section.Key, section.Title)
		for _, field := range section.Fields {
			line(&b, "  ", field)
			for _, column := range field.Columns {
				line(&b, "    - ", column)
			}
		}
	}
	return b.String()
}

func line(b *strings.Builder, indent string, field form.Field) {
	fmt.Fprintf(b, "%s%s [%s] %q", indent, field.Key, field.Kind, field.Label)
	if text := needed(field.Send); text != "" {
		fmt.Fprintf(b, " send: %s", text)
	}
	if text := needed(field.Finalise); text != "" {
		fmt.Fprintf(b, " final: %s", text)
	}
	if field.Offered.Text != "" {
		fmt.Fprintf(b, " offered: %s", field.Offered.Text)
	}
	if field.Audience != form.Everyone {
		fmt.Fprintf(b, " only: %s", field.Audience)
	}
	b.WriteByte('\n')
}

func needed(n form.Need) string {
	if n.Always {
		return "always"
	}
	return n.When.Text
}

func TestAPlanGetsThePhaseAndItsCircumstances(t *testing.T) {
	l := library(t)
	for _, c := range []struct {
		plan pep.Plan
		want string
	}{
		{plan(pep.EarlyYears), "early-years"},
		{plan(pep.EarlyYears, pep.NotInSetting), "early-years+not-in-setting"},
		{plan(pep.Statutory), "statutory"},
		{plan(pep.Statutory, pep.Initial), "statutory"},
		{plan(pep.Statutory, pep.Transition), "statutory+transition"},
		{plan(pep.Statutory, pep.Transition, pep.Interim), "statutory+interim+transition"},
		{plan(pep.Post16, pep.Progression), "post-16+transition"},
		{plan(pep.Post16, pep.NotInEducation, pep.InCustody), "post-16+custody+not-in-setting"},
		{plan(pep.NoPhase), ""},
	} {
		if got := l.Compose(c.plan).ID; got != c.want {
			t.Errorf("%s %v: %q, want %q", c.plan.Phase, c.plan.Circumstances, got, c.want)
		}
	}
}

func TestAFormIsFoundAgainByItsID(t *testing.T) {
	l := library(t)
	rapid.Check(t, func(t *rapid.T) {
		phase := rapid.SampledFrom([]pep.Phase{pep.EarlyYears, pep.Statutory, pep.Post16}).Draw(t, "phase")
		circumstances := rapid.SliceOfDistinct(rapid.SampledFrom(pep.Circumstances()), rapid.ID).Draw(t, "circumstances")
		f := l.Compose(plan(phase, circumstances...))
		again, ok := l.ByID(f.ID)
		if !ok || again.Version != f.Version || listing(again) != listing(f) {
			t.Fatalf("%s is not found again", f.ID)
		}
		seen := map[string]bool{}
		for field := range f.Fields() {
			if seen[field.Key] {
				t.Fatalf("%s: %s stands twice", f.ID, field.Key)
			}
			seen[field.Key] = true
			if field.Kind == form.ContactKind || strings.Contains(field.Label+field.Help, "{") {
				t.Fatalf("%s: %s is not composed to the end", f.ID, field.Key)
			}
		}
	})
}

func TestUnknownFormsAreNotFound(t *testing.T) {
	l := library(t)
	for _, id := range []string{"", "core", "statutory+", "statutory+nothing", "statutory+transition+interim", "statutory+interim+interim", "custody"} {
		if f, ok := l.ByID(id); ok {
			t.Errorf("%q gives %s", id, f.ID)
		}
	}
}

func TestTheVersionFollowsTheContentOfTheFilesUsed(t *testing.T) {
	files := shipped(t)
	before := load(t, files)
	files["transition.yaml"] = &fstest.MapFile{Data: append(slices.Clone(files["transition.yaml"].Data), "# seen by an officer\n"...)}
	after := load(t, files)
	for id, same := range map[string]bool{"statutory": true, "statutory+transition": false} {
		a, _ := before.ByID(id)
		b, _ := after.ByID(id)
		if (a.Version == b.Version) != same {
			t.Errorf("%s: versions %s and %s", id, a.Version, b.Version)
		}
	}
	mine, err := before.For("camden", map[string]string{"looked after": "cared for"})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := before.ByID("statutory")
	b, _ := mine.ByID("statutory")
	if a.Version == b.Version || !strings.Contains(listing(b), "became cared for") || strings.Contains(listing(b), "looked after") {
		t.Error("an authority's words do not change the form and its version")
	}
	if _, err := before.For("camden", map[string]string{"lokked after": "x"}); err == nil {
		t.Error("a word that no form uses is taken")
	}
}

func TestEveryRowOfTheFieldListIsOnTheForms(t *testing.T) {
	var want []string
	for prefix, last := range map[string]int{"C": 60, "E": 16, "T": 22, "P": 19} {
		for n := 1; n <= last; n++ {
			row := fmt.Sprintf("%s%02d", prefix, n)
			if row == "P16" {
				row = "P16a"
			}
			want = append(want, row)
		}
	}
	found := map[string]bool{}
	for _, id := range everyForm() {
		for field := range formByID(t, id).Fields() {
			found[field.Source] = true
		}
	}
	for _, row := range want {
		if !found[row] {
			t.Errorf("no field comes from row %s", row)
		}
	}
}

func everyForm() []string {
	const all = "+custody+interim+not-in-setting+transition"
	return []string{"early-years" + all, "statutory" + all, "post-16" + all}
}

func TestATargetAsksWhatATargetNeeds(t *testing.T) {
	for _, id := range []string{"early-years", "statutory", "post-16"} {
		targets := fieldOf(t, formByID(t, id), "targets")
		for _, key := range []string{
			"t.no", "t.area", "t.need", "t.why", "t.baseline", "t.outcome", "t.success_measure", "t.intervention", "t.by_who", "t.by_role",
			"t.start", "t.review_by", "t.child_voice_link", "t.funding", "t.unit_cost", "t.sessions", "t.weeks", "t.cost",
			"t.expected_impact", "t.actual_impact", "t.long_term",
		} {
			if _, ok := targets.Column(key); !ok {
				t.Errorf("%s: a target has no %s", id, key)
			}
		}
		if len(targets.FixedRows) != 4 {
			t.Errorf("%s: %d targets, want at most 4", id, len(targets.FixedRows))
		}
	}
}

func TestCareersAndMoneyForStudyAreAskedFromYear7(t *testing.T) {
	f := formByID(t, "statutory")
	for _, key := range []string{"st.careers.guidance", "st.careers.work_experience", "st.fehe_finance"} {
		field := fieldOf(t, f, key)
		for year, want := range map[string]form.Truth{"5": form.False, "6": form.False, "7": form.True, "8": form.True, "9": form.True, "11": form.True} {
			if got := field.Offered.Judge(answered("child.ncy", year)); got != want {
				t.Errorf("%s in Year %s: offered %s", key, year, got)
			}
		}
		if field.Needed(form.ToFinalise, answered("child.ncy", "8")) || !field.Needed(form.ToFinalise, answered("child.ncy", "9")) {
			t.Errorf("%s is not needed from Year 9", key)
		}
	}
}

func TestMoneyInTheEarlyYearsFollowsTheYear(t *testing.T) {
	targets := fieldOf(t, formByID(t, "early-years"), "targets")
	funding, _ := targets.Column("t.funding")
	for year, want := range map[string]string{"-1": "eypp", "0": "ppplus"} {
		var open []string
		for _, choice := range funding.OpenChoices(answered("child.ncy", year)) {
			open = append(open, choice.Key)
		}
		if slices.Contains(open, "eypp") == slices.Contains(open, "ppplus") || !slices.Contains(open, want) {
			t.Errorf("year %s: %v", year, open)
		}
	}
}
