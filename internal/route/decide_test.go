package route

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/pep"
)

const ownAddress = "peps@cheshirewestandchester.gov.uk"

func today() pep.Date { return pep.MustDate("2026-03-17") }

// trusted is a relay that somebody answers for, and nothing else.
func trusted() Means {
	return Means{Relay: RelayFacts{Name: "main", OnwardTLS: true, ReviewBy: pep.MustDate("2027-01-31")}}
}

func ask(p *Policy, to string, change ...func(*Question)) Decision {
	q := Question{To: pep.ParseAddress(to), From: pep.ParseAddress(ownAddress), On: today(), Means: trusted()}
	for _, c := range change {
		c(&q)
	}
	return p.Decide(q)
}

// acceptance reads the rows of the routing contract.
func acceptance(t testing.TB) [][]string {
	t.Helper()
	file, err := os.Open("testdata/routing.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var rows [][]string
	lines := bufio.NewScanner(file)
	lines.Scan() // the header
	for lines.Scan() {
		columns := strings.Split(lines.Text(), "\t")
		to, err := strconv.Unquote(columns[2])
		if err != nil {
			t.Fatalf("%s: %v", columns[0], err)
		}
		rows = append(rows, []string{columns[0], columns[1], to, columns[3]})
	}
	return rows
}

func TestEveryRowOfTheRoutingContract(t *testing.T) {
	p := load(t, "cheshire-west")
	rows := acceptance(t)
	if len(rows) != 36 {
		t.Fatalf("%d rows, want 36", len(rows))
	}
	for _, row := range rows {
		d := ask(p, row[2], func(q *Question) { q.From = pep.ParseAddress(row[1]) })
		if string(d.Verdict) != row[3] {
			t.Errorf("%s: %s by %s, want %s: %v", row[0], d.Verdict, d.Rule, row[3], d.Reasons)
		}
		if d.Rule == "" || len(d.Reasons) == 0 || d.Policy != p.Hash() || d.Address != row[2] {
			t.Errorf("%s: not explained: %+v", row[0], d)
		}
	}
}

// What the Public Suffix List and IDNA make of these names is not what the
// rule says (each was measured to mislead one of them).
func TestNamesThatMislead(t *testing.T) {
	p := load(t, "cheshire-west")
	for to, want := range map[string]Verdict{
		"a@cheshirefire.gov.uk":              Secure,
		"a@head.x.cheshire.sch.uk":           Secure,
		"a@a.b.c.d.cheshire.sch.uk":          Secure,
		"a@x.notcheshire-evil.gov.uk":        Secure, // closed registry; a deny row can take it out
		"a@cheshire.police.uk":               Secure,
		"a@x.cheshire.pnn.police.uk":         Encrypt, // the exact row is exact
		"a@pnn.police.uk":                    Encrypt,
		"a@eastcheshire.nhs.uk":              Encrypt,
		"a@cheshire.ac.uk":                   Encrypt,
		"a@cheshire.mod.uk":                  Encrypt,
		"a@cheshire.blogspot.com":            Encrypt,
		"a@cheshire.school.uk":               Encrypt,
		"a@cheshire.sch.uk.com":              Encrypt,
		"a@cheshire.sch.co.uk":               Encrypt,
		"a@cheshiregov.uk":                   Encrypt,
		"a@gov.uk.cheshire.example":          Encrypt,
		"a@cheshire.fan.example":             Encrypt,
		"cheshire.sch.uk@example.com":        Encrypt,
		"a@sub.oldcheshire.gov.uk":           Encrypt,
		"a@xcheshire-oldcheshire.gov.uk":     Secure, // not under the denied name
		"a@cheshire.x.gsi.gov.uk":            Hold,
		"a@cheshire.gsx.gov.uk":              Hold,
		"a@gse.gov.uk":                       Hold,
		"a@xn--cheshire-9za.sch.uk":          Hold,
		"a@x.xn--80ak6aa92e.cheshire.sch.uk": Hold,
		"a@XN--HESHIRE-3NF.gov.uk":           Hold,
		"a@xn--a.gsi.gov.uk":                 Hold,
		"a@xn--a.oldcheshire.gov.uk":         Encrypt, // a deny row speaks first
		"a@che\u00adshire.sch.uk":            Hold,
		"a@che\u200bshire.sch.uk":            Hold,
		"a@che\u200dshire.sch.uk":            Hold,
		"a@che\u017fhire.sch.uk":             Hold,
		"a@cheshıre.sch.uk":                  Hold,
		"a@ｃheshire.sch.uk":                  Hold,
		"a@cheshire．sch．uk":                  Hold,
		"a＠cheshire.sch.uk":                  Refuse, // no @ at all
		"a@cheshire.sch.uk\u00a0":            Hold,
		"\ufeffa@cheshire.sch.uk":            Hold,
		"a@nhs.uk":                           Refuse,
		"a@police.uk":                        Refuse,
		"a@localhost":                        Refuse,
		"a@cheshire.sch.uk..":                Refuse,
		"a@-cheshire.sch.uk":                 Refuse,
		"a@cheshire.sch.uk:25":               Refuse,
		"a@cheshire.sch.uk%00":               Refuse,
		"a@0x7f.cheshire.0x1":                Refuse,
	} {
		if d := ask(p, to); d.Verdict != want {
			t.Errorf("%q: %s by %s, want %s", to, d.Verdict, d.Rule, want)
		}
	}
}

func TestTheOtherAuthoritiesTrustTheirOwnCouncilOnly(t *testing.T) {
	for _, c := range []struct{ authority, own, school string }{
		{"sefton", "sefton.gov.uk", "x.sefton.sch.uk"},
		{"camden", "camden.gov.uk", "x.camden.sch.uk"},
		{"st-helens", "sthelens.gov.uk", "x.st-helens.sch.uk"},
	} {
		p := load(t, c.authority)
		from := func(q *Question) { q.From = pep.ParseAddress("peps@" + c.own) }
		if d := ask(p, "sw@"+c.own, from); d.Verdict != Secure {
			t.Errorf("%s to itself: %+v", c.authority, d)
		}
		if d := ask(p, "head@"+c.school, from); d.Verdict != Encrypt || d.Rule != RuleNoRow {
			t.Errorf("%s to a school: %+v", c.authority, d)
		}
		if d := ask(p, "sw@x.gcsx.gov.uk", from); d.Verdict != Hold {
			t.Errorf("%s to a retired family: %+v", c.authority, d)
		}
	}
}

func TestTheDemonstrationHasEveryVerdict(t *testing.T) {
	p := load(t, "sample")
	from := func(q *Question) { q.From = pep.ParseAddress("peps@democheshire.gov.uk") }
	for to, want := range map[string]Verdict{
		"head@oak.democheshire.sch.uk":   Secure,
		"sw@democheshire.gov.uk":         Secure,
		"carer@example.net":              Encrypt,
		"a@gcsx.democheshire.gov.uk":     Hold,
		"a@lapsed-clinic.example":        Hold,
		"a@oak.dem\u043echeshire.sch.uk": Hold,
		"a@sch.uk":                       Refuse,
	} {
		if d := ask(p, to, from); d.Verdict != want {
			t.Errorf("%q: %s by %s, want %s", to, d.Verdict, d.Rule, want)
		}
	}
}

func TestEveryVerdictAndMethodIsReached(t *testing.T) {
	p := load(t, "cheshire-west")
	const circle, outside = "head@x.cheshire.sch.uk", "a@setting.example"
	with := func(change func(*Means)) func(*Question) {
		return func(q *Question) { change(&q.Means) }
	}
	agreed := func(a pep.AgreedDelivery) func(*Question) {
		return with(func(m *Means) { m.Agreed, m.Postal = a, true })
	}
	gateway := with(func(m *Means) { m.Gateway = "egress" })
	key := with(func(m *Means) { m.OpenPGPKey = true })
	none := func(*Question) {}
	for _, c := range []struct {
		name    string
		to      string
		change  []func(*Question)
		verdict Verdict
		method  Method
		handed  string
	}{
		{"circle", circle, nil, Secure, MethodTLS, "main"},
		{"circle with a gateway", circle, []func(*Question){gateway, key}, Secure, MethodTLS, "main"},
		{"outside", outside, nil, Encrypt, MethodProtectedDocument, "main"},
		{"outside with a gateway", outside, []func(*Question){gateway, key}, Encrypt, MethodGateway, "egress"},
		{"outside with a key", outside, []func(*Question){key}, Encrypt, MethodOpenPGP, "main"},
		{"agreed Egress with one", circle, []func(*Question){agreed(pep.AgreedEgress), gateway}, Encrypt, MethodGateway, "egress"},
		{"agreed Egress without one", circle, []func(*Question){agreed(pep.AgreedEgress), key}, Encrypt, MethodProtectedDocument, "main"},
		{"agreed protected document", circle, []func(*Question){agreed(pep.AgreedProtected)}, Encrypt, MethodProtectedDocument, "main"},
		{"agreed post", outside, []func(*Question){agreed(pep.AgreedPost)}, Encrypt, MethodPost, ""},
		{"agreed post, nowhere to send it", outside, []func(*Question){with(func(m *Means) { m.Agreed = pep.AgreedPost })}, Hold, MethodNone, ""},
		{"agreed to something unknown", circle, []func(*Question){with(func(m *Means) { m.Agreed = "Fax" })}, Hold, MethodNone, ""},
		{"post only", "", []func(*Question){with(func(m *Means) { m.Postal = true })}, Encrypt, MethodPost, ""},
		{"nothing at all", "", []func(*Question){none}, Refuse, MethodNone, ""},
		{"agreement does not soften a hold", "a@x.gsi.gov.uk", []func(*Question){agreed(pep.AgreedEgress), gateway}, Hold, MethodNone, ""},
		{"agreement does not soften a refusal", "a@sch.uk", []func(*Question){agreed(pep.AgreedPost)}, Refuse, MethodNone, ""},
		{"D01 to D04: no onward guarantee", circle, []func(*Question){with(func(m *Means) { m.Relay.OnwardTLS = false })}, Encrypt, MethodProtectedDocument, "main"},
		{"guarantee lapsed", circle, []func(*Question){with(func(m *Means) { m.Relay.ReviewBy = today().AddDays(-1) })}, Encrypt, MethodProtectedDocument, "main"},
		{"guarantee on its last day", circle, []func(*Question){with(func(m *Means) { m.Relay.ReviewBy = today() })}, Secure, MethodTLS, "main"},
		{"guarantee without a day", circle, []func(*Question){with(func(m *Means) { m.Relay.ReviewBy = pep.Date{} })}, Encrypt, MethodProtectedDocument, "main"},
		{"no means", circle, []func(*Question){with(func(m *Means) { *m = Means{} })}, Encrypt, MethodProtectedDocument, ""},
		{"no day", circle, []func(*Question){func(q *Question) { q.On = pep.Date{} }}, Encrypt, MethodProtectedDocument, "main"},
		{"sender is held", circle, []func(*Question){func(q *Question) { q.From = pep.ParseAddress("p@x.gsi.gov.uk") }}, Encrypt, MethodProtectedDocument, "main"},
		{"no sender", circle, []func(*Question){func(q *Question) { q.From = pep.Address{} }}, Encrypt, MethodProtectedDocument, "main"},
		{"sender outside does not soften a hold", "a@x.gsi.gov.uk", []func(*Question){func(q *Question) { q.From = pep.ParseAddress("p@gmail.com") }}, Hold, MethodNone, ""},
	} {
		d := ask(p, c.to, c.change...)
		if d.Verdict != c.verdict || d.Method != c.method || d.Relay != c.handed || len(d.Reasons) == 0 {
			t.Errorf("%s: %s by %s through %q, want %s by %s through %q; %v", c.name, d.Verdict, d.Method, d.Relay, c.verdict, c.method, c.handed, d.Reasons)
		}
	}
}

func TestDatesOfARow(t *testing.T) {
	dated := strings.Replace(secureRow, "    review_by", "    valid_from: 2026-02-01\n    review_by", 1)
	wider := strings.TrimPrefix(strings.NewReplacer("id: one", "id: two", "kind: exact", "kind: suffix", "route: secure", "route: hold").Replace(secureRow), "rows:\n")
	p := parse(t, dated+wider)
	for day, want := range map[string]string{
		"2026-01-31": "hold two", // the exact row does not count yet
		"2026-02-01": "secure one",
		"2027-01-05": "secure one",
		"2027-01-06": "hold one",
		"":           "hold one",
	} {
		f := p.judge(pep.ParseAddress("x@a.example"), mustDay(t, day), SideRecipient)
		if got := string(f.verdict) + " " + f.rule; got != want {
			t.Errorf("on %q: %s, want %s", day, got, want)
		}
	}
}

func mustDay(t *testing.T, text string) (d pep.Date) {
	t.Helper()
	if err := d.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheMostSpecificRowSpeaks(t *testing.T) {
	row := func(id, kind, pattern, route string) string {
		s := strings.NewReplacer("id: one", "id: "+id, "kind: exact", "kind: "+kind, "a.example", pattern, "route: secure", "route: "+route)
		return strings.TrimPrefix(s.Replace(secureRow), "rows:\n")
	}
	deny := func(id, pattern, retired string) string {
		return "  - id: " + id + "\n    kind: deny\n    pattern: " + pattern + "\n    retired: " + retired + "\n"
	}
	p := parse(t, "rows:\n"+
		row("root-long", "registry-root", "gov.uk\n    contains: eastcheshire", "hold")+
		row("root", "registry-root", "gov.uk\n    contains: cheshire", "secure")+
		row("wide", "suffix", "a.example", "encrypt")+
		row("narrow", "suffix", "b.a.example", "secure")+
		row("exact", "exact", "c.b.a.example", "hold")+
		row("under-root", "suffix", "x.cheshire.gov.uk", "encrypt")+
		row("puny", "exact", "xn--a.example", "secure")+
		deny("gone", "old.a.example", "yes")+
		deny("nearer", "x.old.a.example", "no")+
		deny("closed", "no.a.example", "no")+
		row("exact-denied", "exact", "y.no.a.example", "secure"))
	for domain, want := range map[string]string{
		"a.example":             "wide",
		"z.a.example":           "wide",
		"za.example":            RuleNoRow,
		"b.a.example":           "narrow",
		"z.b.a.example":         "narrow",
		"c.b.a.example":         "exact",
		"d.c.b.a.example":       "narrow",
		"old.a.example":         "gone",
		"x.old.a.example":       "gone", // a retired family speaks before any nearer deny row
		"y.no.a.example":        "closed",
		"cheshire.gov.uk":       "root",
		"myeastcheshire.gov.uk": "root-long",
		"x.cheshire.gov.uk":     "under-root",
		"y.x.cheshire.gov.uk":   "under-root",
		"xn--a.example":         "puny",
		"z.xn--a.example":       RulePunycode,
	} {
		if f := p.judge(pep.ParseAddress("x@"+domain), today(), SideRecipient); f.rule != want {
			t.Errorf("%s: decided by %s, want %s", domain, f.rule, want)
		}
	}
}

func TestRowsOfOneSide(t *testing.T) {
	sides := strings.Replace(secureRow, "    route: secure", "    applies_to: sender\n    route: secure", 1) +
		strings.TrimPrefix(strings.NewReplacer("id: one", "id: two", "route: secure", "applies_to: recipient\n    route: hold").Replace(secureRow), "rows:\n")
	p := parse(t, sides)
	a := pep.ParseAddress("x@a.example")
	if f := p.judge(a, today(), SideSender); f.rule != "one" || f.verdict != Secure {
		t.Errorf("as sender: %+v", f)
	}
	if f := p.judge(a, today(), SideRecipient); f.rule != "two" || f.verdict != Hold {
		t.Errorf("as recipient: %+v", f)
	}
	if _, err := Parse("f", []byte(strings.Replace(sides, "applies_to: recipient", "applies_to: both", 1))); err == nil {
		t.Error("two rows for the same side were taken")
	}
}

func TestRowBoundToARelay(t *testing.T) {
	p := parse(t, strings.Replace(secureRow, "    route", "    relay: cjsm\n    route", 1))
	for relay, want := range map[string]Verdict{"cjsm": Secure, "main": Encrypt} {
		d := ask(p, "x@a.example", func(q *Question) { q.From = q.To; q.Means.Relay.Name = relay })
		if d.Verdict != want {
			t.Errorf("through %s: %+v", relay, d)
		}
	}
}

// D11: one recipient, however the domain is typed.
func TestD11CaseOfTheDomainMakesNoSecondRecipient(t *testing.T) {
	p := load(t, "cheshire-west")
	a, b := ask(p, "Head@X.Cheshire.Sch.UK"), ask(p, " Head@x.cheshire.sch.uk\t")
	if a.Canonical != b.Canonical || a.Canonical != "Head@x.cheshire.sch.uk" {
		t.Errorf("%q and %q", a.Canonical, b.Canonical)
	}
}

func TestDecisionIsTheContractsJSON(t *testing.T) {
	p := load(t, "cheshire-west")
	got, err := json.Marshal(ask(p, "HEAD@X.cheshire.sch.uk"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"address":"HEAD@X.cheshire.sch.uk","canonical":"HEAD@x.cheshire.sch.uk","decision":"secure","method":"tls","rule":"cheshire-schools",` +
		`"reasons":["row cheshire-schools: the name directly under sch.uk contains \"cheshire\"","the sender is in the circle by row cheshire-councils",` +
		`"ordinary mail over verified TLS, and never less"],"policy":"` + p.Hash() + `","relay":"main"}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if bad, _ := json.Marshal(ask(nil, "")); !strings.Contains(string(bad), `"canonical":""`) || strings.Contains(string(bad), "null") {
		t.Errorf("a refused address: %s", bad)
	}
}

func TestReasonsNeverRepeatTheAddress(t *testing.T) {
	p := load(t, "cheshire-west")
	for _, to := range []string{"jane.roe@roe-family.example", "jane.roe@", "jane.roe@x.roe-family.gsi.gov.uk", "jane.roe@roe-family.cheshire.sch.uk", "jane.rö@roe-family.example"} {
		d := ask(p, to)
		if all := strings.Join(d.Reasons, " "); strings.Contains(all, "roe") || strings.Contains(all, "jane") {
			t.Errorf("%s by %s: %s", d.Verdict, d.Rule, all)
		}
	}
}

func TestRulesOfOurOwnAreListed(t *testing.T) {
	p := load(t, "cheshire-west")
	ids := pseudoRules()
	for _, row := range p.Rows() {
		ids = append(ids, row.ID)
	}
	for _, row := range acceptance(t) {
		if d := ask(p, row[2]); !slices.Contains(ids, d.Rule) {
			t.Errorf("%s: rule %q is neither a row nor listed", row[0], d.Rule)
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	small, large := parse(b, manyRows(10)), parse(b, manyRows(100_000))
	from := pep.ParseAddress(ownAddress)
	questions := map[string]string{
		"circle": "head@x.cheshire.sch.uk", "unknown": "someone@a.setting.example", "exact": "a@body4.nhs.uk", "held": "a@x.xn--a.example",
	}
	for _, size := range []struct {
		name   string
		policy *Policy
	}{{"10", small}, {"100000", large}} {
		for name, to := range questions {
			b.Run(name+"/rows="+size.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					size.policy.Decide(Question{To: pep.ParseAddress(to), From: from, On: today(), Means: trusted()})
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
			})
		}
	}
}
