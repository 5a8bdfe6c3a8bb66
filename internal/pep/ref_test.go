package pep

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestReferencesNeverMeet(t *testing.T) {
	key := RefKey{1, 2, 3}
	seen := make(map[Ref]uint32)
	for serial := range uint32(50_000) {
		ref, err := NewRef(key, serial)
		if err != nil {
			t.Fatal(err)
		}
		if other, twice := seen[ref]; twice {
			t.Fatalf("%s is the reference of %d and %d", ref, other, serial)
		}
		seen[ref] = serial
	}
}

func TestReferenceShapeAndRange(t *testing.T) {
	shape := regexp.MustCompile(`^PEP-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}$`)
	rapid.Check(t, func(t *rapid.T) {
		serial := rapid.Uint32Range(0, MaxSerial).Draw(t, "serial")
		ref, err := NewRef(RefKey{9}, serial)
		if err != nil || !shape.MatchString(string(ref)) {
			t.Fatalf("%d: %q %v", serial, ref, err)
		}
		if back, err := ParseRef(strings.ToLower(string(ref))); err != nil || back != ref {
			t.Fatalf("%q read back as %q: %v", ref, back, err)
		}
	})
	if _, err := NewRef(RefKey{}, MaxSerial+1); err == nil {
		t.Error("there is no reference above the largest serial number")
	}
}

func TestReferenceCatchesOneWrongCharacter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ref, _ := NewRef(RefKey{7}, rapid.Uint32Range(0, MaxSerial).Draw(t, "serial"))
		at := rapid.SampledFrom([]int{4, 5, 6, 7, 9, 10}).Draw(t, "place")
		wrong := []byte(ref)
		wrong[at] = refAlphabet[rapid.IntRange(0, 31).Draw(t, "character")]
		if _, err := ParseRef(string(wrong)); err == nil && Ref(wrong) != ref {
			t.Fatalf("%s was taken for %s", wrong, ref)
		}
	})
}

func TestReferenceOfAnotherKeyDiffers(t *testing.T) {
	same := 0
	for serial := range uint32(100) {
		a, _ := NewRef(RefKey{1}, serial)
		b, _ := NewRef(RefKey{2}, serial)
		if a == b {
			same++
		}
	}
	if same > 1 {
		t.Errorf("%d of 100 references are the same under two keys", same)
	}
}

func TestParseRefRefusesOtherText(t *testing.T) {
	for _, text := range []string{"", "PEP-", "PEP-7F3K-2", "PEP-7F3K-2QX", "PEP-7F3U-2Q", "7F3K2!"} {
		if ref, err := ParseRef(text); err == nil {
			t.Errorf("%q was taken as %s", text, ref)
		}
	}
}

func FuzzParseRef(f *testing.F) {
	f.Add("PEP-7F3K-2Q")
	f.Add("7f3k2q")
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := ParseRef(text)
		if err != nil {
			return
		}
		if again, err := ParseRef(string(ref)); err != nil || again != ref {
			t.Fatalf("%q is not stable: %q %v", ref, again, err)
		}
	})
}
