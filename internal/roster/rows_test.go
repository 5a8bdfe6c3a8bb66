package roster_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/roster"
)

// The least header and row that each kind needs.
const (
	childHeader  = "Person ID,Forename,Surname,Date of Birth,Date Became Looked After"
	childRow     = "7,Ada,Example,25/03/2017,01/02/2020"
	contactsHead = "Person ID,Role,Name,Email"
	targetsHead  = "Person ID,PEP Date,Target No,Target"
)

// read takes each text as one file, named file1 and so on.
func read(texts ...string) roster.Batch {
	in := roster.Input{AsOf: pep.MustDate("2026-02-02")}
	for i, text := range texts {
		in.Files = append(in.Files, roster.File{Name: fmt.Sprintf("file%d", i+1), Data: []byte(text)})
	}
	return roster.Read(in)
}

func table(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n" }

// told is the findings in short: row, column and code.
func told(findings []roster.Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, fmt.Sprintf("%s:%d %s %s", f.File, f.Row, f.Column, f.Code))
	}
	return all
}

func addsUp(t *testing.T, b roster.Batch) {
	t.Helper()
	if b.Rows != len(b.Taken)+b.Repeated+len(b.Rejects) {
		t.Errorf("%d rows, but %d taken, %d repeated, %d rejected", b.Rows, len(b.Taken), b.Repeated, len(b.Rejects))
	}
}

func TestOneFaultOfAChildsRow(t *testing.T) {
	for _, test := range []struct {
		name, column, value string
		rejects, warnings   []string
	}{
		{"wrong UPN", "UPN", "A801200005001", nil, []string{"file1:2 UPN bad_upn"}},
		{"reason for no UPN", "UPN", "un3", nil, nil},
		{"wrong ULN", "ULN", "9276308687", nil, []string{"file1:2 ULN bad_uln"}},
		{"date that never was", "EHCP Date", "31/02/2025", nil, []string{"file1:2 EHCP Date bad_date"}},
		{"month first", "Next CLA Review", "03/17/2026", nil, []string{"file1:2 Next CLA Review ambiguous_date"}},
		{"year group", "NC Year", "99", nil, []string{"file1:2 NC Year bad_number"}},
		{"legal status", "Legal Status", "C9", nil, []string{"file1:2 Legal Status unknown_code"}},
		{"placement", "Placement Type", "Q1", nil, []string{"file1:2 Placement Type unknown_code"}},
		{"sex", "Gender", "X", nil, []string{"file1:2 Gender unknown_code"}},
		{"ethnicity", "Ethnicity", "ABCD", nil, []string{"file1:2 Ethnicity unknown_code"}},
		{"yes and no", "On Roll", "perhaps", nil, []string{"file1:2 On Roll unknown_code"}},
		{"type of PEP", "PEP Type", "Other", nil, []string{"file1:2 PEP Type unknown_code"}},
		{"EET status", "EET Status", "resting", nil, []string{"file1:2 EET Status unknown_code"}},
		{"formula", "Known As", " =1+1", []string{"file1:2 Known As formula"}, nil},
		{"control character", "Known As", "A\x01da", []string{"file1:2 Known As encoding"}, nil},
		{"control character of the second half", "Known As", "A\u009b31mda", []string{"file1:2 Known As encoding"}, nil},
		{"letters turned about", "Known As", "A\u202eda", []string{"file1:2 Known As encoding"}, nil},
		{"a name of another script", "Known As", "\u2067\u05d0\u05d3\u05d4\u2069", nil, nil},
		{"lost character", "Known As", "A\uFFFDda", []string{"file1:2 Known As encoding"}, nil},
		{"leading minus", "Known As", "-Ada", nil, nil},
		{"leading plus", "Known As", "+Ada", nil, nil},
		{"social worker's part", "Social Worker Part", "perhaps", nil, []string{"file1:2 Social Worker Part unknown_code"}},
		{"status of the meeting", "Meeting Status", "postponed", nil, []string{"file1:2 Meeting Status unknown_code"}},
		{"brought forward without a reason", "Bring Forward", "yes", nil, []string{"file1:2 Bring Forward unknown_code"}},
		{"day of leaving care", "Date Ceased", "yes", nil, []string{"file1:2 Date Ceased bad_date"}},
		{"formula in a column nobody reads", "Notes", "=1+1", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := read(table(childHeader+","+test.column, childRow+","+test.value))
			if diff := cmp.Diff(test.rejects, told(b.Rejects)); diff != "" {
				t.Errorf("rejects (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.warnings, told(b.Warnings)); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			if (len(b.Children) == 1) == (len(test.rejects) == 1) {
				t.Errorf("%d children taken", len(b.Children))
			}
			addsUp(t, b)
		})
	}
}

