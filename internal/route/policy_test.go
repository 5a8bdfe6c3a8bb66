package route

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/pep"
)

const schedules = "../../schedules"

// secureRow is a sound row that tests bend.
const secureRow = `rows:
  - id: one
    kind: exact
    pattern: a.example
    route: secure
    evidence: "seen"
    checked_by: an officer
    checked_on: 2026-01-05
    review_by: 2027-01-05
`

func load(t testing.TB, authority string) *Policy {
	t.Helper()
	p, err := Load(os.DirFS(schedules), authority)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func parse(t testing.TB, text string) *Policy {
	t.Helper()
	p, err := Parse("delivery.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// problems parses a bad policy and gives what was said of it.
func problems(t *testing.T, text string) Problems {
	t.Helper()
	p, err := Parse("delivery.yaml", []byte(text))
	var found Problems
	if !errors.As(err, &found) || p != nil {
		t.Fatalf("taken, though it is wrong:\n%s", text)
	}
	return found
}

func TestEveryShippedPolicyLoads(t *testing.T) {
	for _, authority := range []string{"cheshire-west", "sefton", "camden", "st-helens", "sample"} {
		p := load(t, authority)
		if p.Authority() == "" || p.source == "" || !strings.HasPrefix(p.Hash(), "sha256:") || len(p.Hash()) != 7+64 {
			t.Errorf("%s: authority %q, source %q, hash %q", authority, p.Authority(), p.source, p.Hash())
		}
		for _, row := range p.Rows() {
			if row.Route == Secure && (row.Evidence == "" || row.CheckedBy == "" || row.CheckedOn.IsZero()) {
				t.Errorf("%s: row %s is secure without saying why, by whom and when", authority, row.ID)
			}
		}
	}
}

func TestRowIsReadWhole(t *testing.T) {
	p := parse(t, `# a comment
authority: 'St Mary''s'
rows:
  - id: clinic   # who
    kind: exact
    pattern: Clinic.Example
    applies_to: recipient
    route: secure
    scheme: DCB1596
    evidence: "list \"A\": line #4"
    checked_by: an officer
    checked_on: 2026-01-05
    valid_from: 2026-01-06
    review_by: 2027-01-05
    relay: cjsm
    note: https://clinic.example/a#b
`)
	want := Row{
		ID: "clinic", Kind: KindExact, Pattern: "clinic.example", AppliesTo: SideRecipient, Route: Secure,
		Scheme: "DCB1596", Evidence: `list "A": line #4`, CheckedBy: "an officer",
		CheckedOn: pep.MustDate("2026-01-05"), ValidFrom: pep.MustDate("2026-01-06"), ReviewBy: pep.MustDate("2027-01-05"),
		Relay: "cjsm", Note: "https://clinic.example/a#b", line: 4,
	}
	if diff := cmp.Diff([]Row{want}, p.Rows(), cmp.AllowUnexported(Row{})); diff != "" {
		t.Error(diff)
	}
	if p.Authority() != "St Mary's" {
		t.Errorf("authority %q", p.Authority())
	}
}

// D17: a file saved on Windows, or with capitals, is the same policy.
func TestD17ByteOrderMarkLineEndsAndCapitalsAreNormalised(t *testing.T) {
	plain := parse(t, secureRow)
	windows := parse(t, "\xef\xbb\xbf"+strings.ReplaceAll(secureRow, "\n", "\r\n"))
	if plain.Hash() != windows.Hash() {
		t.Errorf("the hash differs by line ends: %s %s", plain.Hash(), windows.Hash())
	}
	capitals := parse(t, strings.Replace(secureRow, "a.example", "A.EXAMPLE", 1))
	if capitals.Rows()[0].Pattern != "a.example" {
		t.Errorf("capitals were kept: %q", capitals.Rows()[0].Pattern)
	}
	if capitals.Hash() == plain.Hash() {
		t.Error("another content has the same hash")
	}
}

func TestProblemsNamePlaceValueAndWhatToDo(t *testing.T) {
	got := problems(t, `rows:
  - id: One
    kind: exacto
    pattern: "*cheshire*"
    colour: blue
  - id: two
    kind: suffix
    pattern: сheshire.example
    route: secure
    checked_on: 5 Jan 2026
`).Error()
	want := strings.Join([]string{
		`delivery.yaml:2:9: "One": not an id (use small letters, digits and hyphens, at most 64)`,
		`delivery.yaml:3:11: "exacto": not one of the words for kind (write deny, exact, suffix, registry-root)`,
		`delivery.yaml:4:14: "*cheshire*": patterns have no wildcards (write a suffix row for a domain and all under it, or a registry-root row with contains:)`,
		`delivery.yaml:5:13: "blue": nobody reads the key colour (the keys of a row are ` + rowKeys + `)`,
		`delivery.yaml:8:14: "сheshire.example": the domain has a letter outside ASCII (write its xn-- form if it is really meant)`,
		`delivery.yaml:10:17: "5 Jan 2026": not a date of the form 2026-03-17 (write year-month-day, like 2026-03-17)`,
	}, "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// D15, D16 and the guards beside them: what no policy may say.
func TestD15D16RowsThatAreRefused(t *testing.T) {
	bend := func(from, to string) string { return strings.Replace(secureRow, from, to, 1) }
	kind := func(kind, pattern string) string {
		return strings.Replace(bend("kind: exact", "kind: "+kind), "a.example", pattern, 1)
	}
	root := func(registry, word string) string {
		return kind("registry-root", registry+"\n    contains: "+word)
	}
	for _, c := range []struct{ name, text, says string }{
		{"D15 whole registry", kind("suffix", "sch.uk"), "too wide"},
		{"whole registry in capitals", kind("suffix", "SCH.UK"), "too wide"},
		{"public suffix", kind("suffix", "co.uk"), "too wide"},
		{"private suffix", kind("suffix", "blogspot.com"), "too wide"},
		{"schools of a vetted-only registry", kind("suffix", "nhs.uk"), "too wide"},
		{"D18 free mail", kind("exact", "gmail.com"), "too wide"},
		{"tenancies", kind("suffix", "onmicrosoft.com"), "too wide"},
		{"one tenancy", kind("exact", "cheshire.onmicrosoft.com"), "too wide"},
		{"word under a registry that promises no secure mail", root("nhs.uk", "cheshire"), "too wide"},
		{"word under an open registry", root("co.uk", "cheshire"), "closed registry"},
		{"word of three letters", root("gov.uk", "che"), "not a word"},
		{"word with a mark", root("gov.uk", "cheshire.x"), "not a word"},
		{"registry-root without a word", kind("registry-root", "gov.uk"), "no contains"},
		{"word in an exact row", kind("exact", "a.example\n    contains: cheshire"), "only a registry-root row"},
		{"registry as a domain", kind("exact", "gov.uk"), "registry's own name"},
		{"D16 glob", kind("exact", "'*.example'"), "no wildcards"},
		{"address", kind("exact", "head@a.example"), "a row is of a domain"},
		{"leading dot", kind("suffix", ".a.example"), "not a domain"},
		{"trailing dot", kind("exact", "a.example."), "ends with a dot"},
		{"single label", kind("suffix", "uk"), "not a domain"},
		{"number", kind("exact", "127.0.0.1"), "not a domain"},
		{"xn-- suffix", kind("suffix", "xn--heshire-xjg.example"), "exact row"},
		{"no evidence", bend("    evidence: \"seen\"\n", ""), "no evidence"},
		{"nobody checked", bend("    checked_by: an officer\n", ""), "no checked_by"},
		{"no review", bend("    review_by: 2027-01-05\n", ""), "no review_by"},
		{"no route", bend("    route: secure\n", ""), "no route"},
		{"no kind", bend("    kind: exact\n", ""), "no kind"},
		{"review before check", bend("2027-01-05", "2025-01-05"), "before the row counts"},
		{"review that is no day", bend("2027-01-05", "2026-02-30"), "not a date"},
		{"key twice", bend("route: secure", "route: hold\n    route: secure"), "twice"},
		{"retired exact", bend("route:", "retired: yes\n    route:"), "only a deny row"},
		{"deny with a route", kind("deny", "b.example"), "take route out"},
		{"name of our own check", bend("id: one", "id: no-row"), "program's own"},
		{"id twice", secureRow + strings.TrimPrefix(bend("a.example", "b.example"), "rows:\n"), "the id stands in line 2"},
		{"pattern twice", secureRow + strings.TrimPrefix(bend("id: one", "id: two"), "rows:\n"), "row one in line 2"},
		{"no rows", "authority: A\n", "no rows"},
		{"empty file", "", "no rows"},
		{"unknown key of the file", "colour: blue\n" + secureRow, "nobody reads"},
		{"flow style", "rows: [{id: one}]\n", "no value of its own"},
		{"flow row", "rows:\n  - {id: one}\n", "not a line of the form"},
		{"anchor", bend("an officer", "&a officer"), "not one plain value"},
		{"alias", bend("an officer", "*a"), "not one plain value"},
		{"tag", bend("an officer", "!!str officer"), "not one plain value"},
		{"block text", bend("an officer", "|"), "not one plain value"},
		{"text over two lines", bend("an officer", "an\n      officer"), "not a line of the form"},
		{"open quote", bend(`"seen"`, `"seen`), "not one plain value"},
		{"escape", bend(`"seen"`, `"s\x65en"`), "not one plain value"},
		{"colon in a plain value", bend(`"seen"`, `seen: yes`), "not one plain value"},
		{"null", bend(`"seen"`, `null`), "not one plain value"},
		{"empty value", bend(`"seen"`, `""`), "empty"},
		{"missing value", bend(` "seen"`, ``), "no value"},
		{"tab", bend("    kind", "\tkind"), "a tab"},
		{"bad UTF-8", bend("seen", "s\xffen"), "UTF-8"},
		{"line end of another alphabet", bend("seen", "s\u2028en"), "control character"},
		{"second document", secureRow + "---\n" + secureRow, "not a line of the form"},
		{"rows twice", secureRow + secureRow, "twice"},
		{"crooked key", bend("    kind", "     kind"), "indented unlike"},
		{"crooked hyphen", secureRow + " - id: two\n", "below each other"},
		{"list outside rows", "authority: A\n- id: one\n", "rows:"},
		{"long line", secureRow + "#" + strings.Repeat("x", maxLine) + "\n", "4 KiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := problems(t, c.text)
			if !strings.Contains(got.Error(), c.says) {
				t.Errorf("said:\n%v\nwant %q", got, c.says)
			}
			for _, p := range got {
				if p.File != "delivery.yaml" || p.Text == "" || (p.Line == 0) != (p.Column == 0) {
					t.Errorf("a problem without its place: %+v", p)
				}
			}
		})
	}
}

func TestAccreditationLastsAYearUnlessItIsAnExample(t *testing.T) {
	real := strings.Replace(secureRow, "evidence:", "scheme: DCB1596\n    evidence:", 1)
	parse(t, real)
	long := strings.Replace(real, "2027-01-05", "2027-02-05", 1)
	if got := problems(t, long).Error(); !strings.Contains(got, "valid for one year") {
		t.Error(got)
	}
	parse(t, strings.Replace(long, `"seen"`, evidenceExample, 1))
}

func TestSuffixOfAnEducationAuthorityIsNotTooWide(t *testing.T) {
	text := strings.Replace(secureRow, "kind: exact", "kind: suffix", 1)
	for _, pattern := range []string{"cheshire.sch.uk", "CHESHIRE.SCH.UK", "x.gov.uk", "trust.example.org"} {
		p := parse(t, strings.Replace(text, "a.example", pattern, 1))
		if p.Rows()[0].Pattern != strings.ToLower(pattern) {
			t.Errorf("%s became %s", pattern, p.Rows()[0].Pattern)
		}
	}
}

func TestEveryProblemIsReportedUpToABound(t *testing.T) {
	text := "rows:\n" + strings.Repeat("  - colour: blue\n", 3*maxProblems)
	if got := problems(t, text); len(got) != maxProblems {
		t.Errorf("%d problems, want %d", len(got), maxProblems)
	}
}

// D13, D14: a broken file gives no policy, and no policy holds.
func TestD13D14WithoutAPolicyEverythingIsHeld(t *testing.T) {
	good := load(t, "cheshire-west")
	before := good.Hash()
	broken, err := Parse("delivery.yaml", []byte("rows:\n  - {"))
	if err == nil || broken != nil || good.Hash() != before {
		t.Errorf("a broken reload: %v, %v", broken, err)
	}
	q := Question{To: pep.ParseAddress("head@x.cheshire.sch.uk"), From: pep.ParseAddress(ownAddress), On: today(), Means: trusted()}
	for name, p := range map[string]*Policy{"nil": nil, "zero": {}, "broken": broken} {
		d := p.Decide(q)
		if d.Verdict != Hold || d.Method != MethodNone || d.Rule != RuleNoPolicy || len(d.Reasons) == 0 {
			t.Errorf("%s policy: %+v", name, d)
		}
	}
}

func TestLoadRefusesWhatIsNotAnAuthority(t *testing.T) {
	for _, authority := range []string{"", ".", "..", "a/b", "../schedules"} {
		if p, err := Load(os.DirFS(schedules), authority); err == nil || p != nil {
			t.Errorf("%q was loaded", authority)
		}
	}
	if _, err := Load(os.DirFS(schedules), "atlantis"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing policy: %v", err)
	}
}

func TestRowsAreACopy(t *testing.T) {
	p := parse(t, secureRow)
	p.Rows()[0].Route = Hold
	if p.Rows()[0].Route != Secure {
		t.Error("a reader changed the policy")
	}
}

func TestEveryKindIsAskedForAndDrawn(t *testing.T) {
	for _, kind := range Kinds() {
		words := Row{ID: "r", Kind: kind, Pattern: "a.example", Contains: "word"}.matchWords()
		if !strings.Contains(words, "r: ") || !strings.Contains(words, "a.example") {
			t.Errorf("%s: %q", kind, words)
		}
	}
	if !slices.Equal(Kinds(), []Kind{KindDeny, KindExact, KindSuffix, KindRegistryRoot}) {
		t.Error("the order of the kinds changed")
	}
}

func manyRows(n int) string {
	var b strings.Builder
	b.WriteString("rows:\n  - id: root\n    kind: registry-root\n    pattern: sch.uk\n    contains: cheshire\n    route: secure\n    evidence: seen\n    checked_by: an officer\n    checked_on: 2026-01-05\n")
	b.WriteString("  - id: own\n    kind: registry-root\n    pattern: gov.uk\n    contains: cheshire\n    route: secure\n    evidence: seen\n    checked_by: an officer\n    checked_on: 2026-01-05\n")
	for i := range n - 2 {
		kind := [...]string{"exact", "suffix"}[i%2]
		fmt.Fprintf(&b, "  - id: body-%d\n    kind: %s\n    pattern: body%d.nhs.uk\n    route: secure\n    scheme: DCB1596\n    evidence: \"list of accredited bodies\"\n    checked_by: an officer\n    checked_on: 2026-01-05\n    review_by: 2027-01-05\n", i, kind, i)
	}
	return b.String()
}

func BenchmarkParse100000Rows(b *testing.B) {
	data := []byte(manyRows(100_000))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Parse("delivery.yaml", data); err != nil {
			b.Fatal(err)
		}
	}
}
