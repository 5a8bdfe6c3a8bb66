package form_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/form"
)

func choices(keys ...string) []form.Choice {
	var out []form.Choice
	for _, key := range keys {
		out = append(out, form.Choice{Key: key, Label: "The " + key + ", or so"})
	}
	return out
}

func TestWhatPeopleTypeHasOneCanonicalForm(t *testing.T) {
	several := form.Field{Kind: form.SeveralOf, Choices: choices("a", "b", "c")}
	for _, c := range []struct {
		field       form.Field
		typed, want string
	}{
		{form.Field{Kind: form.Text}, "  one \t two\r\n", "one two"},
		{form.Field{Kind: form.LongText}, "one\r\n\r\ntwo\vthree\u2028four", "one\n\ntwo\nthree\nfour"},
		{form.Field{Kind: form.LongText}, "bell\a", "bell"},
		{form.Field{Kind: form.Text}, " \n ", ""},
		{form.Field{Kind: form.Date}, "9/12/2025", "2025-12-09"},
		{form.Field{Kind: form.Date}, "9 December 2025", "2025-12-09"},
		{form.Field{Kind: form.Date}, "Tuesday, 9 December 2025", "2025-12-09"},
		{form.Field{Kind: form.Date}, "9th Dec 2025", "2025-12-09"},
		{form.Field{Kind: form.Date}, "2025-12-09", "2025-12-09"},
		{form.Field{Kind: form.Money}, "£1,200.5", "1200.50"},
		{form.Field{Kind: form.Money}, "0", "0.00"},
		{form.Field{Kind: form.Percent}, "096.50 %", "96.5"},
		{form.Field{Kind: form.Number, Min: -5, Max: 14}, "-1", "-1"},
		{form.Field{Kind: form.Number}, "-0", "0"},
		{form.Field{Kind: form.YesNo}, "YES", "yes"},
		{form.Field{Kind: form.YesNo}, "n", "no"},
		{form.Field{Kind: form.OneOf, Choices: choices("a", "b")}, "the B, or so", "b"},
		{several, "c; The a, or so", "a; c"},
		{several, "b\nb\n", "b"},
		{form.Field{Kind: form.Text, Format: form.TimeFormat}, "3.30 PM", "15:30"},
		{form.Field{Kind: form.Text, Format: form.PostcodeFormat}, "ch99 4zz", "CH99 4ZZ"},
	} {
		got, err := c.field.Canonical(c.typed)
		if err != nil || got != c.want {
			t.Errorf("%s %q: %q, %v, want %q", c.field.Kind, c.typed, got, err, c.want)
		}
	}
}

func TestWhatIsNoAnswerIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, c := range []struct {
		field form.Field
		typed string
	}{
		{form.Field{Kind: form.Date}, "31/02/2026"},
		{form.Field{Kind: form.Date}, "03/17/2026"},
		{form.Field{Kind: form.Date}, "9/12/25"},
		{form.Field{Kind: form.Date}, "Monday 9 December 2025"},
		{form.Field{Kind: form.Money}, "-1"},
		{form.Field{Kind: form.Money}, "1.005"},
		{form.Field{Kind: form.Money}, "1e3"},
		{form.Field{Kind: form.Percent}, "101"},
		{form.Field{Kind: form.Number, Max: 4}, "5"},
		{form.Field{Kind: form.Number}, "NaN"},
		{form.Field{Kind: form.YesNo}, "perhaps"},
		{form.Field{Kind: form.OneOf, Choices: choices("a")}, "zebra"},
		{form.Field{Kind: form.SeveralOf, Choices: choices("a")}, "a; zebra"},
		{form.Field{Kind: form.Text, MaxLength: 3}, "zebra"},
		{form.Field{Kind: form.Text, Format: form.EmailFormat}, "a@b.example, c@d.example"},
		{form.Field{Kind: form.Text, Format: form.PhoneFormat}, "12 34"},
		{form.Field{Kind: form.Text, Format: form.UKPRNFormat}, "1234567x"},
		{form.Field{Kind: form.Text, Format: form.UPNFormat}, "A12345678901Z"},
		{form.Field{Kind: form.Text}, "a\xffb"},
		{form.Field{Kind: form.Table}, "anything"},
	} {
		c.field.Key = "some.key"
		got, err := c.field.Canonical(c.typed)
		var invalid *form.InvalidAnswer
		if !errors.As(err, &invalid) || got != "" && c.field.Kind != form.Money && c.field.Kind != form.Number && c.field.Kind != form.Percent {
			t.Errorf("%s %q: %q, %v", c.field.Kind, c.typed, got, err)
			continue
		}
		if invalid.Field != "some.key" || invalid.Reason == "" || strings.Contains(err.Error(), c.typed) {
			t.Errorf("%s: %v", c.field.Kind, err)
		}
	}
}

