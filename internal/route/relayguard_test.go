package route

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/pep"
)

func mainRelay() Guarantee {
	return Guarantee{Name: "main", Class: "circle", Host: "relay.council.example", OnwardTLS: true, ReviewBy: pep.MustDate("2027-01-31")}
}

func TestARelayThatIsTrustedWithMoreWaitsForTwoPeople(t *testing.T) {
	was := func(change func(*Guarantee)) []Guarantee {
		g := mainRelay()
		change(&g)
		return []Guarantee{g}
	}
	for _, c := range []struct {
		name    string
		agreed  []Guarantee
		onDisk  []Guarantee
		want    Verdict
		waits   bool // the decision's last reason says so
		changes string
	}{
		{"unchanged", was(func(*Guarantee) {}), was(func(*Guarantee) {}), Secure, false, ""},
		{"a guarantee where there was none", was(func(g *Guarantee) { g.OnwardTLS, g.ReviewBy = false, pep.Date{} }), was(func(*Guarantee) {}), Encrypt, true, "waits for two people"},
		{"another host", was(func(g *Guarantee) { g.Host = "old.council.example" }), was(func(*Guarantee) {}), Encrypt, true, "at another host"},
		{"another class", was(func(g *Guarantee) { g.Class = "sealed" }), was(func(*Guarantee) {}), Encrypt, true, "of another class"},
		{"a new relay", []Guarantee{}, was(func(*Guarantee) {}), Encrypt, true, "is new"},
		{"a longer guarantee after the agreed one lapsed", was(func(g *Guarantee) { g.ReviewBy = pep.MustDate("2020-01-01") }), was(func(*Guarantee) {}), Encrypt, true, "goes on past"},
		{"a longer guarantee while the agreed one stands", was(func(g *Guarantee) { g.ReviewBy = pep.MustDate("2026-12-31") }), was(func(*Guarantee) {}), Secure, false, "goes on past"},
		{"another beside it", was(func(*Guarantee) {}), append(was(func(*Guarantee) {}), Guarantee{Name: "egress", Class: "gateway", Host: "e.example"}), Secure, false, "egress is new"},
	} {
		g := Guard{InForce: load(t, "cheshire-west"), Relays: RelayTerms{Kept: true, InForce: c.agreed, OnDisk: c.onDisk}}
		g.OnDisk = g.InForce
		q := Question{To: pep.ParseAddress("head@x.cheshire.sch.uk"), From: pep.ParseAddress(ownAddress), On: today(), Means: trusted()}
		d := g.Decide(q)
		if waits := strings.Contains(d.Reasons[len(d.Reasons)-1], "waits for two people"); d.Verdict != c.want || waits != c.waits {
			t.Errorf("%s: %s, waits %t: %v", c.name, d.Verdict, waits, d.Reasons)
		}
		if said := strings.Join(g.Relays.Changes(), "; "); g.Changed() != (c.changes != "") || !strings.Contains(said, c.changes) {
			t.Errorf("%s: changed %t: %q", c.name, g.Changed(), said)
		}
		if path := g.Explain(q); cmp.Diff(d, path.Decision) != "" {
			t.Errorf("%s: explained otherwise: %s", c.name, cmp.Diff(d, path.Decision))
		}
	}
}

func TestARelayThatIsTrustedWithLessCountsAtOnce(t *testing.T) {
	less := mainRelay()
	less.OnwardTLS, less.ReviewBy = false, pep.Date{}
	g := Guard{InForce: load(t, "cheshire-west"), Relays: RelayTerms{Kept: true, InForce: []Guarantee{mainRelay()}, OnDisk: []Guarantee{less}}}
	g.OnDisk = g.InForce
	means := trusted()
	means.Relay.OnwardTLS = false // as the configuration says it now
	q := Question{To: pep.ParseAddress("head@x.cheshire.sch.uk"), From: pep.ParseAddress(ownAddress), On: today(), Means: means}
	if d := g.Decide(q); d.Verdict != Encrypt {
		t.Errorf("%s: %v", d.Verdict, d.Reasons)
	}
	if said := g.Relays.Changes(); len(said) != 1 || !strings.Contains(said[0], "counts already") {
		t.Errorf("%v", said)
	}
	gone := RelayTerms{Kept: true, InForce: []Guarantee{mainRelay()}}
	if said := gone.Changes(); len(said) != 1 || !strings.Contains(said[0], "is gone") || gone.Waits("main") != "" {
		t.Errorf("%v", said)
	}
}

