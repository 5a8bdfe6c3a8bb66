package place_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/place"
)

// anywhere is any place that may stand in a form.
func anywhere() *rapid.Generator[place.Place] {
	name := rapid.StringMatching(`[a-z_][a-z0-9_.-]{0,14}`)
	return rapid.Custom(func(t *rapid.T) place.Place {
		p := place.Place{Key: name.Draw(t, "key")}
		if rapid.Bool().Draw(t, "in a table") {
			p.Column, p.Row = name.Draw(t, "column"), rapid.IntRange(1, 99).Draw(t, "row")
		}
		if rapid.Bool().Draw(t, "a box") {
			p.Choice = name.Draw(t, "choice")
		}
		return p
	})
}

func TestAPlaceIsReadBackFromItsTagAndPath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, at := anywhere().Draw(t, "place"), rapid.IntRange(1, 40).Draw(t, "at")
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
		fromTag := place.ParseTag(p.Tag())
		fromTag.Row = p.Row
		if fromTag != p {
			t.Fatalf("tag %s reads as %v", p.Tag(), fromTag)
		}
		path, ok := place.ParsePath(strings.ReplaceAll(p.Path(at), "p:", "ns0:"))
		want := p
		want.Choice = ""
		if !ok || path.Place != want || (path.ChoiceAt > 0) != (p.Choice != "") || p.Choice != "" && path.ChoiceAt != at {
			t.Fatalf("path %s reads as %v", p.Path(at), path)
		}
	})
}

func TestBookmarksAreWhatWordTakesAndTellPlacesApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anywhere().Draw(t, "a"), anywhere().Draw(t, "b")
		name := a.Bookmark()
		if len(name) > 40 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
			t.Fatalf("Word does not take %q", name)
		}
		if !a.Named(name) || a.Alike(b) != a.Named(b.Bookmark()) && (a.Row > 0) == (b.Row > 0) {
			t.Fatalf("%q is or is not the name of %v or %v", name, a, b)
		}
		if a != b && name == b.Bookmark() {
			t.Fatalf("%v and %v share %q", a, b, name)
		}
	})
}

func TestForeignPathsAreNoPlaces(t *testing.T) {
	for _, path := range []string{"", "/", "/a/b/c", "/p:form[1]/p:ref[1]", "/p:form[1]/p:values[1]/p:x[0]", "/p:form/p:values/p:t/p:row[2]", strings.Repeat("/p:form", 9)} {
		if b, ok := place.ParsePath(path); ok {
			t.Errorf("%q reads as %v", path, b)
		}
	}
}

func TestPromptsCannotBeTyped(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range place.Prompts() {
		if !strings.Contains(p.Words, "\u00a0") || seen[p.Name] || seen[p.Words] {
			t.Errorf("prompt %s could be typed, or stands twice", p.Name)
		}
		seen[p.Name], seen[p.Words] = true, true
	}
}

func TestPlainTextIsWhatXMLCanHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := place.Plain(rapid.String().Draw(t, "text"))
		if text != place.Plain(text) || strings.ContainsAny(text, "\r\x00\x0b\x1f") {
			t.Fatalf("%q is not plain", text)
		}
	})
}

func TestBlankLinesAreSpreadAndGatheredAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a ]{0,3}(\n[a ]{0,3}){0,6}`).Draw(t, "text")
		lines := strings.Split(text, "\n")
		for i := range lines {
			lines[i] = place.Spread(lines[i], len(lines) == 1)
		}
		spread := strings.Join(lines, "\n")
		if place.Gathered(spread) != text || len(lines) > 1 && strings.Contains("\n"+spread+"\n", "\n\n") {
			t.Fatalf("%q is spread as %q and gathered as %q", text, spread, place.Gathered(spread))
		}
	})
}

func TestOnlyChoicesOfferBoxes(t *testing.T) {
	choices := []form.Choice{{Key: "a", Label: "A"}}
	for _, kind := range form.Kinds() {
		want := map[form.Kind]int{form.YesNo: 2, form.SeveralOf: 1}[kind]
		if got := len(place.Boxes(kind, choices)); got != want {
			t.Errorf("%s offers %d boxes, want %d", kind, got, want)
		}
	}
}

func TestTwoControlsNeverShareANumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers, seen := place.Numbers{}, map[string]bool{}
		for _, name := range rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", ""}), 0, 30).Draw(t, "names") {
			number := numbers.Of(name)
			if seen[number] || number == "0" {
				t.Fatalf("number %s is given twice, or is none", number)
			}
			seen[number] = true
		}
	})
}
