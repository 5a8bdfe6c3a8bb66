package pipeline

import (
	"bytes"
	"io"
	"testing"

	"pgregory.net/rapid"
)

func TestTheSameLabelGivesTheSameRandomness(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := Seed{byte(rapid.IntRange(0, 255).Draw(t, "seed"))}
		label := rapid.String().Draw(t, "label")
		first, second, other := draw(t, seed.Stream(label)), draw(t, seed.Stream(label)), draw(t, seed.Stream(label+"x"))
		if !bytes.Equal(first, second) || bytes.Equal(first, other) {
			t.Fatal("a label decides its randomness, and another label another one")
		}
		name, again := seed.Name(label), seed.Name(label)
		if name != again || name == seed.Name(label+"x") || len(name) != 16 {
			t.Fatal("a label decides its name")
		}
	})
}

func TestAnotherSeedGivesAnotherName(t *testing.T) {
	if (Seed{1}).Name("a") == (Seed{2}).Name("a") {
		t.Error("two installations name a delivery alike")
	}
}

func draw(t *rapid.T, r io.Reader) []byte {
	var b [100]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		t.Fatal(err)
	}
	return b[:]
}