func TestASealedRelayThatNobodyAgreedToIsNotUsed(t *testing.T) {
	fresh := Guarantee{Name: "sealed", Class: "sealed", Host: "s.example"}
	terms := RelayTerms{Kept: true, InForce: []Guarantee{mainRelay()}, OnDisk: []Guarantee{mainRelay(), fresh}}
	means := trusted()
	means.Sealed = "sealed"
	if got := terms.permit(means); got.Sealed != "" {
		t.Errorf("it would be handed to %q", got.Sealed)
	}
	terms.InForce = terms.OnDisk
	if got := terms.permit(means); got.Sealed != "sealed" {
		t.Error("it is not used though two people agreed to it")
	}
}

func drawnRelays(t *rapid.T, name string) []Guarantee {
	var all []Guarantee
	for _, relay := range []string{"main", "b", "c"} {
		if !rapid.Bool().Draw(t, name+relay) {
			continue
		}
		g := Guarantee{
			Name: relay, Class: rapid.SampledFrom([]string{"circle", "sealed", "gateway"}).Draw(t, name+"class"),
			Host: rapid.SampledFrom([]string{"a.example", "b.example"}).Draw(t, name+"host"), OnwardTLS: rapid.Bool().Draw(t, name+"onward"),
		}
		if g.OnwardTLS {
			g.ReviewBy = rapid.SampledFrom([]pep.Date{today().AddDays(-1), today(), today().AddDays(300)}).Draw(t, name+"by")
		}
		all = append(all, g)
	}
	return all
}

// Whatever stands in the file, nothing is trusted with more than it says and
// than two people agreed to.
func TestRelaysOnlyEverTakeAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms := RelayTerms{Kept: rapid.Bool().Draw(t, "kept"), InForce: drawnRelays(t, "agreed"), OnDisk: drawnRelays(t, "disk")}
		for _, disk := range terms.OnDisk {
			facts := RelayFacts{Name: disk.Name, OnwardTLS: disk.OnwardTLS, ReviewBy: disk.ReviewBy}
			got := terms.permit(Means{Relay: facts, Bound: []RelayFacts{facts}})
			agreed, known := relayNamed(terms.InForce, disk.Name)
			fair := disk.OnwardTLS && facts.guaranteed(today())
			if terms.Kept {
				fair = fair && known && agreed.Host == disk.Host && agreed.Class == disk.Class && RelayFacts{OnwardTLS: agreed.OnwardTLS, ReviewBy: agreed.ReviewBy}.guaranteed(today())
			}
			if got.Relay.guaranteed(today()) != fair || got.Bound[0] != got.Relay {
				t.Fatalf("%+v by %+v: %+v", disk, agreed, got)
			}
		}
		back, err := ParseRelays(RelayText(terms.OnDisk))
		if err != nil || RelayText(back) != RelayText(terms.OnDisk) || len(back) != len(terms.OnDisk) {
			t.Fatalf("written and read again: %+v %v", back, err)
		}
	})
}

func TestWhatIsNoKeptRelayIsRefused(t *testing.T) {
	for _, text := range []string{"one", "a b c", "a b c until:soon", "a b c - d"} {
		if _, err := ParseRelays(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
	if Host("Relay.Example:587") != "relay.example" || Host("bare") != "bare" {
		t.Error("the host of an address")
	}
}