func TestWhatMakesAChildsRowNobodys(t *testing.T) {
	for row, want := range map[string]string{
		",Ada,Example,25/03/2017,01/02/2020":      "Person ID missing_required",
		"7,,,25/03/2017,01/02/2020":               "Surname missing_required",
		"7,Ada,Example,,01/02/2020":               "Date of Birth missing_required",
		"7,Ada,Example,31/02/2017,01/02/2020":     "Date of Birth bad_date",
		"7,Ada,Example,03/25/2017,01/02/2020":     "Date of Birth ambiguous_date",
		"7,Ada,Example,03/02/2026,01/02/2020":     "Date of Birth date_in_future",
		"7,Ada,Example,25/03/2017,01/02/2020,x,y": " encoding",
		"7,\"Ada,Example,25/03/2017,01/02/2020":   " encoding",
		"7,Ada,,02/02/2026,01/02/2020":            "",
		"7,,Example,42819,01/02/2020":             "",
		"7,Ada,Example,2017-03-25 00:00:00,":      "",
	} {
		b := read(table(childHeader, row, "8,Bea,Example,25/03/2017,01/02/2020"))
		var all []string
		if want != "" {
			all = []string{"file1:2 " + want}
		}
		if diff := cmp.Diff(all, told(b.Rejects)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row, diff)
		}
		if len(b.Children) != 2-len(all) || b.Children[len(b.Children)-1].ID != "8" {
			t.Errorf("%s: the good row below it is lost", row)
		}
		addsUp(t, b)
	}
}

