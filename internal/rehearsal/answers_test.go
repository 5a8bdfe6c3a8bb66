package rehearsal

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/forms"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

func library(t *testing.T) *form.Library {
	t.Helper()
	l, err := form.Load(forms.FS)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func blank(f form.Form) form.Values {
	rec := pep.Record{Ref: "PEP-0000-00", Child: pep.Child{
		ID: "1", Forename: "Ada", DateOfBirth: pep.MustDate("2012-05-01"), OnRoll: pep.Yes, SEN: "K",
		Setting: pep.Setting{Name: "Alderwhin Primary School"},
	}}
	return form.Prefill(f, rec, pep.Plan{Ref: rec.Ref, Phase: f.Phase, YearGroup: 8}, form.Known{Generated: pep.MustDate("2026-01-05")})
}

func TestAnswersFitTheFormAndTouchNothingThatIsOurs(t *testing.T) {
	l := library(t)
	rapid.Check(t, func(rt *rapid.T) {
		f, _ := l.ByID(rapid.SampledFrom(l.IDs()).Draw(rt, "form"))
		role := rapid.SampledFrom(pep.Roles()).Draw(rt, "role")
		label := rapid.StringMatching(`[a-z0-9]{1,8}`).Draw(rt, "label")
		was := blank(f)
		now := Filled(f, was, NewPen(role, "Sam Invented", pep.MustDate("2026-02-03"), label))
		if faults := form.Faults(f, now); len(faults) > 0 {
			rt.Errorf("%s by %s: %v", f.ID, role, faults)
		}
		for _, change := range form.Diff(f, was, now) {
			table, _, column := form.SplitKey(change.Field)
			field, known := f.Field(table)
			if column != "" && known {
				field, known = field.Column(column)
			}
			if !known || field.Locked {
				rt.Errorf("%s was written to", change.Field)
			}
			if change.Was != "" {
				rt.Errorf("%s was there and was changed", change.Field)
			}
		}
	})
}

func TestASettingAnswersMostOfWhatThePlanNeedsFromIt(t *testing.T) {
	l := library(t)
	for _, id := range []string{"early-years", "statutory", "post-16"} {
		f, _ := l.ByID(id)
		was := blank(f)
		now := Filled(f, was, NewPen(pep.DesignatedTeacher, "Sam Invented", pep.MustDate("2026-02-03"), "x"))
		if changes := form.Diff(f, was, now); len(changes) < 40 {
			t.Errorf("%s: only %d answers were written", id, len(changes))
		}
		for _, key := range form.Missing(f, now, form.ToFinalise) {
			name, _, _ := form.SplitKey(key)
			field, _ := f.Field(name)
			if field.FilledBy(form.BySetting) && !field.FilledBy(form.BySocialWorker) && field.Kind != form.Table && field.Format == form.AnyFormat {
				t.Errorf("%s: %s is the setting's and was left out", id, key)
			}
		}
	}
}

func TestTheSameLabelWritesTheSame(t *testing.T) {
	f, _ := library(t).ByID("statutory")
	write := func(label string) form.Values {
		return Filled(f, blank(f), NewPen(pep.DesignatedTeacher, "Sam Invented", pep.MustDate("2026-02-03"), label))
	}
	if diff := cmp.Diff(write("a"), write("a")); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(write("a"), write("b")) {
		t.Error("two children have the same answers")
	}
}

func TestEveryHabitOccursAndSharesHold(t *testing.T) {
	s := Usual()
	counts := map[Habit]int{}
	for i := range 1000 {
		counts[s.Conduct(chanceID(i), pep.DesignatedTeacher).Habit]++
	}
	for _, habit := range Habits() {
		if counts[habit] == 0 {
			t.Errorf("nobody %s", habit)
		}
	}
	if n := counts[Never]; n < 40 || n > 100 {
		t.Errorf("%d of 1000 never answer, want about 70", n)
	}
	if s.Conduct("17", pep.SocialWorker).Habit != InTime {
		t.Error("a colleague is late")
	}
}

func chanceID(i int) string {
	return string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676))
}
