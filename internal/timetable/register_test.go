package timetable_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/roster"
)

// sample is the made-up authority's export with its truth, which belongs to
// the room that reads exports.
const sample = "../roster/testdata/cheshire-west"

type truth struct {
	AsOf     pep.Date `json:"as_of"`
	Children map[string]expected
}

type expected struct {
	Import        struct{ Outcome string }
	Phase         pep.Phase
	YearGroup     int `json:"year_group"`
	Variant       pep.Variant
	Circumstances []pep.Circumstance
	Meeting       *struct{ Date, Day string }
	FormDue       string `json:"form_due"`
	Late          bool
	ReturnDue     string `json:"return_due"`
	Initial       *struct {
		Ten    string `json:"ten_working_days"`
		Twenty string `json:"twenty_working_days"`
	}
	Recipients []expectedRecipient
	Blocked    []struct{ Role pep.Role }
}

type expectedRecipient struct {
	Role     pep.Role
	Email    string
	Asked    bool `json:"asked_by_register"`
	Withhold bool `json:"withhold_placement_address"`
}

func readTruth(t testing.TB) truth {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sample, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var out truth
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// readRegister gives the record of every accepted child of the truth.
func readRegister(t testing.TB, want truth) map[string]pep.Record {
	t.Helper()
	in := roster.Input{AsOf: want.AsOf}
	for _, name := range []string{"children.csv", "contacts.csv", "children.xlsx"} {
		data, err := os.ReadFile(filepath.Join(sample, name))
		if err != nil {
			t.Fatal(err)
		}
		in.Files = append(in.Files, roster.File{Name: name, Data: data})
	}
	batch, records := roster.Read(in), map[string]pep.Record{}
	for _, child := range batch.Children {
		if _, told := want.Children[child.ID]; told {
			records[child.ID] = pep.Record{Ref: pep.Ref("PEP-" + child.ID), Child: child, Contacts: batch.Contacts[child.ID]}
		}
	}
	return records
}
