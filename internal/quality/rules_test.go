package quality_test

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/forms"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/quality"
	"github.com/pepost/pepost/schedules"
)

func authorities() []string {
	return []string{"camden", "cheshire-west", "sample", "sefton", "st-helens"}
}

func shipped(t testing.TB, authority string) quality.Rules {
	t.Helper()
	rules, err := quality.Load(schedules.FS, authority)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// read reads the shipped forms once for all tests; a library never changes.
var read = sync.OnceValues(func() (*form.Library, error) { return form.Load(forms.FS) })

func composed(t testing.TB, id string) form.Form {
	t.Helper()
	library, err := read()
	if err != nil {
		t.Fatal(err)
	}
	f, ok := library.ByID(id)
	if !ok {
		t.Fatalf("no form %s", id)
	}
	return f
}

func TestEveryShippedAuthorityHasRulesThatFitTheForms(t *testing.T) {
	for _, authority := range authorities() {
		rules := shipped(t, authority)
		for _, id := range []string{"early-years", "statutory", "post-16"} {
			f := composed(t, id)
			if named := rules.Named(f); len(named) != 9 || len(rules.Parts) != 9 {
				t.Errorf("%s: %s judges %d of %d parts", authority, id, len(named), len(rules.Parts))
			}
			scale, _ := f.Field("qa.overall")
			for _, rating := range rules.Scale.Value {
				if !slices.ContainsFunc(scale.Choices, func(c form.Choice) bool { return c.Key == string(rating) }) {
					t.Errorf("%s: %s cannot be rated %s", authority, id, rating)
				}
			}
		}
	}
}

func TestEveryNameOfAPartIsAnAnswerOfAForm(t *testing.T) {
	library, err := read()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, id := range library.IDs() {
		f, _ := library.ByID(id)
		for field := range f.Fields() {
			for _, column := range field.Columns {
				known[field.Key+"."+column.Key] = true
			}
			for key := field.Key; key != ""; {
				known[key] = true
				cut := strings.LastIndexByte(key, '.')
				key = key[:max(cut, 0)]
			}
		}
	}
	for _, part := range shipped(t, "st-helens").Parts {
		for _, name := range part.Fields {
			if !known[name] {
				t.Errorf("%s: no form asks %s", part.Key, name)
			}
		}
	}
}

// rated makes the ratings of parts from words.
func rated(words string) map[string]quality.Rating {
	out := map[string]quality.Rating{}
	for i, word := range strings.Fields(words) {
		out[string(rune('a'+i))] = quality.Rating(word)
	}
	return out
}

func TestStHelensRollsUpAsItsQualityPageSays(t *testing.T) {
	rules := shipped(t, "st-helens")
	for _, c := range []struct{ parts, want string }{
		{"gold gold gold gold", "gold"},
		{"gold gold gold green", "gold"},
		{"gold gold green green", "green"},
		{"gold gold gold amber", "green"},
		{"green green green amber", "green"},
		{"green green amber amber", "amber"},
		{"gold gold gold gold gold amber amber", "amber"},
		{"green green green red", "red"},
		{"red", "red"},
		{"amber", "amber"},
		{"gold", "gold"},
		{"green unheard-of", "green"},
		{"", ""},
	} {
		if got, why := rules.Overall(rated(c.parts)); string(got) != c.want || why == "" {
			t.Errorf("%q: %q (%s), want %q", c.parts, got, why, c.want)
		}
	}
	red := rules.RollUp[0]
	if len(red.Elsewhere) != 2 || red.Elsewhere[0].When.Text != "majority red" || red.Elsewhere[1].When.Text != "at least 2 red" {
		t.Errorf("the other pages' wordings are lost: %+v", red.Elsewhere)
	}
}

func TestTheThreeWordingsOfRedDiffer(t *testing.T) {
	text, err := fs.ReadFile(schedules.FS, "st-helens/quality.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ when, one, two, most string }{
		{"at least 1 red", "red", "red", "red"},
		{"at least 2 red", "amber", "red", "red"},
		{"majority red", "amber", "amber", "red"},
	} {
		changed := strings.Replace(string(text), "when: at least 1 red", "when: "+c.when, 1)
		rules, err := quality.Load(fstest.MapFS{"x/quality.yaml": {Data: []byte(changed)}}, "x")
		if err != nil {
			t.Fatal(err)
		}
		for parts, want := range map[string]string{
			"red green green green green": c.one, "red red green green green": c.two, "red red red green green": c.most,
		} {
			if got, _ := rules.Overall(rated(parts)); string(got) != want {
				t.Errorf("%s: %q is %q, want %q", c.when, parts, got, want)
			}
		}
	}
}

// A part that gets better never makes the whole worse.
func TestABetterPartNeverMakesTheWholeWorse(t *testing.T) {
	for _, authority := range authorities() {
		rules := shipped(t, authority)
		scale := rules.Scale.Value
		rapid.Check(t, func(t *rapid.T) {
			parts := map[string]quality.Rating{}
			for i := range rapid.IntRange(1, 9).Draw(t, "parts") {
				parts[string(rune('a'+i))] = rapid.SampledFrom(scale).Draw(t, "rating")
			}
			before, _ := rules.Overall(parts)
			name := rapid.SampledFrom(slices.Sorted(maps.Keys(parts))).Draw(t, "part")
			at := slices.Index(scale, parts[name])
			parts[name] = scale[rapid.IntRange(at, len(scale)-1).Draw(t, "better")]
			after, _ := rules.Overall(parts)
			if slices.Index(scale, after) < slices.Index(scale, before) {
				t.Fatalf("%v: from %s to %s", parts, before, after)
			}
		})
	}
}

func TestEveryMistakeInTheRulesIsNamed(t *testing.T) {
	text, err := fs.ReadFile(schedules.FS, "st-helens/quality.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, from, to, want string }{
		{"unknown colour", "[red, amber, green, gold]", "[red, amber, green, pink]", "not a word that is known here"},
		{"twice", "[red, amber, green, gold]", "[red, amber, green, gold, gold]", "stands twice"},
		{"one rating", "[red, amber, green, gold]", "[red]", "two ratings at least"},
		{"off the scale", "[red, amber, green, gold]", "[red, amber, green]", "not on the scale"},
		{"no condition", "when: at least 1 red", "when: some red", "not a condition"},
		{"no end", "when: otherwise", "when: majority amber", "is otherwise"},
		{"ends early", "when: at least 1 red", "when: otherwise", "is otherwise"},
		{"a check missing", "  voice_empty: {", "  voice_emty: {", "voice_empty"},
		{"weight", "sum: {value: serious", "sum: {value: grave", "not a word that is known here"},
		{"number", "unchanged_from: {value: 40", "unchanged_from: {value: forty", "not a whole number"},
		{"source", `release_from: {value: green, source: "quality`, `release_from: {value: green, source: "somebody`, "not listed under sources"},
		{"two parts", "fields: [targets]", "fields: [targets, needs]", "stands in two parts"},
		{"part twice", "- {key: next,", "- {key: voice,", "the part stands twice"},
	} {
		if !strings.Contains(string(text), c.from) {
			t.Fatalf("%s: %q is not in the file", c.name, c.from)
		}
		changed := strings.Replace(string(text), c.from, c.to, 1)
		_, err := quality.Load(fstest.MapFS{"x/quality.yaml": {Data: []byte(changed)}}, "x")
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "x/quality.yaml:") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestAnAuthorityWithoutRulesProposesNothing(t *testing.T) {
	rules, err := quality.Load(fstest.MapFS{}, "nowhere")
	if !errors.Is(err, quality.ErrNoRules) {
		t.Fatal(err)
	}
	parts, overall, why := rules.Propose(composed(t, "statutory"), quality.Find(quality.Ask{Form: composed(t, "statutory")}, rules))
	if len(parts) != 0 || overall != "" || why == "" || rules.Releases("green") || rules.Releases("") {
		t.Errorf("%v %q %q", parts, overall, why)
	}
}

func TestMoneyIsReleasedFromTheRatingOfTheRules(t *testing.T) {
	rules := shipped(t, "st-helens")
	for rating, want := range map[quality.Rating]bool{"red": false, "amber": false, "green": true, "gold": true, "": false, "pink": false} {
		if rules.Releases(rating) != want {
			t.Errorf("%q: %v", rating, !want)
		}
	}
}
