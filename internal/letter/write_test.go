package letter

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

var update = flag.Bool("update", false, "write the golden files anew") // compared with by the tests of this package

func bySecure() route.Decision {
	return route.Decision{Verdict: route.Secure, Method: route.MethodTLS}
}

func byProtected() route.Decision {
	return route.Decision{Verdict: route.Encrypt, Method: route.MethodProtectedDocument}
}

func byOpenPGP() route.Decision {
	return route.Decision{Verdict: route.Encrypt, Method: route.MethodOpenPGP}
}

func input(kind Kind, d route.Decision) Input {
	return Input{
		Ref: "PEP-7F3K-2Q", Kind: kind, Decision: d,
		On: pep.MustDate("2026-02-24"), ReturnBy: pep.MustDate("2026-03-17"),
		Officer:  Officer{Name: "Ann Other", Telephone: "01632 960123", Mailbox: "peps@council.example"},
		Sender:   Sender{Authority: "Sample Council", VirtualSchool: "Sample Virtual School"},
		Document: []byte("PK the document"), Extension: Word, Role: pep.DesignatedTeacher,
	}
}

func shown(c Contents) string {
	var b strings.Builder
	fmt.Fprintf(&b, "From: %s\nSubject: %s\n", c.SenderName, c.Subject)
	for _, a := range c.Attachments {
		fmt.Fprintf(&b, "File: %s (%s, %d bytes)\n", a.Name, a.Type, len(a.Data))
	}
	return b.String() + "\n" + c.Text
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got, -update writes it anew):\n%s", name, diff)
	}
}

func TestEveryLetterReadsAsItIsKept(t *testing.T) {
	all := load(t)
	for what, name := range purposes() {
		d := bySecure()
		switch what.class {
		case secure:
		case neutral:
			d = byProtected()
		case sealed:
			d = byOpenPGP()
		case posted:
			d.Verdict, d.Method = route.Encrypt, route.MethodPost
		case gateway:
			d = route.Decision{Verdict: route.Encrypt, Method: route.MethodGateway, Relay: "egress"}
		}
		plain := input(what.kind, d)
		bare := plain
		bare.ReturnBy, bare.Officer, bare.Role, bare.Late, bare.Document = pep.Date{}, Officer{}, pep.FosterCarer, true, plain.Document
		for suffix, in := range map[string]Input{"": plain, "-bare-late": bare} {
			c, err := all.Write(in)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			golden(t, strings.TrimSuffix(name, ".txt")+suffix+".txt", shown(c))
		}
	}
}

func TestOnlyDecisionsThatPermitAMessageHaveALetter(t *testing.T) {
	all := load(t)
	for _, verdict := range append(route.Verdicts(), "", "secure ") {
		for _, method := range append(route.Methods(), "") {
			c, err := all.Write(input(Form, route.Decision{Verdict: verdict, Method: method}))
			permitted := verdict == route.Secure && method == route.MethodTLS ||
				verdict == route.Encrypt && (method == route.MethodProtectedDocument || method == route.MethodOpenPGP || method == route.MethodPost || method == route.MethodGateway)
			var undecided *UndecidedError
			if permitted != (err == nil) || !permitted && (!errors.As(err, &undecided) || c.Text != "" || c.Attachments != nil) {
				t.Errorf("%q by %q: %+v, %v", verdict, method, c, err)
			}
		}
	}
}

func TestAReminderOutsideCarriesNoDocumentAndAFormAlwaysDoes(t *testing.T) {
	all := load(t)
	without := func(in Input) Input { in.Document = nil; return in }
	for _, c := range []struct {
		in    Input
		files int
		fails bool
	}{
		{in: input(Chase, byProtected()), files: 0},
		{in: without(input(Chase, byProtected())), files: 0},
		{in: input(Chase, byOpenPGP()), files: 0},
		{in: input(Form, byOpenPGP()), files: 1},
		{in: input(Chase, bySecure()), files: 1},
		{in: without(input(Chase, bySecure())), files: 0},
		{in: input(Form, bySecure()), files: 1},
		{in: input(Final, byProtected()), files: 1},
		{in: without(input(Form, byProtected())), fails: true},
		{in: without(input(Final, bySecure())), fails: true},
	} {
		got, err := all.Write(c.in)
		if (err != nil) != c.fails || len(got.Attachments) != c.files {
			t.Errorf("%s by %s: %d files, %v", c.in.Kind, c.in.Decision.Method, len(got.Attachments), err)
		}
		if c.files == 1 && got.Attachments[0].Name != "PEP-7F3K-2Q-2026-02-24.docx" {
			t.Errorf("the file is called %s", got.Attachments[0].Name)
		}
	}
}

func TestWhatALetterCannotBeWrittenFromIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Input)
		field  string
	}{
		"no reference":      {func(in *Input) { in.Ref = "" }, "reference"},
		"a name for a ref":  {func(in *Input) { in.Ref = "Pat Sample" }, "reference"},
		"no day":            {func(in *Input) { in.On = pep.Date{} }, "day of sending"},
		"no authority":      {func(in *Input) { in.Sender.Authority = " " }, "authority"},
		"unknown file kind": {func(in *Input) { in.Extension = "exe" }, "document"},
		"unknown kind":      {func(in *Input) { in.Kind = "card" }, "kind"},
		"injected header":   {func(in *Input) { in.Sender.Authority = "A\r\nBcc: x@y.example" }, "authority"},
		"injected name":     {func(in *Input) { in.Officer.Name = "A\nB" }, "officer's name"},
		"turned-about text": {func(in *Input) { in.Officer.Telephone = "\u202e123" }, "officer's telephone"},
		"endless name":      {func(in *Input) { in.Sender.VirtualSchool = strings.Repeat("x", 201) }, "virtual school"},
	} {
		for _, d := range []route.Decision{bySecure(), byProtected()} {
			in := input(Form, d)
			c.change(&in)
			_, err := load(t).Write(in)
			var fault *InputError
			if !errors.As(err, &fault) || fault.Field != c.field {
				t.Errorf("%s: %v", name, err)
			}
			if err != nil && strings.Contains(err.Error(), "Pat Sample") {
				t.Errorf("%s: the error repeats the value: %v", name, err)
			}
		}
	}
}

// Whatever the office calls itself, nothing outside the document tells, and
// there is exactly one reference.
func TestNothingOutsideTheDocumentTells(t *testing.T) {
	all := load(t)
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringOfN(rapid.SampledFrom([]rune("aeLACpPEskt '-&.é")), 1, 20, -1)
		name := rapid.OneOf(words, rapid.SampledFrom([]string{"PEP team", "Virtual School", "Looked-after  children", "Ann Other", "pep's", "Cared\u00adFor", ""}))
		in := input(rapid.SampledFrom(Kinds()).Draw(t, "kind"), byProtected())
		in.Officer.Name = name.Draw(t, "officer")
		in.Sender.Authority = "The " + name.Draw(t, "authority")
		in.Sender.VirtualSchool = name.Draw(t, "virtual school")
		in.Late = rapid.Bool().Draw(t, "late")
		c, err := all.Write(in)
		var input *InputError
		if errors.As(err, &input) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, telling := range []string{"virtual school", "looked after", "looked-after", "cared for", "education", "peps@"} {
			if strings.Contains(strings.ToLower(shown(c)), telling) {
				t.Fatalf("it says %q:\n%s", telling, shown(c))
			}
		}
		if rest := strings.ReplaceAll(shown(c), string(in.Ref), ""); strings.Contains(rest, "PEP") && !strings.Contains(in.Officer.Name+in.Sender.Authority, "PEP") {
			t.Fatalf("it says PEP:\n%s", shown(c))
		}
		if refs := c.References(); len(refs) != 1 || refs[0] != in.Ref {
			t.Fatalf("references %v", refs)
		}
	})
}

func TestALetterOutsideTellsWhatToDo(t *testing.T) {
	c, err := load(t).Write(input(Form, byProtected()))
	if err != nil {
		t.Fatal(err)
	}
	for _, wanted := range []string{
		"LibreOffice Writer 7.4 opens it: we have tested that", "we have not tested it, nor any other program", "type the password", "same password", "Answer this mail", "write no names",
		"ring Ann Other on 01632 960123 and quote PEP-7F3K-2Q", "Tue 17 March 2026", "Tue 24 February 2026",
	} {
		if !strings.Contains(c.Text, wanted) {
			t.Errorf("the letter does not say %q", wanted)
		}
	}
}

// The letter says how the password comes, and never the password itself: there
// is no place for it.
func TestALetterOutsideSaysHowThePasswordComes(t *testing.T) {
	agreed, texted := input(Form, byProtected()), input(Form, byProtected())
	agreed.Agreed, texted.Texted = pep.MustDate("2026-01-12"), true
	for name, in := range map[string]Input{"form-protected-agreed.txt": agreed, "form-protected-texted.txt": texted} {
		c, err := load(t).Write(in)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, shown(c))
	}
	script, err := load(t).PhraseScript(Call{Name: "Ann Other", Telephone: "01632 960123", Role: pep.DesignatedTeacher, Authority: "Sample Council"})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "agree-script.txt", script)
}

func TestTheCallScriptKeepsToTheRegister(t *testing.T) {
	all := load(t)
	known, err := all.CallScript(Call{
		Ref: "PEP-7F3K-2Q", Sent: pep.MustDate("2026-02-24"), Name: "Ann Other", Telephone: "01632 960123",
		Role: pep.ReviewingOfficer, Authority: "Sample Council",
	})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "call-script.txt", known)
	unknown, err := all.CallScript(Call{Ref: "PEP-7F3K-2Q", Authority: "Sample Council"})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "call-script-bare.txt", unknown)
	if _, err := (Templates{}).CallScript(Call{}); err == nil {
		t.Error("templates that were not loaded give a script")
	}
	if _, err := (Templates{}).Write(input(Form, bySecure())); err == nil {
		t.Error("templates that were not loaded give a letter")
	}
}
