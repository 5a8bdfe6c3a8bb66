package rulefile

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAMisspeltWordNamesTheOneThatWasMeant(t *testing.T) {
	known := []string{"form_out", "final", "finalise", "return", "school weeks", "school days", "all"}
	for written, want := range map[string]string{
		"from_out": "form_out", "formout": "form_out", "FORM_OUT": "form_out", "finalize": "finalise", "retrun": "return",
		"schol weeks": "school weeks", "school day": "school days", "meeting": "", "": "", "a": "", "al": "all",
		strings.Repeat("form_out", 1000): "",
	} {
		if got := nearest(written, known); got != want {
			t.Errorf("%.20q is taken for %q, want %q", written, got, want)
		}
	}
}

func TestDistanceCountsSlips(t *testing.T) {
	letters := rapid.StringMatching(`[a-d_]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := letters.Draw(t, "a"), letters.Draw(t, "b")
		d := distance(a, b)
		switch {
		case d != distance(b, a):
			t.Fatalf("%q and %q: %d there, %d back", a, b, d, distance(b, a))
		case (d == 0) != (a == b):
			t.Fatalf("%q and %q: %d", a, b, d)
		case d > max(len(a), len(b)) || d < max(len(a)-len(b), len(b)-len(a)):
			t.Fatalf("%q and %q: %d", a, b, d)
		}
	})
}