func TestACanonicalAnswerIsItsOwnCanonicalForm(t *testing.T) {
	f := formByID(t, "statutory+transition")
	var fields []form.Field
	for field := range f.Fields() {
		if field.Kind != form.Table {
			fields = append(fields, field)
		}
		fields = append(fields, field.Columns...)
	}
	typed := rapid.OneOf(
		rapid.String(), rapid.StringMatching(`[0-9]{1,2}/[0-9]{1,2}/20[0-9]{2}`), rapid.StringMatching(`£?-?[0-9,]{1,7}(\.[0-9]{0,2})?%?`),
		rapid.SampledFrom([]string{"yes", "No", "3pm", "N", "green; red", "1", "2", "ch99 4zz", "a@b.example"}),
	)
	rapid.Check(t, func(t *rapid.T) {
		field := rapid.SampledFrom(fields).Draw(t, "field")
		once, err := field.Canonical(typed.Draw(t, "typed"))
		if err != nil {
			return
		}
		if twice, err := field.Canonical(once); err != nil || twice != once {
			t.Fatalf("%s (%s): %q, then %q, %v", field.Key, field.Kind, once, twice, err)
		}
	})
}

func TestConditionsAreDecidedByAnswers(t *testing.T) {
	answers := answered("year", "9", "roll", "yes", "several", "a; c", "made", "2026-01-12", "ctl.generated_at", "2026-01-12",
		"soon", "2026-07-12", "late", "2026-07-13", "past", "2026-01-11", "old", "2025-01-12", "new", "2025-01-13", "word", "high")
	answers.Tables["rows"] = []form.Row{{"x": "1"}}
	for text, want := range map[string]form.Truth{
		"year >= 9":                             form.True,
		"year > 9":                              form.False,
		"year <= 9":                             form.True,
		"year < 9":                              form.False,
		"year in -1, 9, 11":                     form.True,
		"word >= 9":                             form.Undecided,
		"roll is yes":                           form.True,
		"roll is not yes":                       form.False,
		"several is c":                          form.True,
		"several in b, d":                       form.False,
		"absent is yes":                         form.Undecided,
		"absent is not yes":                     form.Undecided,
		"absent is given":                       form.False,
		"absent is not given":                   form.True,
		"rows is given":                         form.True,
		"soon within 6 months":                  form.True,
		"late within 6 months":                  form.False,
		"past within 6 months":                  form.False,
		"old 12 months ago":                     form.True,
		"new 12 months ago":                     form.False,
		"word within 6 months":                  form.Undecided,
		"roll is no or year is 9":               form.True,
		"roll is no and absent is yes":          form.False,
		"roll is yes and absent is yes":         form.Undecided,
		"roll is no or absent is yes":           form.Undecided,
		"roll is yes or absent is yes":          form.True,
		"roll is yes or roll is no and year<1 ": "",
	} {
		c, err := form.ParseCondition(text)
		if (err != nil) != (want == "") {
			t.Errorf("%q: %v", text, err)
		} else if err == nil && c.Judge(answers) != want {
			t.Errorf("%q: %s, want %s", text, c.Judge(answers), want)
		}
	}
	if (form.Condition{}).Judge(answers) != form.True {
		t.Error("no condition is not true")
	}
}

