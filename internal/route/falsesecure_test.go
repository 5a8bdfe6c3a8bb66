package route

import (
	"flag"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// addresses is how many made-up addresses are held against the second
// implementation: go test ./internal/route -run NoFalseSecure -addresses 10000000.
var addresses = flag.Int("addresses", 50_000, "how many addresses TestD22NoFalseSecure makes up")

// forger makes addresses that try to pass for trusted ones, the same for the
// same seed.
type forger struct{ *rand.Rand }

func (f forger) one(of ...string) string { return of[f.IntN(len(of))] }

// address begins with a name that the policy trusts, denies or does not know,
// and bends it up to four times.
func (f forger) address() string {
	domain := f.one(
		"cheshire.sch.uk", "x.cheshire.sch.uk", "a.b.cheshire.gov.uk", "cheshirewestandchester.gov.uk", "cheshireeast.gov.uk",
		"cheshire.police.uk", "cheshire.pnn.police.uk", "accredited.example.nhs.uk", "lapsed.example.nhs.uk", "oldcheshire.gov.uk",
		"cheshire.gsi.gov.uk", "cheshire.gcsx.gov.uk", "notcheshire-evil.gov.uk", "cheshire.devon.sch.uk", "devon.gov.uk", "evilcheshire.com",
		"cheshire.uk", "gov.uk", "sch.uk", "cheshire.nhs.uk", "cheshire.ac.uk", "cheshire.onmicrosoft.com", "setting.example")
	local := f.one("head", "a", "a.b", "a+tag", "o'neil", "HEAD", "x_y", strings.Repeat("l", 63), strings.Repeat("l", 64), strings.Repeat("l", 65))
	text := local + "@" + domain
	for range f.IntN(5) {
		text = f.bend(text)
	}
	return text
}

// bend changes one thing of an address.
func (f forger) bend(text string) string {
	at := f.IntN(len(text) + 1)
	dots := strings.Split(text, ".")
	label := f.IntN(len(dots))
	switch f.IntN(13) {
	case 0: // a letter that looks like another one
		pair := [][2]string{{"c", "\u0441"}, {"e", "\u0435"}, {"i", "\u0131"}, {"s", "\u017f"}, {"h", "\u1e25"}, {"a", "\uff41"}, {".", "\u3002"}, {".", "\uff0e"}, {"@", "\uff20"}}[f.IntN(9)]
		return strings.Replace(text, pair[0], pair[1], 1)
	case 1: // something that is not seen, or that turns the text round
		return text[:at] + f.one("\u200b", "\u200d", "\u00ad", "\u202e", "\ufeff", "\u00a0") + text[at:]
	case 2: // what a parser may trip over
		return text[:at] + f.one(".", "..", "-", "_", "@", "%", "!", ":", ",", ";", "\"", "<", ">", "(", ")", "[", "]", "\\", " ", "\t", "\r\n", "\x00", "\x7f", "/", "*") + text[at:]
	case 3: // a letter more
		return text[:at] + f.one("a", "z", "0", "X", "cheshire", "gsi", "xn--") + text[at:]
	case 4: // a letter less
		if at < len(text) {
			return text[:at] + text[at+1:]
		}
	case 5: // a label more
		return strings.Join(dots[:label], ".") + f.one(".", "") + f.one("x", "cheshire", "gov", "sch.uk", "old", "gsi", "xn--heshire-xjg", strings.Repeat("m", 63), strings.Repeat("m", 64)) + "." + strings.Join(dots[label:], ".")
	case 6: // a label less
		return strings.Join(append(append([]string{}, dots[:label]...), dots[label+1:]...), ".")
	case 7: // another ending
		return text + f.one(".", "..", ".com", ".evil.com", ".uk", ".example", "%00", ":25", ".gov.uk", "\u202emoc.live")
	case 8: // another registry
		return strings.NewReplacer("gov.uk", f.one("sch.uk", "police.uk", "nhs.uk", "mod.uk", "co.uk", "gov.uk.com")).Replace(text)
	case 9: // capitals
		return text[:at] + strings.ToUpper(text[at:])
	case 10: // a decoy around it
		return f.one("\"a@cheshire.sch.uk\" <", "a@cheshire.sch.uk, ", "<", "mailto:", "\"a@cheshire.sch.uk\"@", " ", "\t") + text + f.one("", ">", " ", ", b@evil.com", " (c)")
	case 11: // two labels change places
		other := f.IntN(len(dots))
		dots[label], dots[other] = dots[other], dots[label]
		return strings.Join(dots, ".")
	}
	return text[:at] + string([]byte{byte(f.IntN(256))}) + text[at:] // any byte at all
}

// D22: made-up addresses against the second implementation, which shares no
// code with the first. No address is secure that the rule does not permit, and
// none the rule permits is missed.
func TestD22NoFalseSecure(t *testing.T) {
	p := load(t, "cheshire-west")
	workers := runtime.GOMAXPROCS(0)
	secure, permitted := make([]int, workers), make([]int, workers)
	began := time.Now()
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			f := forger{rand.New(rand.NewPCG(22, uint64(w)))}
			for n := w; n < *addresses && !t.Failed(); n += workers {
				to, from := f.address(), ownAddress
				if f.IntN(8) == 0 {
					from = f.address()
				}
				may := maySecure(to) && maySecure(from)
				d := p.Decide(Question{To: pep.ParseAddress(to), From: pep.ParseAddress(from), On: today(), Means: trusted()})
				if (d.Verdict == Secure) != may {
					t.Errorf("%q from %q: %s by %s, the rule says %t", to, from, d.Verdict, d.Rule, may)
				}
				if d.Verdict == Secure {
					secure[w]++
				}
				if may {
					permitted[w]++
				}
			}
		})
	}
	wait.Wait()
	total, may := 0, 0
	for w := range workers {
		total, may = total+secure[w], may+permitted[w]
	}
	t.Logf("%d addresses in %s: %d secure, %d permitted by the rule", *addresses, time.Since(began).Round(time.Millisecond), total, may)
	if total < *addresses/100 || total > *addresses*9/10 {
		t.Errorf("%d of %d were secure: the generator proves little", total, *addresses)
	}
}
