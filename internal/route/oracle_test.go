package route

import (
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/pepost/pepost/internal/pep"
)

// The second implementation of the rule: it shares no code with the first,
// reads no policy file and is written from the rule's text alone. It knows the
// rows of Cheshire West as patterns over the whole address.
var (
	oneAddress = regexp.MustCompile(`^[A-Za-z0-9#$&'*+/=?^_{|}~` + "`" + `-]+(\.[A-Za-z0-9#$&'*+/=?^_{|}~` + "`" + `-]+)*@(([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)$`)
	circle     = regexp.MustCompile(`(?i)^[^@]+@([a-z0-9-]+\.)*[a-z0-9-]*cheshire[a-z0-9-]*\.(gov|sch|police)\.uk$`)
	named      = regexp.MustCompile(`(?i)^[^@]+@(cheshire\.pnn\.police\.uk|accredited\.example\.nhs\.uk)$`)
	out        = regexp.MustCompile(`(?i)[@.](gsi|gse|gcsx|gsx|oldcheshire)\.gov\.uk$`)
	registry   = regexp.MustCompile(`(?i)@(gov|sch|police|nhs|mod|ac)\.uk$`)
)

// maySecure says whether the rule permits ordinary mail to a text.
func maySecure(text string) bool {
	bare := strings.Trim(text, " \t")
	found := oneAddress.FindStringSubmatch(bare)
	if found == nil {
		return false
	}
	local, domain := bare[:strings.Index(bare, "@")], strings.ToLower(found[2])
	labels := strings.Split(domain, ".")
	switch {
	case len(local) > 64, len(domain) > 253, net.ParseIP(domain) != nil, registry.MatchString(bare), out.MatchString(bare):
		return false
	case slices.ContainsFunc(labels, func(l string) bool { return strings.HasPrefix(l, "xn--") }):
		return false
	}
	return circle.MatchString(bare) || named.MatchString(bare)
}

func FuzzDecide(f *testing.F) {
	for _, row := range acceptance(f) {
		f.Add(row[2], row[1])
	}
	for _, seed := range []string{
		"a@x.notcheshire-evil.gov.uk", "a@cheshire.pnn.police.uk.", "a@CHESHIRE.GOV.UK", "\ta@cheshire.gov.uk ", "a@cheshire.gov.uk\v",
		"a@xn--cheshire.gov.uk", "a@-cheshire.gov.uk", "a@cheshire..gov.uk", "{a}@cheshire.gov.uk", "a@gsi.cheshire.gov.uk", "a@cheshire.gsi.gov.uk",
	} {
		f.Add(seed, ownAddress)
		f.Add(ownAddress, seed)
	}
	p := load(f, "cheshire-west")
	f.Fuzz(func(t *testing.T, to, from string) {
		d := ask(p, to, func(q *Question) { q.From = pep.ParseAddress(from) })
		if !slices.Contains(Verdicts(), d.Verdict) || !slices.Contains(Methods(), d.Method) || d.Rule == "" || len(d.Reasons) == 0 {
			t.Fatalf("not a decision: %+v", d)
		}
		if secure, may := d.Verdict == Secure, maySecure(to) && maySecure(from); secure != may {
			t.Fatalf("%q from %q: %s by %s, the rule says %t", to, from, d.Verdict, d.Rule, may)
		}
		if (d.Verdict == Secure) != (d.Method == MethodTLS) || (d.Verdict == Encrypt) != (d.Method == MethodProtectedDocument) {
			t.Fatalf("%s travels by %s", d.Verdict, d.Method)
		}
		if (d.Canonical == "") != (d.Rule == RuleShape || d.Rule == RuleOutsideASCII) {
			t.Fatalf("%s by %s has canonical %q", d.Verdict, d.Rule, d.Canonical)
		}
		if again := ask(p, d.Canonical, func(q *Question) { q.From = pep.ParseAddress(from) }); d.Canonical != "" && again.Verdict != d.Verdict {
			t.Fatalf("the canonical form of %q is decided otherwise: %s, %s", to, d.Verdict, again.Verdict)
		}
	})
}

// D22: whatever bytes stand in the field.
func TestD22RandomBytesAreNeverSecureUnlessTheRuleSaysSo(t *testing.T) {
	p := load(t, "cheshire-west")
	pieces := []string{"a", "@", ".", "cheshire", "gov.uk", "sch.uk", ".police.uk", "xn--", "-", " ", "\t", "\x00", "с", "。", "\xff", "%", "\"", "<", ">", ",", "gsi", "evil.com", "old", "pnn", "A", "\u202e"}
	state := uint64(7)
	next := func(n int) int {
		state = state*6364136223846793005 + 1442695040888963407
		return int(state>>33) % n
	}
	secure := 0
	for range 100_000 {
		var b strings.Builder
		for range 1 + next(8) {
			b.WriteString(pieces[next(len(pieces))])
		}
		d := ask(p, b.String())
		if (d.Verdict == Secure) != maySecure(b.String()) {
			t.Fatalf("%q: %s by %s", b.String(), d.Verdict, d.Rule)
		}
		if d.Verdict == Secure {
			secure++
		}
	}
	if secure == 0 {
		t.Error("no text was secure: the test proves nothing")
	}
}

// FuzzParse holds the reader of policies against another YAML reader: what is
// taken means the same to both, and nothing panics.
func FuzzParse(f *testing.F) {
	f.Add([]byte(secureRow))
	f.Add([]byte(manyRows(4)))
	f.Add([]byte("\xef\xbb\xbfauthority: 'it''s'\r\nrows:\r\n  - id: a # b\r\n    kind: deny\r\n    pattern: a.example\r\n    note: \"x \\\" \\\\ y\"\r\n"))
	f.Add([]byte("rows:\n- id: a\n  kind: deny\n  pattern: 'a.example'\n  note: a:b#c 'd'\nsource: x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("f", data)
		if err != nil {
			if p != nil || err.Error() == "" {
				t.Fatal("a refused policy, or a refusal without words")
			}
			return
		}
		flat := readFlat("f", string(canonicalBytes(data)))
		var other struct {
			Authority ast.Node              `yaml:"authority"`
			Source    ast.Node              `yaml:"source"`
			Rows      []map[string]ast.Node `yaml:"rows"`
		}
		if err := yaml.UnmarshalWithOptions(canonicalBytes(data), &other, yaml.Strict()); err != nil {
			t.Fatalf("another reader refuses what was taken: %v\n%s", err, data)
		}
		if textOf(other.Authority) != p.authority || textOf(other.Source) != p.source || len(other.Rows) != len(p.rows) {
			t.Fatalf("read otherwise by another reader:\n%s", data)
		}
		for i, e := range flat.rows {
			for _, c := range flat.cells[e.from:e.to] {
				if textOf(other.Rows[i][c.key]) != c.value {
					t.Fatalf("%s: %q is %v to another reader", c.key, c.value, other.Rows[i][c.key])
				}
			}
			if len(other.Rows[i]) != e.to-e.from {
				t.Fatalf("row %d has other keys to another reader", i)
			}
		}
	})
}

// textOf is a scalar as it was written, whatever type the reader gives it.
func textOf(n ast.Node) string {
	scalar, ok := n.(ast.ScalarNode)
	if !ok {
		return ""
	}
	return scalar.GetToken().Value
}
