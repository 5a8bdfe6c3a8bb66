package addressbook_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/pep"
)

func TestWhichDomainsAreTakenForOneAnother(t *testing.T) {
	rows := []struct {
		a, b string
		want addressbook.Likeness
	}{
		{"marlfield.cheshire.sch.uk", "marlfeild.cheshire.sch.uk", addressbook.OneEdit},
		{"marlfield.cheshire.sch.uk", "marlfields.cheshire.sch.uk", addressbook.OneEdit},
		{"marlfield.cheshire.sch.uk", "marlfiled.cheshire.sch.uk", addressbook.OneEdit},
		{"marlfield.cheshire.sch.uk", "marlfield.cheshlre.sch.uk", addressbook.SameToEye},
		{"thornton.cheshire.sch.uk", "thomton.cheshire.sch.uk", addressbook.SameToEye},
		{"school.example", "sch00l.example", addressbook.SameToEye},
		{"hillside.example", "hi11side.example", addressbook.SameToEye},
		{"cheshire.sch.uk", "cheshiresch.uk", addressbook.OtherDots},
		{"heron-primary.cheshire.sch.uk", "heronprimary.cheshire.sch.uk", addressbook.OtherDots},
		{"heron-primary.cheshire.sch.uk", "heron-primary-cheshire-sch.uk", addressbook.OtherDots},
		{"weaver.cheshire.sch.uk", "weaver.cheshire.sch.uk.co", addressbook.CarriesOn},
		{"weaver.cheshire.sch.uk", "weaver.cheshire.sch.uk.evil.example", addressbook.CarriesOn},
		{"marlfield.cheshire.sch.uk", "marlfield.org.uk", addressbook.OtherEnding},
		{"marlfield.cheshire.sch.uk", "marlfield.co.uk", addressbook.OtherEnding},
		{"marlfield.org.uk", "marlfield.sch.uk", addressbook.OtherEnding},
		{"cheshirewestandchester.gov.uk", "cheshirewestandchester.co.uk", addressbook.OtherEnding},
		{"gmail.com", "gmial.com", addressbook.OneEdit},
		{"gmail.com", "ymail.com", addressbook.NotAlike},
		{"hotmail.com", "hotmail.co.uk", addressbook.NotAlike},
		{"stmarys.cheshire.sch.uk", "stmarys.devon.sch.uk", addressbook.NotAlike},
		{"school1.cheshire.sch.uk", "school2.cheshire.sch.uk", addressbook.NotAlike},
		{"school8.cheshire.sch.uk", "school89.cheshire.sch.uk", addressbook.NotAlike},
		{"mail.marl.cheshire.sch.uk", "marl.cheshire.sch.uk", addressbook.NotAlike},
		{"cedar.cheshire.sch.uk", "hazel.cheshire.sch.uk", addressbook.NotAlike},
		{"kpa.example", "kpb.example", addressbook.NotAlike},
		{"marl.example", "marl.example", addressbook.NotAlike},
	}
	for _, row := range rows {
		if got := addressbook.Alike(row.a, row.b); got != row.want {
			t.Errorf("%s, %s: %q, want %q", row.a, row.b, got, row.want)
		}
		if got := addressbook.Alike(row.b, row.a); got != row.want {
			t.Errorf("%s, %s the other way about: %q, want %q", row.b, row.a, got, row.want)
		}
	}
}

func TestWhichLocalPartsAreSlips(t *testing.T) {
	for pair, want := range map[[2]string]bool{
		{"a.jones", "a.jnoes"}: true, {"a.jones", "a.jone"}: true, {"a.jones", "b.jones"}: true, {"ajones", "a.jones"}: true,
		{"m.burn", "m.bum"}: true, {"A.Jones", "a.jones"}: false, {"dt", "dt+pep"}: false, {"a.jones", "c.smith"}: false,
		{"a_jones", "a.jones"}: true, {"o.lee", "0.lee"}: true,
	} {
		if got := addressbook.SlipOf(pair[0], pair[1]); got != want {
			t.Errorf("%v: %t", pair, got)
		}
	}
}

// domain draws one that people might have.
func domain(t *rapid.T, label string) string {
	ending := rapid.SampledFrom([]string{"cheshire.sch.uk", "org.uk", "co.uk", "sch.uk", "gov.uk", "example", "com"}).Draw(t, label+" ending")
	return rapid.StringMatching(`[a-z]{1,3}(-?[a-z0-9]{1,4}){1,3}`).Draw(t, label) + "." + ending
}

// spoilt is a domain after one accident.
func spoilt(t *rapid.T, d string) string {
	at := rapid.IntRange(1, len(d)-2).Draw(t, "at")
	switch rapid.SampledFrom([]string{"drop", "double", "swap", "other", "dot", "ending"}).Draw(t, "accident") {
	case "drop":
		return d[:at] + d[at+1:]
	case "double":
		return d[:at] + d[at:at+1] + d[at:]
	case "swap":
		return d[:at] + d[at+1:at+2] + d[at:at+1] + d[at+2:]
	case "other":
		return d[:at] + "x" + d[at+1:]
	case "dot":
		return strings.Replace(d, ".", "", 1)
	}
	return d + ".example"
}

// The index finds exactly what comparing with every domain finds.
func TestTheIndexMissesNoNeighbour(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []string
		for i := range rapid.IntRange(1, 12).Draw(t, "domains") {
			all = append(all, domain(t, "domain"))
			if i%2 == 1 {
				all = append(all, spoilt(t, all[0]))
			}
		}
		var index addressbook.Neighbours
		for _, d := range all {
			index.Add(d)
		}
		asked := spoilt(t, all[0])
		var want []string
		for _, d := range all {
			if addressbook.Alike(asked, d) != addressbook.NotAlike && !slices.Contains(want, d) {
				want = append(want, d)
			}
		}
		slices.Sort(want)
		if got := index.Of(asked); !slices.Equal(got, want) {
			t.Fatalf("%s: %v, want %v", asked, got, want)
		}
	})
}

func TestLikenessHasNoDirectionAndNoSelf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := domain(t, "a")
		b := spoilt(t, a)
		if addressbook.Alike(a, b) != addressbook.Alike(b, a) || addressbook.Alike(a, a) != addressbook.NotAlike {
			t.Fatalf("%s %s: %q, %q", a, b, addressbook.Alike(a, b), addressbook.Alike(b, a))
		}
	})
}

// Whatever two good addresses there are, judging one by the other ends.
func FuzzAlike(f *testing.F) {
	f.Add("a@marl.cheshire.sch.uk", "a@mar1.cheshire.sch.uk")
	f.Add("x@sch.uk.co", "x@uk")
	f.Fuzz(func(t *testing.T, a, b string) {
		one, two := pep.ParseAddress(a), pep.ParseAddress(b)
		if one.Canonical() == "" || two.Canonical() == "" {
			return
		}
		var index addressbook.Neighbours
		index.Add(one.Domain())
		alike := addressbook.Alike(one.Domain(), two.Domain()) != addressbook.NotAlike
		if found := len(index.Of(two.Domain())) == 1; found != alike {
			t.Errorf("index %t, comparison %t", found, alike)
		}
		addressbook.SlipOf(a, b)
	})
}
