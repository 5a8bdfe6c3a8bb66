package form_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/forms"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

var update = flag.Bool("update", false, "write the golden files anew")

// read reads the shipped forms once for all tests; a library never changes.
var read = sync.OnceValues(func() (*form.Library, error) { return form.Load(forms.FS) })

func library(t testing.TB) *form.Library {
	t.Helper()
	l, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func formByID(t testing.TB, id string) form.Form {
	t.Helper()
	f, ok := library(t).ByID(id)
	if !ok {
		t.Fatalf("no form %s", id)
	}
	return f
}

func fieldOf(t testing.TB, f form.Form, key string) form.Field {
	t.Helper()
	field, ok := f.Field(key)
	if !ok {
		t.Fatalf("the form %s has no field %s", f.ID, key)
	}
	return field
}

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; look at it and run with -update if it is right (-was +is)\n%s", path, diff)
	}
}

// record is an invented child in Year 9 with everything a register may hold.
func record() pep.Record {
	return pep.Record{
		Ref: "PEP-7F3K-2Q",
		Child: pep.Child{
			ID: "SC1", Forename: "Aled", Surname: "Quill", KnownAs: "Al", Sex: "M",
			DateOfBirth: pep.MustDate("2012-03-02"), BecameLookedAfter: pep.MustDate("2020-05-04"),
			PlacementPostcode: "ch99 4zz", SEN: "K", OnRoll: pep.Yes, PreviousPEP: pep.MustDate("2025-10-14"),
			Setting: pep.Setting{Name: "Oakfield High School", Type: "secondary"}, JoinedSetting: pep.MustDate("2023-09-04"),
			Return: pep.Return903{Unaccompanied: true, LegalStatus: "C2"},
		},
		Contacts: []pep.Contact{
			{Role: pep.SocialWorker, Name: "Robin Vale", Organisation: "North team", Email: pep.ParseAddress("robin.vale@council.example"), Mobile: "07700 900123"},
			{Role: pep.DesignatedTeacher, Title: "Ms", Name: "Jo Park", Phone: "01632 960111", Invited: pep.Yes},
			{Role: pep.FosterCarer, Name: "Renée Marple", Address1: "14", Address2: "Elder Bank Road", Town: "Northwick", Postcode: "CH99 4ZZ"},
			{Role: pep.Parent, Name: "Mair Quill"},
		},
		Targets: []pep.Target{
			{PEPDate: pep.MustDate("2025-10-14"), Number: 2, Text: "Read aloud", TotalCost: 12005},
			{PEPDate: pep.MustDate("2025-02-01"), Number: 1, Text: "An older target"},
			{PEPDate: pep.MustDate("2025-10-14"), Number: 1, Text: "Times tables"},
		},
	}
}

func plan(phase pep.Phase, circumstances ...pep.Circumstance) pep.Plan {
	return pep.Plan{
		Ref: "PEP-7F3K-2Q", Phase: phase, Variant: pep.VariantReview, Circumstances: circumstances, YearGroup: 9,
		Term: pep.Term{Year: 2025, Name: pep.Spring}, Meeting: pep.Meeting{Date: pep.MustDate("2026-02-10"), Time: "2 pm", Place: "Room 4"},
	}
}

func known() form.Known {
	return form.Known{
		Generated: pep.MustDate("2026-01-12"), CopyFor: "designated teacher", Authority: "Demo Cheshire Council",
		VirtualSchool: pep.Contact{Name: "Sam Okafor", Phone: "01632 960123"},
	}
}

// answered gives values with a few answers: key, answer, key, answer.
func answered(pairs ...string) form.Values {
	v := form.Values{Fields: map[string]string{}, Tables: map[string][]form.Row{}}
	for pair := range slices.Chunk(pairs, 2) {
		v.Fields[pair[0]] = pair[1]
	}
	return v
}
