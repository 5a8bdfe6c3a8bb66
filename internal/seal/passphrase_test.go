package seal

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/letter"
)

func TestAPassphraseHasSeventyBits(t *testing.T) {
	words := strings.Fields(wordList)
	if bits := passphraseWords * math.Log2(float64(len(words))); bits < 70 {
		t.Errorf("%.1f bits", bits)
	}
	lowest, err := drawPassphrase(bytes.NewReader(make([]byte, 2*passphraseWords)))
	if err != nil {
		t.Fatal(err)
	}
	highest, err := drawPassphrase(bytes.NewReader(bytes.Repeat([]byte{0xff}, 2*passphraseWords)))
	if err != nil {
		t.Fatal(err)
	}
	if lowest != repeated(words[0]) || highest != repeated(words[len(words)-1]) {
		t.Errorf("the ends of the list are not reached: %s, %s", lowest, highest)
	}
}

func repeated(word string) string {
	return strings.Join(slices.Repeat([]string{word}, passphraseWords), "-")
}

// Every word comes as often as chance wants it: the sum of squares over 2,048
// words and 21,000 draws stays where a fair draw would leave it.
func TestEveryWordIsAsLikelyAsEveryOther(t *testing.T) {
	random, seen := fixedRandomness(), map[string]int{}
	const draws = 3_000
	for range draws {
		p, err := drawPassphrase(random)
		if err != nil {
			t.Fatal(err)
		}
		for word := range strings.SplitSeq(p, "-") {
			seen[word]++
		}
	}
	list := strings.Fields(wordList)
	expected, chi := float64(draws*passphraseWords)/float64(len(list)), 0.0
	for _, word := range list {
		chi += (float64(seen[word]) - expected) * (float64(seen[word]) - expected) / expected
	}
	if degrees := float64(len(list) - 1); math.Abs(chi-degrees) > 5*math.Sqrt(2*degrees) {
		t.Errorf("chi squared is %.0f, about %.0f is fair", chi, degrees)
	}
}

func TestTheWordsAreEasilySaidAndHeard(t *testing.T) {
	words := strings.Fields(wordList)
	if !slices.IsSorted(words) || len(slices.Compact(slices.Clone(words))) != len(words) {
		t.Error("the list is out of order or has a word twice")
	}
	text := letter.Contents{Text: strings.Join(words, ", ")}
	if err := text.Silent(); err != nil {
		t.Errorf("a word tells what a form is about: %v", err)
	}
	for _, word := range words {
		if len(word) < 4 || len(word) > 9 || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%q is not four to nine small letters", word)
		}
	}
	for i, a := range words {
		for _, b := range words[i+1:] {
			if strings.HasPrefix(b, a) || nearlySame(a, b) {
				t.Errorf("%q is easily taken for %q", a, b)
			}
		}
	}
}

// nearlySame reports whether one letter changed, added, lost or swapped with
// its neighbour makes one word the other.
func nearlySame(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		return i == len(a) || a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}

// Words that sound like another one would be typed as the other.
func TestNoWordSoundsLikeAnother(t *testing.T) {
	for _, word := range strings.Fields(`
		bare bear berry board bored bough brake break bridal bridle ceiling cellar cereal chord choir coarse council counsel course
		creak creek currant current cymbal dear deer desert dessert draft draught dual duel fair fare flair flare flour flower
		gorilla grate great grisly grizzly groan grown hair hangar hanger hare heal heel heroin heroine hoard hole horde horse hour
		idle idol jewel kernel knead knight knot larva lava lead lessen lesson licence license lightening lightning mail male manner
		manor mantle marshal martial mayor medal meddle metal mettle miner minor morning mourning muscle mussel mustard naval navel
		pain pair palette pallet pane pause paws peace peak pear pedal peddle piece pier pigeon pistil pistol plain plane plum plumb
		practice practise pray prey principal principle profit prophet quarts quartz rain raise reign review revue right ring role
		roll root route sail sale scene seen sell serial session shake shear sheer shoot sleigh slight soar sole soul stair stake
		stalk stare stationary stationery steak steal steel step steppe stile storey stork story straight strait suite summary summery
		sundae sunday sweet symbol tail tale taper tapir tear thyme tide tier time troop troupe vain vale vane veil waist waste wait
		waive wave weather weight whale whether whine wine wood write yoke yolk grey gray colour color theatre centre harbour honour
	`) {
		if slices.Contains(strings.Fields(wordList), word) {
			t.Errorf("%q has a double", word)
		}
	}
}
