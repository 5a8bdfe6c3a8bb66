package typed_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/form/typed"
)

// theForm has one question of each kind that matters here.
func theForm() form.Form {
	return form.Form{ID: "small", Sections: []form.Section{{Fields: []form.Field{
		{Key: "set.line", Label: "One line", Kind: form.Text},
		{Key: "set.story", Label: "A story", Kind: form.LongText},
		{Key: "set.day", Label: "Which day", Kind: form.Date},
		{Key: "set.share", Label: "A share", Kind: form.Percent},
		{Key: "set.ok", Label: "All well?", Kind: form.YesNo},
		{Key: "set.help", Label: "Help", Kind: form.SeveralOf, Choices: []form.Choice{{Key: "reading", Label: "Reading"}, {Key: "music", Label: "Music"}}},
		{Key: "child.name", Label: "Name", Kind: form.Text, Locked: true},
		{Key: "targets", Label: "Targets", Kind: form.Table, MaxRows: 2, SpareRows: 2, Columns: []form.Field{
			{Key: "t.text", Label: "Target", Kind: form.Text}, {Key: "t.cost", Label: "Cost", Kind: form.Money},
		}},
		{Key: "subjects", Label: "Subjects", Kind: form.Table, FixedRows: []form.Choice{{Key: "maths", Label: "Maths"}, {Key: "art", Label: "Art"}}, Columns: []form.Field{
			{Key: "s.name", Label: "Subject", Kind: form.OneOf, Choices: []form.Choice{{Key: "maths"}, {Key: "art"}}}, {Key: "s.note", Label: "Note", Kind: form.Text},
		}},
	}}}}
}

func want() form.Values {
	return form.Values{
		Fields: map[string]string{"set.line": "Robin, Key", "set.story": "reads\nevery day", "set.day": "2026-03-17", "set.share": "96.5", "set.ok": "yes", "set.help": "reading; music"},
		Tables: map[string][]form.Row{
			"targets":  {{"t.text": "a book"}, {"t.cost": "1200.50"}},
			"subjects": {{"s.name": "maths"}, {"s.name": "art", "s.note": "draws"}},
		},
	}
}

func TestTheThreeFormatsSayTheSame(t *testing.T) {
	for name, text := range map[string]string{
		"lines": "# from paper\nset.line = Robin, Key\nset.story=reads\n every day\nset.day=17/03/2026\nset.share=96.5%\nset.ok=Yes\nset.help=music; Reading\n\n" +
			"targets[1].t.text=a book\ntargets[2].t.cost=£1,200.50\nsubjects[2].s.note=draws\n",
		"csv": "\uFEFFField,question,Answer\r\nset.line,One line,\"Robin, Key\"\r\nset.story,,\"reads\nevery day\"\r\nset.day,,17/03/2026\r\nset.share,,96.5\r\nset.ok,,y\r\n" +
			"set.help,,music;reading\r\ntargets[1].t.text,,a book\r\ntargets[1].t.cost,,\r\ntargets[2].t.cost,,1200.50\r\nsubjects[2].s.note,,draws\r\n",
		"json": `{"values":{"set.line":"Robin, Key","set.story":"reads\nevery day","set.day":"2026-03-17","set.share":96.5,"set.ok":true,"set.help":["music","reading"]},
 "tables":{"targets":[{"t.text":"a book"},{"t.cost":"1200.50"}],"subjects":[{},{"s.note":"draws"}]}}`,
		"flat json": `{"set.line":"Robin, Key","set.story":"reads\nevery day","set.day":"2026-03-17","set.share":"96.5","set.ok":"yes","set.help":"music; reading",
 "targets[1].t.text":"a book","targets[2].t.cost":"1200.50","subjects[2].s.note":"draws"}`,
	} {
		got, faults := typed.Read(theForm(), []byte(text))
		if diff := cmp.Diff(want(), got.Values); diff != "" || len(faults) > 0 {
			t.Errorf("%s: %v %s", name, faults, diff)
		}
	}
}

