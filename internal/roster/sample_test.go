package roster_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/roster"
)

// sampleNames are the files of the made-up authority's export.
func sampleNames() []string {
	return []string{
		"children.csv", "contacts.csv", "targets.csv", "children.xlsx",
		"ssda903/header.csv", "ssda903/episodes.csv", "ssda903/reviews.csv", "ssda903/uasc.csv",
	}
}

func sampleFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "cheshire-west", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func sample(t testing.TB) roster.Input {
	t.Helper()
	in := roster.Input{AsOf: pep.MustDate("2026-02-02")}
	for _, name := range sampleNames() {
		in.Files = append(in.Files, roster.File{Name: name, Data: sampleFile(t, name)})
	}
	return in
}

// fault is one line of expected.json.
type fault struct {
	File, Sheet string
	Row         int
	Column      string
	Code        pep.Code
}

func faultOf(f roster.Finding) fault { return fault{f.File, f.Sheet, f.Row, f.Column, f.Code} }

func compareFaults(a, b fault) int {
	if c := strings.Compare(a.File+"#"+a.Sheet, b.File+"#"+b.Sheet); c != 0 {
		return c
	}
	return a.Row - b.Row
}

type expectation struct {
	Totals map[string]struct {
		Rows, Accepted, Unchanged, Rejected, Warnings int
	} `json:"totals"`
	Orphans  []fault                  `json:"rows_without_a_child"`
	Children map[string]expectedChild `json:"children"`
}

type expectedChild struct {
	Source fault
	Import struct {
		Outcome            string
		Rejected, Warnings []fault
		Repeated           int `json:"repeated_rows"`
	}
	Meeting struct{ Date string }
	// Recipients hold the addresses as recorded.
	Recipients []struct {
		Role     pep.Role
		Email    string
		Decision string
	}
}

func expected(t *testing.T) expectation {
	t.Helper()
	var e expectation
	if err := json.Unmarshal(sampleFile(t, "expected.json"), &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// sampleChildren gives for each place in the sample the child that the row
// names, read with the standard library and not with the code under test.
func sampleChildren(t *testing.T) map[fault]string {
	t.Helper()
	of := map[fault]string{}
	for _, name := range sampleNames() {
		if strings.HasSuffix(name, ".xlsx") {
			continue
		}
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(sampleFile(t, name), []byte("\xef\xbb\xbf"))))
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			of[fault{File: name, Row: i + 1}] = row[0]
		}
	}
	for place, id := range workbookChildren(t, sampleFile(t, "children.xlsx")) {
		of[fault{File: "children.xlsx", Sheet: place.Sheet, Row: place.Row}] = id
	}
	return of
}

func TestSampleOutcomesOfEveryChildAreTheExpectedOnes(t *testing.T) {
	want, batch := expected(t), roster.Read(sample(t))
	owner := sampleChildren(t)
	rejected, warned := byChild(t, owner, batch.Rejects), byChild(t, owner, batch.Warnings)
	taken := map[string]int{}
	for i, child := range batch.Children {
		taken[child.ID] = i
	}
	for id, child := range want.Children {
		at, accepted := taken[id]
		if accepted != (child.Import.Outcome == "accepted") {
			t.Errorf("child %s: taken is %v, want %s", id, accepted, child.Import.Outcome)
			continue
		}
		if diff := cmp.Diff(sorted(child.Import.Rejected), sorted(rejected[id])); diff != "" {
			t.Errorf("child %s: rejected rows (-want +got):\n%s", id, diff)
		}
		if diff := cmp.Diff(sorted(child.Import.Warnings), sorted(warned[id])); diff != "" {
			t.Errorf("child %s: warnings (-want +got):\n%s", id, diff)
		}
		if !accepted {
			continue
		}
		got, origin := batch.Children[at], batch.Origins[at]
		if origin.File != child.Source.File || origin.Sheet != child.Source.Sheet || origin.Row != child.Source.Row {
			t.Errorf("child %s: stands at %v, want %v", id, origin, child.Source)
		}
		if got.Meeting.Date.String() != child.Meeting.Date || origin.Meeting().Column != "PEP Meeting Date" {
			t.Errorf("child %s: meeting on %q in column %q, want %q", id, got.Meeting.Date, origin.MeetingColumn, child.Meeting.Date)
		}
		for _, r := range child.Recipients {
			checkRecipient(t, id, batch.Contacts[id], r.Role, r.Email, r.Decision)
		}
	}
}