func TestConditionsThatAreNoneAreRefused(t *testing.T) {
	for _, text := range []string{
		"", "a", "a is", "a is b c", "a and b is c", "a within 6 years", "a within x months", "a -1 months ago", "a >= b", "a >= 1 2",
		"a >= Inf", "a in 1,,2", "a or", "a like b", strings.Repeat("a is b or ", 60) + "a is b",
	} {
		if c, err := form.ParseCondition(text); err == nil {
			t.Errorf("%q is read as %+v", text, c)
		}
	}
}

func TestFaultsNameTheAnswerAndTheReason(t *testing.T) {
	f := formByID(t, "early-years")
	v := answered("child.ncy", "-1", "child.dob", "2/3/2022", "set.on_roll", "maybe", "views.sw", "all is well")
	v.Tables["targets"] = []form.Row{{"t.no": "1", "t.funding": "ppplus"}, {"t.no": "9", "t.outcome": "a fifth target"}}
	got := map[string]string{}
	for _, fault := range form.Faults(f, v) {
		got[fault.Field] = fault.Reason
	}
	want := map[string]string{
		"child.dob": "not in its canonical form", "set.on_roll": "neither yes nor no",
		"targets[1].t.funding": "the choice is not open here: child.ncy >= 0", "targets": "more than 4 rows",
	}
	for key, reason := range want {
		if got[key] != reason {
			t.Errorf("%s: %q, want %q", key, got[key], reason)
		}
	}
	if reason, found := got["views.sw"]; found {
		t.Errorf("a sound answer is refused: %s", reason)
	}
}

func TestDiffNamesEveryAnswerThatDiffers(t *testing.T) {
	f := formByID(t, "statutory")
	was := answered("views.sw", "before", "views.carer", "same", "not.a.field", "x")
	was.Tables["targets"] = []form.Row{{"t.no": "2", "t.outcome": "two"}}
	was.Tables["actions"] = []form.Row{{"action": "one"}, {"action": "two"}}
	now := answered("views.sw", "after", "views.carer", "same", "not.a.field", "y", "leisure", "chess")
	now.Tables["targets"] = []form.Row{{"t.no": "1", "t.outcome": "one"}, {"t.no": "2", "t.outcome": "two"}}
	now.Tables["actions"] = []form.Row{{"action": "one"}}
	want := []form.Change{
		{Field: "leisure", Now: "chess"},
		{Field: "views.sw", Was: "before", Now: "after"},
		{Field: "targets[1].t.outcome", Now: "one"},
		{Field: "actions[2].action", Was: "two"},
	}
	if diff := cmp.Diff(want, form.Diff(f, was, now)); diff != "" {
		t.Error(diff)
	}
	if changes := form.Diff(f, now, now); changes != nil {
		t.Errorf("the same values differ: %v", changes)
	}
}

func TestKeysOfCellsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, column := rapid.StringMatching(`[a-z][a-z.]{0,8}`).Draw(t, "table"), rapid.StringMatching(`[a-z][a-z.]{0,8}`).Draw(t, "column")
		row := rapid.IntRange(1, 500).Draw(t, "row")
		gotTable, gotRow, gotColumn := form.SplitKey(form.CellKey(table, row, column))
		if gotTable != table || gotRow != row || gotColumn != column {
			t.Fatalf("%s %d %s", gotTable, gotRow, gotColumn)
		}
	})
	for _, key := range []string{"a", "a[0].b", "a[x].b", "a[2"} {
		if table, row, column := form.SplitKey(key); table != key || row != 0 || column != "" {
			t.Errorf("%q: %q %d %q", key, table, row, column)
		}
	}
}
