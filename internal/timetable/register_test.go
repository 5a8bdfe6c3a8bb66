package timetable_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"github.com/pepost/pepost/internal/pep"
)

// The register of these tests is read by a small reader of their own, so that
// they do not lean on the import: it takes a good value, leaves a bad one
// empty, and drops the contact rows that the truth lists as rejected. A row
// refused for its address alone stays: the person is known, and a message to
// them is refused.

type place struct {
	File, Sheet string
	Row         int
}

type rejection struct {
	place
	Code pep.Code
}

type truth struct {
	AsOf     pep.Date `json:"as_of"`
	Children map[string]expected
}

type expected struct {
	Source place
	Import struct {
		Outcome  string
		Rejected []rejection
	}
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
	data, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var out truth
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// row is one line of an export by header, with its place.
type row struct {
	at    place
	cells map[string]string
}

func rowsOf(file, sheet string, records [][]string) []row {
	var rows []row
	for i, record := range records[1:] {
		r := row{place{file, sheet, i + 2}, map[string]string{}}
		for j, cell := range record {
			r.cells[records[0][j]] = cell
		}
		rows = append(rows, r)
	}
	return rows
}

func csvRows(t testing.TB, name string, decode func([]byte) []byte) []row {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(decode(data))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rowsOf(name, "", records)
}

func sheetRows(t testing.TB, sheet string) []row {
	t.Helper()
	book, err := excelize.OpenFile("testdata/children.xlsx", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	records, err := book.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return rowsOf("children.xlsx", sheet, records)
}

func windows1252(data []byte) []byte {
	decoded, _ := charmap.Windows1252.NewDecoder().Bytes(data)
	return decoded
}

func withoutBOM(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) }

// readRegister gives the record of every accepted child of the truth.
func readRegister(t testing.TB, want truth) map[string]pep.Record {
	t.Helper()
	records, refused := map[string]pep.Record{}, map[place]bool{}
	for _, child := range want.Children {
		for _, r := range child.Import.Rejected {
			refused[r.place] = r.Code != pep.BadEmail
		}
	}
	children := append(csvRows(t, "children.csv", windows1252), sheetRows(t, "Children")...)
	for _, r := range children {
		id := r.cells["Person ID"]
		if want.Children[id].Source == r.at && want.Children[id].Import.Outcome == "accepted" {
			records[id] = pep.Record{Ref: pep.Ref("PEP-" + id), Child: child(r.cells)}
		}
	}
	contacts := append(csvRows(t, "contacts.csv", withoutBOM), sheetRows(t, "Contacts")...)
	for _, r := range contacts {
		if record, known := records[r.cells["Person ID"]]; known && !refused[r.at] {
			record.Contacts = append(record.Contacts, contact(t, r.cells))
			records[r.cells["Person ID"]] = record
		}
	}
	return records
}

func child(c map[string]string) pep.Child {
	out := pep.Child{
		ID: c["Person ID"], Forename: c["Forename"], Surname: c["Surname"],
		DateOfBirth: date(c["Date of Birth"]), BecameLookedAfter: date(c["Date Became Looked After"]),
		JoinedSetting: date(c["Date Joined Setting"]), PEPType: c["PEP Type"],
		PreviousPEP: date(c["Previous PEP Date"]), Meeting: pep.Meeting{Date: date(c["PEP Meeting Date"])},
		Setting: pep.Setting{Name: c["Setting Name"]},
	}
	out.YearGroup, _ = pep.ParseYearGroup(c["NC Year"])
	out.LegalStatus, _ = pep.ParseLegalStatus(c["Legal Status"])
	out.Placement, _ = pep.ParsePlacement(c["Placement Type"])
	out.OnRoll, _ = pep.ParseAnswer(c["On Roll"])
	return out
}

func contact(t testing.TB, c map[string]string) pep.Contact {
	t.Helper()
	role, err := pep.ParseRole(c["Role"])
	if err != nil {
		t.Fatal(err)
	}
	out := pep.Contact{Role: role, Name: c["Name"], Email: pep.ParseAddress(c["Email"])}
	out.Invited, _ = pep.ParseAnswer(c["Invited"])
	out.ReceivesForm, _ = pep.ParseAnswer(c["Receives Form"])
	out.ReceivesFinal, _ = pep.ParseAnswer(c["Receives Final"])
	out.WithholdPlacementAddress, _ = pep.ParseAnswer(c["Withhold Placement Address"])
	return out
}

// date reads dd/mm/yyyy, ISO or a spreadsheet's serial number; anything else
// is unknown.
func date(text string) pep.Date {
	text = strings.TrimSpace(text)
	for _, layout := range []string{"02/01/2006", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return pep.DateOf(t)
		}
	}
	if serial, err := strconv.ParseFloat(text, 64); err == nil && serial > 20000 && serial < 60000 {
		return pep.MustDate("1899-12-30").AddDays(int(serial))
	}
	return pep.Date{}
}