// checkRecipient proves that a person who is to be a recipient has not
// vanished, and that the address says what the decision has to build on.
func checkRecipient(t *testing.T, id string, contacts []pep.Contact, role pep.Role, email, decision string) {
	t.Helper()
	verdicts := map[string][]pep.AddressVerdict{
		"refuse": {pep.AddressRefused}, "secure": {pep.AddressGood}, "encrypt": {pep.AddressGood},
		"hold": {pep.AddressNeedsPerson, pep.AddressGood, pep.AddressRefused},
	}
	for _, c := range contacts {
		if c.Role == role && strings.Trim(c.Email.Raw(), " \t") == strings.Trim(email, " \t") {
			if !slices.Contains(verdicts[decision], c.Email.Verdict()) {
				t.Errorf("child %s: the %s has an address that is %s, want one for %s", id, role, c.Email.Verdict(), decision)
			}
			return
		}
	}
	if email != "" {
		t.Errorf("child %s: the %s of expected.json is not among the contacts", id, role)
	}
}

func TestSampleRowsOfNoChildAreRejected(t *testing.T) {
	want, batch := expected(t), roster.Read(sample(t))
	var got []fault
	for _, f := range batch.Rejects {
		if slices.Contains(want.Orphans, faultOf(f)) {
			got = append(got, faultOf(f))
		}
	}
	if diff := cmp.Diff(sorted(want.Orphans), sorted(got)); diff != "" {
		t.Errorf("rows without a child (-want +got):\n%s", diff)
	}
}

func TestSampleTotalsAreTheExpectedOnes(t *testing.T) {
	want, batch := expected(t), roster.Read(sample(t))
	rejects, warnings := map[string]int{}, map[string]int{}
	for _, f := range batch.Rejects {
		rejects[tableName(f.File, f.Sheet)]++
	}
	for _, f := range batch.Warnings {
		warnings[tableName(f.File, f.Sheet)]++
	}
	rows, unchanged := 0, 0
	for _, table := range batch.Tables {
		name := tableName(table.File, table.Sheet)
		total := want.Totals[name]
		if table.Rows != total.Rows || rejects[name] != total.Rejected || warnings[name] != total.Warnings {
			t.Errorf("%s: %d rows, %d rejected, %d warnings, want %+v", name, table.Rows, rejects[name], warnings[name], total)
		}
		if len(table.Unknown) > 0 {
			t.Errorf("%s: columns %q are unknown", name, table.Unknown)
		}
		rows, unchanged = rows+table.Rows, unchanged+total.Unchanged
	}
	if len(batch.Tables) != len(want.Totals) || len(batch.Unread) != 0 {
		t.Errorf("%d tables and %d unread, want %d and none", len(batch.Tables), len(batch.Unread), len(want.Totals))
	}
	if batch.Rows != rows || batch.Rows != len(batch.Taken)+batch.Repeated+len(batch.Rejects) || batch.Repeated != unchanged {
		t.Errorf("rows %d, taken %d, repeated %d, rejected %d do not add up", batch.Rows, len(batch.Taken), batch.Repeated, len(batch.Rejects))
	}
}

func TestSecondImportOfTheSampleSaysTheSame(t *testing.T) {
	in := sample(t)
	first := roster.Read(in)
	in.Known = map[string]pep.Date{}
	for _, child := range first.Children {
		in.Known[child.ID] = child.DateOfBirth
	}
	if diff := cmp.Diff(first, roster.Read(in), cmp.Comparer(func(a, b pep.Address) bool { return a == b })); diff != "" {
		t.Errorf("the second import differs:\n%s", diff)
	}
}

func TestOrderOfFilesDoesNotMatter(t *testing.T) {
	in := sample(t)
	first := roster.Read(in)
	slices.Reverse(in.Files)
	second := roster.Read(in)
	if len(first.Taken) != len(second.Taken) || len(first.Rejects) != len(second.Rejects) {
		t.Errorf("taken %d and rejected %d, in reverse %d and %d", len(first.Taken), len(first.Rejects), len(second.Taken), len(second.Rejects))
	}
}

func tableName(file, sheet string) string {
	if sheet == "" {
		return file
	}
	return file + "#" + sheet
}

func sorted(faults []fault) []fault {
	out := slices.Clone(faults)
	if len(out) == 0 {
		return nil
	}
	slices.SortFunc(out, compareFaults)
	return out
}

func byChild(t *testing.T, owner map[fault]string, findings []roster.Finding) map[string][]fault {
	t.Helper()
	of := map[string][]fault{}
	for _, f := range findings {
		id := owner[fault{File: f.File, Sheet: f.Sheet, Row: f.Row}]
		of[id] = append(of[id], faultOf(f))
	}
	return of
}