func TestEverythingThatDoesNotFitIsListedWithItsLineAndNoAnswer(t *testing.T) {
	text := "set.lime=Quillfeather\nset.day=Quillfeather\n\ntargets[3].t.text=Quillfeather\ntargets=Quillfeather\ntargets[1].t.texd=Quillfeather\n" +
		"child.name=Quillfeather\nset.ok=Quillfeather\nset.line=a\nset.line=b\njust words\nset.line[1].x=Quillfeather\nsubjects[1].s.name=maths\nnothing.like.it.at.all=1\n"
	_, faults := typed.Read(theForm(), []byte(text))
	var got []string
	for _, f := range faults {
		got = append(got, f.String())
	}
	slices.Sort(got)
	wanted := []string{
		"line 1: set.lime: the form has no such field (did you mean set.line?)",
		"line 2: set.day: ", "line 4: targets[3].t.text: the table takes 2 rows", "line 5: targets: it is a table (name its row and column, as targets[1].t.cost)",
		"line 6: targets[1].t.texd: the table has no such column (did you mean targets[1].t.text?)",
		"line 7: child.name: it is printed on the form", "line 8: set.ok: neither yes nor no (yes or no)",
		"line 10: set.line: it was answered in line 9 already", "line 11: it is not of the kind field=answer", "line 12: set.line[1].x: it is no table",
		"line 13: subjects[1].s.name: it is printed on the form", "line 14: nothing.like.it.at.all: the form has no such field",
	}
	slices.Sort(wanted)
	if len(got) != len(wanted) {
		t.Fatalf("%d faults:\n%s", len(got), strings.Join(got, "\n"))
	}
	for i := range got {
		if !strings.HasPrefix(got[i], wanted[i]) || strings.Contains(got[i], "Quillfeather") {
			t.Errorf("%s\nwanted %s", got[i], wanted[i])
		}
	}
}

func TestWhatCannotBeReadSaysWhere(t *testing.T) {
	for text, wanted := range map[string]string{
		"":                             "there is no answer in it",
		"{\"set.line\": \"a\",\n oops": "line 2: it is not JSON from here on",
		"{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":1}}}}}": "line 1: more answers, or deeper ones",
		"{\"set.line\":\"a\"} {}":                   "line 1: there is more behind the answers",
		"field,answer\nset.line,\"a\nb":             "a quotation mark is missing",
		"field,answer\nset.line\n":                  "line 2: the row has too few cells",
		"set.line=\xff":                             "not in UTF-8",
	} {
		_, faults := typed.Read(theForm(), []byte(text))
		if len(faults) == 0 || !strings.Contains(faults[0].String(), wanted) {
			t.Errorf("%q: %v, wanted %s", text, faults, wanted)
		}
	}
	if _, faults := typed.Read(theForm(), []byte(strings.Repeat("x", typed.MaxBytes+1))); len(faults) != 1 {
		t.Errorf("%v", faults)
	}
}

func TestTheBlankNamesEveryFieldThatIsAskedAndReadsBackAsEmpty(t *testing.T) {
	blank := typed.Blank(theForm(), func(key string) bool { return key != "set.share" })
	text := string(blank)
	for _, line := range []string{
		"field,answer,question,how", "set.line,,One line,", "set.ok,,All well?,yes or no", "targets[2].t.cost,,\"Targets, row 2: Cost\",pounds",
		"subjects[1].s.note,,\"Subjects, Maths: Note\",", "set.help,,Help,\"any of, parted by semicolons: reading, music\"",
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %s in\n%s", line, text)
		}
	}
	for _, none := range []string{"child.name", "set.share", "s.name"} {
		if strings.Contains(text, none) {
			t.Errorf("%s is not to be typed", none)
		}
	}
	if got, faults := typed.Read(theForm(), blank); len(faults) != 1 || len(got.Values.Fields) != 0 {
		t.Errorf("%v %v", got.Values, faults)
	}
}

// Whatever a text says, it comes back as it was typed, whichever way.
func TestAnyTextIsTakenWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		said := rapid.StringMatching(`[A-Za-z0-9,;="'{}#-]([A-Za-z0-9 ,;="'{}#-]{0,40}[A-Za-z0-9,;="'{}#-])?`).Draw(t, "said")
		quoted, _ := json.Marshal(map[string]string{"set.line": said})
		for _, text := range []string{"set.line=" + said, string(quoted), "field,answer\nset.line,\"" + strings.ReplaceAll(said, `"`, `""`) + "\"\n"} {
			got, faults := typed.Read(theForm(), []byte(text))
			if want := strings.Join(strings.Fields(said), " "); strings.Join(strings.Fields(got.Values.Fields["set.line"]), " ") != want || len(faults) > 0 {
				t.Fatalf("%s: %q %v", text, got.Values.Fields["set.line"], faults)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"set.line=a", `{"tables":{"targets":[{"t.text":"a"}]}}`, "field;answer\nset.ok;yes\n", `{"set.help":["music"`, "targets[99999999].t.text=a"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, faults := typed.Read(theForm(), data)
		for key := range got.Values.Fields {
			if field, ok := theForm().Field(key); !ok || field.Locked {
				t.Errorf("%q was taken", key)
			}
		}
		if len(got.Values.Tables["targets"]) > 2 || len(faults) > 200 {
			t.Errorf("%d rows, %d faults", len(got.Values.Tables["targets"]), len(faults))
		}
	})
}