func TestMissingStartOfCareIsAWarningUnlessTheChildIsGrown(t *testing.T) {
	b := read(table(childHeader, "7,Ada,Example,25/03/2017,", "8,Bea,Example,02/02/2008,", "9,Cy,Example,03/02/2008,"))
	if diff := cmp.Diff([]string{"file1:2 Date Became Looked After missing_required", "file1:4 Date Became Looked After missing_required"}, told(b.Warnings)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	b = read(table("Title row", "Person ID,Forename,DOB", "7,Ada,25/03/2017", "8,Bea,25/03/2017"))
	if diff := cmp.Diff([]string{"file1:2 Date Became Looked After missing_required"}, told(b.Warnings)); diff != "" {
		t.Errorf("a column that is not there is told once (-want +got):\n%s", diff)
	}
}

func TestSeveralFaultsOfARowCountOnce(t *testing.T) {
	b := read(table(childHeader, childRow), table(contactsHead+",Receives Form,Agreed Delivery", "7,aunt,X,nobody,maybe,pigeon"))
	if diff := cmp.Diff([]string{"file2:2 Role unknown_role"}, told(b.Rejects)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if want := "Receives Form (unknown_code), Agreed Delivery (unknown_code)"; !strings.Contains(b.Rejects[0].Reason, want) {
		t.Errorf("the reason is %q and does not name %q", b.Rejects[0].Reason, want)
	}
}

func TestSameNumberTwice(t *testing.T) {
	same := read(table(childHeader, childRow, childRow))
	if len(same.Children) != 1 || same.Repeated != 1 || len(same.Taken) != 1 || len(same.Warnings) != 0 {
		t.Errorf("the same row twice: %d children, %d repeated", len(same.Children), same.Repeated)
	}
	written := read(table(childHeader, childRow, "7, Ada,Example,2017-03-25,43862"))
	if written.Repeated != 1 {
		t.Error("the same row written in another way is a repeat")
	}
	other := read(table(childHeader, childRow, "7,Ada,Example,26/03/2017,"), table(contactsHead, "7,head,X,"))
	if diff := cmp.Diff([]string{"file1:3 Person ID duplicate_child"}, told(other.Rejects)); diff != "" {
		t.Errorf("another date of birth (-want +got):\n%s", diff)
	}
	newer := read(table(childHeader, childRow, "7,Ada,Newname,25/03/2017,01/02/2020"))
	if len(newer.Children) != 1 || newer.Children[0].Surname != "Newname" || newer.Origins[0].Row != 3 || len(newer.Taken) != 2 {
		t.Errorf("the later row of the same child is not the one that stands: %d children", len(newer.Children))
	}
	for _, b := range []roster.Batch{same, written, other, newer} {
		addsUp(t, b)
	}
}

func TestChildrenOfTheRegister(t *testing.T) {
	in := roster.Input{AsOf: pep.MustDate("2026-02-02"), Known: map[string]pep.Date{
		"1": pep.MustDate("2017-03-25"), "2": pep.MustDate("2017-03-25"), "3": pep.MustDate("2017-03-25"),
	}}
	in.Files = []roster.File{
		{Name: "contacts", Data: []byte(table(contactsHead, "1,head,A,", "2,head,B,", "3,head,C,", "4,head,D,"))},
		{Name: "children", Data: []byte(table(childHeader, "2,Ada,Example,26/03/2017,01/02/2020", "3,Ada,Example,,01/02/2020"))},
	}
	b := roster.Read(in)
	want := []string{
		"children:2 Person ID duplicate_child", "children:3 Date of Birth missing_required",
		"contacts:3 Person ID unknown_child", "contacts:4 Person ID unknown_child", "contacts:5 Person ID unknown_child",
	}
	if diff := cmp.Diff(want, told(b.Rejects)); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
	if len(b.Contacts["1"]) != 1 || len(b.Contacts) != 1 {
		t.Errorf("contacts of %d children, want those of one whom the register has", len(b.Contacts))
	}
}

func TestContactWithoutAUsableAddressDoesNotVanish(t *testing.T) {
	b := read(table(childHeader, childRow), table(contactsHead,
		"7,Designated Teacher,A,", "7,head,B,a@b.example; c@d.example", "7,senco,C,x@sch\u00f6ol.example",
		"7,iro,D, d@council.example\t", "7,social worker,E,\"e@x.example\r\nBcc: f@x.example\"", "7,parent,F,"))
	if diff := cmp.Diff([]string{"file2:3 Email bad_email", "file2:6 Email bad_email"}, told(b.Rejects)); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"file2:2 Email missing_required"}, told(b.Warnings)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	var got []string
	for _, c := range b.Contacts["7"] {
		got = append(got, string(c.Role)+" "+string(c.Email.Verdict()))
	}
	want := []string{"designated teacher refused", "head refused", "senco needs a person", "iro good", "social worker refused", "parent refused"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("contacts (-want +got):\n%s", diff)
	}
	if len(b.Taken) != 1+4 || b.Contacts["7"][3].Email.Canonical() != "d@council.example" {
		t.Errorf("%d rows taken, want the child's and 4", len(b.Taken))
	}
	addsUp(t, b)
}

func TestWhatDecidesASendingMustBeReadable(t *testing.T) {
	for _, column := range []string{"Receives Form", "Receives Final", "Withhold Placement Address", "Agreed Delivery"} {
		b := read(table(childHeader, childRow), table(contactsHead+","+column, "7,head,A,a@b.example,hmm"))
		if diff := cmp.Diff([]string{"file2:2 " + column + " unknown_code"}, told(b.Rejects)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if contacts, named := b.Contacts["7"]; !named || len(contacts) != 0 {
			t.Errorf("%s: the child has %d contacts (named: %v), want the child named with none", column, len(contacts), named)
		}
	}
	b := read(table(childHeader, childRow), table(contactsHead+",Invited", "7,head,A,a@b.example,hmm"))
	if len(b.Rejects) != 0 || len(b.Warnings) != 1 || len(b.Contacts["7"]) != 1 {
		t.Errorf("an unreadable invitation is a warning: %v, %v", told(b.Rejects), told(b.Warnings))
	}
}

func TestTelephonesGetTheirZeroBack(t *testing.T) {
	b := read(table(childHeader, childRow), table(contactsHead+",Phone,Mobile",
		"7,head,A,,1632960001,7700900001", "7,iro,B,,01632 960001,+447700900001", "7,senco,C,,2079460001,4479460001"))
	var got []string
	for _, c := range b.Contacts["7"] {
		got = append(got, c.Phone+" "+c.Mobile)
	}
	if diff := cmp.Diff([]string{"01632960001 07700900001", "01632 960001 +447700900001", "02079460001 4479460001"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFindingsShowNoValue(t *testing.T) {
	secret := "Zzyzx"
	b := read(
		table(childHeader+",UPN", "7,"+secret+",Example,25/03/2017,01/02/2020,"+secret, "8,="+secret+",Example,25/03/2017,,", secret+",A,B,"+secret+",,"),
		table(contactsHead, "7,"+secret+",A,", "7,head,"+secret+","+secret+"@b,c", "9,head,"+secret+","),
		"{\"person_id\":\"7\",\"forename\":\""+secret+"\",\"date_of_birth\":[\""+secret+"\"]}\n{"+secret+"}",
	)
	if len(b.Rejects) < 6 {
		t.Fatalf("only %d rejects", len(b.Rejects))
	}
	for _, f := range append(b.Rejects, b.Warnings...) {
		if strings.Contains(fmt.Sprint(f), secret) {
			t.Errorf("%s:%d %s %s shows what the cell holds", f.File, f.Row, f.Column, f.Code)
		}
	}
}

func TestColumnsThatNoPEPNeedsAreNeverTaken(t *testing.T) {
	secret := "Zzyzx"
	header := "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB"
	b := read(
		table(childHeader+",NHS Number,Convicted,Mother", childRow+","+secret+","+secret+","+secret),
		table(header, "7,2,25/03/2017,WBRI,,"+secret+",01/01/2024"),
		table("CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN", "7,01/02/2020,S,C2,"+secret+",U4,"+secret+",,,"+secret+","+secret+","+secret+","+secret),
	)
	if strings.Contains(fmt.Sprintf("%+v", b), secret) {
		t.Error("the batch holds a value of a column that nobody asked for")
	}
	if diff := cmp.Diff([]string{"NHS Number", "Convicted", "Mother"}, b.Tables[0].Unknown); diff != "" {
		t.Errorf("unknown columns are listed once (-want +got):\n%s", diff)
	}
	if len(b.Tables[1].Unknown)+len(b.Tables[2].Unknown) != 0 || len(b.Rejects) != 0 {
		t.Errorf("the return's own columns are not unknown; rejects %v", told(b.Rejects))
	}
}

func TestRefusedRowsCountAsTargetsOfAChild(t *testing.T) {
	b := read(table(childHeader, childRow), table(targetsHead,
		"7,22/09/2025,1,=1", "7,22/09/2025,2,read", "7,22/09/2025,3,read", "7,22/09/2025,4,read", "7,22/09/2025,5,read", "8,22/09/2025,1,=1"))
	want := []string{"file2:2 Target formula", "file2:6 Target No too_many_targets", "file2:7 Target formula"}
	if diff := cmp.Diff(want, told(b.Rejects)); diff != "" || len(b.Targets) != 1 || len(b.Targets["7"]) != 3 {
		t.Errorf("%d targets of %d children, rejects (-want +got):\n%s", len(b.Targets["7"]), len(b.Targets), diff)
	}
}
