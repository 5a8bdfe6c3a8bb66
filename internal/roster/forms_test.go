package roster_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/roster"
)

func sameBatch() cmp.Option {
	return cmp.Comparer(func(a, b pep.Address) bool { return a == b })
}

// rewritten gives a file of the sample cell by cell through change, in another
// separator and encoding.
func rewritten(t *testing.T, file roster.File, separator rune, encode func(string) []byte) roster.File {
	t.Helper()
	text := string(bytes.TrimPrefix(file.Data, []byte("\xef\xbb\xbf")))
	if file.Name == "children.csv" {
		decoded, err := charmap.Windows1252.NewDecoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		text = decoded
	}
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Comma = separator
	if err := w.WriteAll(records); err != nil {
		t.Fatal(err)
	}
	return roster.File{Name: file.Name, Data: encode(out.String())}
}

func utf16Little(text string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

func TestSampleInOtherSeparatorsAndEncodingsIsTheSame(t *testing.T) {
	in := sample(t)
	want := roster.Read(in)
	for name, form := range map[string]struct {
		separator rune
		encode    func(string) []byte
	}{
		"semicolon, UTF-8":         {';', func(s string) []byte { return []byte(s) }},
		"tab, UTF-16 as of Excel":  {'\t', utf16Little},
		"comma, UTF-8 with a mark": {',', func(s string) []byte { return []byte("\xef\xbb\xbf" + s) }},
	} {
		other := roster.Input{AsOf: in.AsOf}
		for _, file := range in.Files {
			if !strings.HasSuffix(file.Name, ".xlsx") {
				file = rewritten(t, file, form.separator, form.encode)
			}
			other.Files = append(other.Files, file)
		}
		if diff := cmp.Diff(want, roster.Read(other), sameBatch()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// asObjects writes the rows of a CSV as objects of our own JSON shape.
func asObjects(t *testing.T, file roster.File) []map[string]any {
	t.Helper()
	plain := rewritten(t, file, ',', func(s string) []byte { return []byte(s) })
	records, err := csv.NewReader(bytes.NewReader(plain.Data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var objects []map[string]any
	for _, record := range records[1:] {
		object := map[string]any{}
		for i, text := range record {
			object[strings.ReplaceAll(strings.ToLower(records[0][i]), " ", "_")] = text
		}
		objects = append(objects, object)
	}
	return objects
}

func TestSampleAsJSONGivesTheSameChildren(t *testing.T) {
	csvs := sample(t)
	csvs.Files = csvs.Files[:3]
	want := roster.Read(csvs)
	document := map[string]any{
		"children": asObjects(t, csvs.Files[0]), "contacts": asObjects(t, csvs.Files[1]), "targets": asObjects(t, csvs.Files[2]),
	}
	whole, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	for kind, record := range map[string]string{"children": "child", "contacts": "contact", "targets": "target"} {
		for _, object := range document[kind].([]map[string]any) {
			object["record"] = record
			if err := json.NewEncoder(&lines).Encode(object); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, data := range map[string][]byte{"document": whole, "lines": lines.Bytes()} {
		got := roster.Read(roster.Input{AsOf: csvs.AsOf, Files: []roster.File{{Name: name, Data: data}}})
		if diff := cmp.Diff(want.Children, got.Children); diff != "" {
			t.Errorf("%s: children (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(want.Contacts, got.Contacts, sameBatch()); diff != "" {
			t.Errorf("%s: contacts (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(want.Targets, got.Targets); diff != "" {
			t.Errorf("%s: targets (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(want.Taken, got.Taken); diff != "" {
			t.Errorf("%s: a row says the same in whatever form (-want +got):\n%s", name, diff)
		}
		if len(got.Rejects) != len(want.Rejects) || len(got.Unread) != 0 {
			t.Errorf("%s: %d rejects, %d unread, want %d and none", name, len(got.Rejects), len(got.Unread), len(want.Rejects))
		}
	}
}

func TestHeadersOfOtherSystemsAreKnown(t *testing.T) {
	for _, header := range []string{
		"PersonID,First Name,Last Name,Birth Date,Year Group,LS,Date into care,School,DfE Number,Last PEP,PEP Due",
		"mosaic_id;given_name;family_name;DOB;NCYearActual;legal_status;BLA;setting;LAESTAB;previous_pep;pep_meeting_date",
		"CHILD ID\tForename\tSURNAME\tDate Of Birth\tNCY\tLegal Status\tDECOM\tProvider\tLAEstab\tLast PEP Date\tNext PEP",
	} {
		separator := strings.Trim(header, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ _")[:1]
		row := strings.ReplaceAll("7|Ada|Example|25/03/2017|Year 4|C2|01/02/2020|Hill School|8961234|22/09/2025|17/03/2026", "|", separator)
		b := read("Children on " + separator + " 2 February\n\nmade by nobody\n" + header + "\n" + row + "\n\n\n")
		if len(b.Children) != 1 {
			t.Errorf("%s: not read: %v %v", header, b.Unread, told(b.Rejects))
			continue
		}
		want := pep.Child{
			ID: "7", Forename: "Ada", Surname: "Example", DateOfBirth: pep.MustDate("2017-03-25"), YearGroup: pep.YearGroup{Known: true, Year: 4},
			LegalStatus: "C2", BecameLookedAfter: pep.MustDate("2020-02-01"), Setting: pep.Setting{Name: "Hill School", LAEstab: "896/1234"},
			PreviousPEP: pep.MustDate("2025-09-22"), Meeting: pep.Meeting{Date: pep.MustDate("2026-03-17")},
		}
		if diff := cmp.Diff(want, b.Children[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", header, diff)
		}
		meeting := b.Origins[0].Meeting()
		if b.Tables[0].Header != 4 || b.Rows != 1 || meeting.Row != 5 || !strings.HasSuffix(header, meeting.Column) {
			t.Errorf("%s: header in row %d, meeting at %+v", header, b.Tables[0].Header, meeting)
		}
	}
}

func TestOwnNameOfAColumnGoesBeforeASynonym(t *testing.T) {
	b := read(table("Child,Person ID,Forename,Date of Birth,DOB", "1,7,Ada,25/03/2017,26/03/2017"))
	if len(b.Children) != 1 || b.Children[0].ID != "7" || b.Children[0].DateOfBirth != pep.MustDate("2017-03-25") {
		t.Errorf("children %v", b.Children)
	}
	if diff := cmp.Diff([]string{"Child", "DOB"}, b.Tables[0].Unknown); diff != "" {
		t.Errorf("the columns that were not read are listed (-want +got):\n%s", diff)
	}
}

func TestWhatIsNotReadSaysWhy(t *testing.T) {
	for text, want := range map[string]string{
		"a,b,c\n1,2,3\n": "no row among the first 30 is a header",
		"Person ID,Forename,Surname,UPN\n7,Ada,Example,\n":                    "it looks like children but has no column Date of Birth",
		"CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\n7,25/03/2017,,,\n":                   "SSDA903 table OC3, which a PEP does not need",
		"CHILD,DOB,REVIEW,REVIEW_CODE,EXTRA\n7,25/03/2017,01/01/2026,PN1,x\n": "no row among the first 30 is a header",
		"":            "the file is empty",
		"PK\x03\x04x": "it is not a whole .xlsx file",
		"{":           "the JSON ends too early",
		strings.Repeat("title\n", 40) + "Person ID,Forename,Surname,Date of Birth\n7,A,B,\n": "no row among the first 30",
	} {
		b := read(text)
		if len(b.Unread) != 1 || !strings.Contains(b.Unread[0].Reason, want) {
			t.Errorf("%.30q: unread %+v, want %q", text, b.Unread, want)
		}
		if b.Rows != 0 || len(b.Tables) != 0 {
			t.Errorf("%.30q: %d rows were read", text, b.Rows)
		}
	}
	b := read("nothing here", table(childHeader, childRow))
	if len(b.Children) != 1 || len(b.Unread) != 1 {
		t.Error("a file that is not read stops the others")
	}
	if b := roster.Read(roster.Input{Files: make([]roster.File, 300)}); len(b.Unread) != 257 {
		t.Errorf("%d unread of 300 empty files, want 256 and one for the rest", len(b.Unread))
	}
}

func TestWorkbookDamageIsRepaired(t *testing.T) {
	book := excelize.NewFile()
	for i, row := range [][]any{
		{"Children of one team"},
		{"Person ID", "Forename", "Date of Birth", "Date Became Looked After", "LAEstab", "On Roll", "PEP Meeting Date", "PEP Meeting Time", "ULN", "NC Year"},
		{7, "Ada", 42819 - 1462, "01/02/2020", 8961234, true, "2026-03-17", 0.645833333333333, 9276308686.0, 4},
		{8, "Bea", 42819 - 1462, 43862 - 1462, "896/1234", false, 46098 - 1462, "3.30pm", "", "Y4"},
	} {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("B%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	yes := true
	if err := book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	if err := book.Write(&data); err != nil {
		t.Fatal(err)
	}
	b := read(data.String())
	if len(b.Children) != 2 || len(b.Warnings) != 0 {
		t.Fatalf("%d children, unread %v, rejects %v, warnings %v", len(b.Children), b.Unread, told(b.Rejects), told(b.Warnings))
	}
	for i, c := range b.Children {
		if c.DateOfBirth != pep.MustDate("2017-03-25") || c.BecameLookedAfter != pep.MustDate("2020-02-01") || c.Meeting.Date != pep.MustDate("2026-03-17") {
			t.Errorf("child %s: dates %v, %v, %v", c.ID, c.DateOfBirth, c.BecameLookedAfter, c.Meeting.Date)
		}
		if c.Setting.LAEstab != "896/1234" || c.OnRoll != []pep.Answer{pep.Yes, pep.No}[i] || c.Meeting.Time != []string{"15:30", "3.30pm"}[i] || c.YearGroup.Year != 4 {
			t.Errorf("child %s: %+v", c.ID, c)
		}
	}
	if b.Children[0].ULN != "9276308686" || b.Tables[0].Sheet != "Sheet1" || b.Origins[0].Row != 3 {
		t.Errorf("ULN %s, table %+v", b.Children[0].ULN, b.Tables[0])
	}
}

func TestTargets(t *testing.T) {
	header := targetsHead + ",Funding,Unit Cost,Sessions,Weeks,Total Cost,Progress,Start"
	row := func(number int, rest string) string {
		return fmt.Sprintf("7,22/09/2025,%d,\"- read\r\nmore\",%s", number, rest)
	}
	b := read(table(childHeader, childRow), table(header,
		row(1, "pp+,£45.00,2,10,\"1,000.50\",not met,"), row(1, "pp+,£45,2,10,£1000.5,not_met,"), row(2, "None,,,,,superb,"),
		row(3, "XPP,,,,,,"), row(4, "School,1.234,,,,,"), row(5, "School,,,,,,31/02/2026")))
	want := []string{
		"file2:5 Funding unknown_code", "file2:6 Unit Cost bad_number", "file2:7 Start bad_date",
	}
	if diff := cmp.Diff(want, told(b.Rejects)); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"file2:2 Total Cost bad_number", "file2:4 Progress unknown_code"}, told(b.Warnings)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	first := pep.Target{
		PEPDate: pep.MustDate("2025-09-22"), Number: 1, Text: "- read\nmore", Funding: "PP+", UnitCost: 4500, Sessions: 2, Weeks: 10, TotalCost: 100050, Progress: "not_met",
	}
	if len(b.Targets["7"]) != 2 || b.Repeated != 1 {
		t.Fatalf("%d targets, %d repeated", len(b.Targets["7"]), b.Repeated)
	}
	if diff := cmp.Diff(first, b.Targets["7"][0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	addsUp(t, b)
}

func TestFifthTargetOnIsTooMany(t *testing.T) {
	lines := []string{targetsHead}
	for i := range 7 {
		lines = append(lines, fmt.Sprintf("7,22/09/2025,%d,read", i+1))
	}
	lines = slices.Insert(lines, 2, "7,22/09/2025,one,read")
	b := read(table(childHeader, childRow), table(append(lines, lines[6])...))
	want := []string{"file2:3 Target No bad_number"}
	for _, row := range []int{6, 7, 8, 9, 10} {
		want = append(want, fmt.Sprintf("file2:%d Target No too_many_targets", row))
	}
	if diff := cmp.Diff(want, told(b.Rejects)); diff != "" || len(b.Targets["7"]) != 3 {
		t.Errorf("%d targets, rejects (-want +got):\n%s", len(b.Targets["7"]), diff)
	}
	addsUp(t, b)
}

func TestStatutoryReturn(t *testing.T) {
	const episodes = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
	b := read(table(childHeader, "7,Ada,Example,04/03/2017,01/02/2020"),
		table("REVIEW_CODE,CHILD,DOB,REVIEW", "PN1,7,04/03/2017,05/05/2025", "pn7,7,03/04/2017,06/06/2025", "PN8,7,,06/07/2025", "PN1,7,,"),
		table(episodes, "7,01/02/2019,S,C1,,U4,,01/06/2019,X1,,,,", "7,01/02/2020,S,C1,,U4,,01/03/2021,X1,,,,", "7,01/03/2021,P,C2,,K2,,,,,,,",
			"7,03/2021,P,C2,,K2,,,,,,,", "7,01/04/2021,P,Z9,,K2,,,,,,,", "7,01/05/2020,P,C1,,XX,,02/05/2020,,,,,"),
		table("CHILD,SEX,DOB,DUC", "7,2,05/05/2017,04/03/2035", "9,1,,"),
		table("CHILD,GENDER,DOB,ETHNIC,UPN,MOTHER,MC_DOB", "7,1,4/3/2017,WBRI,,,", "7,1,13/13/2017,WBRI,,,"))
	want := pep.Return903{
		BecameLookedAfter: pep.MustDate("2020-02-01"), LegalStatus: "C2", Placement: "K2", LastReview: pep.MustDate("2025-06-06"),
		Unaccompanied: true, UnaccompaniedEnds: pep.MustDate("2035-03-04"), LatestEpisode: pep.MustDate("2021-03-01"),
	}
	if diff := cmp.Diff(map[string]pep.Return903{"7": want}, b.Returns); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	rejects := []string{
		"file5:3 DOB bad_date", "file3:5 DECOM bad_date", "file3:6 LS unknown_code", "file2:4 REVIEW_CODE unknown_code", "file2:5 REVIEW missing_required", "file4:3 CHILD unknown_child",
	}
	if diff := cmp.Diff(rejects, told(b.Rejects)); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"file3:7 PLACE unknown_code", "file3:7 REC missing_required", "file2:3 DOB ambiguous_date", "file4:2 DOB bad_date"}, told(b.Warnings)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if b.Children[0].BecameLookedAfter != pep.MustDate("2020-02-01") || b.Children[0].Return != (pep.Return903{}) {
		t.Error("the return was put into the case system's own row")
	}
	addsUp(t, b)
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(table(childHeader, childRow, childRow)), []byte(table(contactsHead, "7,head,A,a@b.example")))
	f.Add([]byte("{\"person_id\":7,\"forename\":\"A\",\"date_of_birth\":\"2017-03-25\"}"), []byte(table(targetsHead, "7,22/09/2025,1,read", "7,,,")))
	f.Add([]byte(table(childHeader+",Social Worker Part,PEP Meeting Status,Bring Forward,Date Left Care", childRow+",not complete,arranged,VS request,17/03/2026")),
		[]byte(table(episodesHead, episode("01/02/2020", "03/02/2026", "E4A"), episode("03/02/2026", "", ""))))
	f.Add(utf16Little(table(childHeader, childRow)), []byte(table("CHILD,DOB,REVIEW,REVIEW_CODE", "7,25/03/2017,01/01/2026,PN1")))
	f.Fuzz(func(t *testing.T, one, two []byte) {
		b := read(string(one), string(two))
		addsUp(t, b)
		for i, child := range b.Children {
			if child.ID == "" || child.DateOfBirth.IsZero() || child.DateOfBirth.After(pep.MustDate("2026-02-02")) || b.Origins[i].Row < 1 {
				t.Errorf("a child that is nobody was taken from row %d", b.Origins[i].Row)
			}
		}
		for _, finding := range append(b.Rejects, b.Warnings...) {
			if !slices.Contains(pep.Codes(), finding.Code) || finding.Reason == "" || finding.Value == "" {
				t.Errorf("finding %+v is not complete", finding)
			}
		}
	})
}
