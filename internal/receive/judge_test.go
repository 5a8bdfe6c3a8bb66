package receive_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/receive"
)

func TestAFilledFormFromWhereItWentIsAReturn(t *testing.T) {
	one := refOf(t, 1)
	plain := filled(t, one, "after")
	cases := map[string][]byte{
		"by the form alone":           mailOf(nil, "Here it is", attachment{name: "form.docx", data: plain}),
		"by subject and form":         mailOf([]string{"Subject: RE: " + string(one) + " by 17/03/2026"}, "", attachment{name: "form.docx", data: plain}),
		"I05 by the message answered": mailOf([]string{"In-Reply-To: " + sentID, "References: <x@y.example> " + sentID}, "", attachment{name: "f.docx", data: plain}),
		"by the file's name":          mailOf(nil, "", attachment{name: strings.ReplaceAll(string(one), "-", "_") + " (1).docx", data: plain}),
		"protected":                   mailOf([]string{"Subject: " + string(one)}, "", attachment{name: "f.docx", data: protected(t, plain, phrase)}),
		"without a name":              mailOf(nil, "", attachment{data: plain, kind: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}),
		"in capital letters":          mailOf([]string{"From: TEACHER@SCHOOL.EXAMPLE"}, "", attachment{name: "F.DOCX", data: plain}),
	}
	for name, data := range cases {
		t.Run(name, func(t *testing.T) {
			got := receive.Judge(data, known(t))
			if got.Verdict != receive.Filled || len(got.Reasons) > 0 || got.Ref != one || got.Delivery != "d1" {
				t.Fatalf("%s, %v, %s, delivery %q", got.Verdict, got.Reasons, got.Ref, got.Delivery)
			}
			if got.File.Reading.Values.Fields["line"] != "after" || !bytes.Equal(got.File.Document, plain) || got.File.Protected != (name == "protected") {
				t.Errorf("the form was not opened as it is")
			}
			if diff := cmp.Diff([]form.Change{{Field: "line", Was: "before", Now: "after"}}, got.File.Changed); diff != "" {
				t.Error(diff)
			}
			if got.MessageID != "<a@school.example>" || len(got.SHA256) != 64 {
				t.Errorf("message %q, digest %q", got.MessageID, got.SHA256)
			}
		})
	}
}

func TestPicturesInTheTextAreNoAttachments(t *testing.T) {
	logo := attachment{kind: "image/png", data: []byte("x"), more: "Content-ID: <logo>\r\nContent-Disposition: inline; filename=\"logo.png\"\r\n"}
	got := receive.Judge(mailOf(nil, "", attachment{name: "f.docx", data: filled(t, refOf(t, 1), "x")}, logo), known(t))
	if got.Verdict != receive.Filled || len(got.Others) > 0 {
		t.Errorf("%s, %v, others %v", got.Verdict, got.Reasons, got.Others)
	}
}

func TestWhatIsNotCertainGoesBeforeAPerson(t *testing.T) {
	one, two := refOf(t, 1), refOf(t, 2)
	plain := attachment{name: "form.docx", data: filled(t, one, "after")}
	stranger := filled(t, refOf(t, 99), "x")
	mistyped := string(one[:len(one)-1]) + "0"
	if mistyped == string(one) {
		mistyped = string(one[:len(one)-1]) + "1"
	}
	subject := func(text string) []string { return []string{"Subject: " + text} }
	type list = []receive.ReasonCode
	cases := []struct {
		name string
		data []byte
		want list
	}{
		{"nothing attached", mailOf(subject(string(one)), "We are working on it"), list{receive.NoForm}},
		{"two forms", mailOf(subject(string(one)), "", plain, plain), list{receive.SeveralForms}},
		{"a scan", mailOf(subject(string(one)), "", attachment{name: "scan.pdf", data: []byte("%PDF-1.7")}), list{receive.NoForm, receive.OtherFile}},
		{"a form and a scan", mailOf(nil, "", plain, attachment{name: "scan.pdf", data: []byte("%PDF-1.7")}), list{receive.OtherFile}},
		{"another passphrase", mailOf(subject(string(one)), "", attachment{name: "f.docx", data: protected(t, plain.data, "something-else")}), list{receive.Unopened}},
		{"a passphrase of nobody known", mailOf(nil, "", attachment{name: "f.docx", data: protected(t, plain.data, phrase)}), list{receive.Unopened, receive.NoReference}},
		{"a file that is none", mailOf(subject(string(one)), "", attachment{name: "form.docx", data: []byte("MZ")}), list{receive.RefusedFile}},
		{"an old Word file", mailOf(subject(string(one)), "", attachment{name: "form.doc", data: []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old")}), list{receive.RefusedFile}},
		{"subject of one child, form of another", mailOf(subject(string(two)), "", plain), list{receive.References}},
		{"I06 an answer about one child with the form of another", mailOf([]string{"In-Reply-To: <d3@council.example>"}, "", plain), list{receive.References}},
		{"a mistyped reference", mailOf(subject(mistyped), "", plain), list{receive.Mistyped}},
		{"no reference at all", mailOf(nil, "Hello"), list{receive.NoForm, receive.NoReference}},
		{"a child we sent nothing for", mailOf(nil, "", attachment{name: "f.docx", data: stranger}), list{receive.UnknownReference}},
		{"another sender", mailOf([]string{"From: other@school.example"}, "", plain), list{receive.OtherSender}},
		{"two senders", mailOf([]string{"From: " + teacher + ", b@school.example"}, "", plain), list{receive.OtherSender}},
		{"no sender", mailOf([]string{"From: "}, "", plain), list{receive.OtherSender}},
		{"an automatic mail with a form", mailOf([]string{"Auto-Submitted: auto-generated"}, "", plain), list{receive.AutomaticForm}},
		{"a forwarded form", mailOf(nil, "", attachment{kind: "message/rfc822", data: mailOf(nil, "", plain)}), nil},
		{"our own message", mailOf([]string{"Message-ID: " + sentID}, "", plain), list{receive.OwnMessage}},
		{"winmail.dat", mailOf(subject(string(one)), "", attachment{name: "winmail.dat", kind: "application/ms-tnef", data: []byte("x")}), list{receive.NoForm, receive.Unopened}},
		{"an encrypted message", mailOf(subject(string(one)), "", attachment{name: "smime.p7m", kind: "application/pkcs7-mime", data: []byte("x")}), list{receive.NoForm, receive.Unopened}},
		{"no mail at all", []byte("Dear Sirs"), list{receive.Malformed}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := receive.Judge(c.data, known(t))
			if got.Verdict != receive.ForPerson || (c.want != nil && !slices.Equal(codes(got), c.want)) {
				t.Errorf("%s for %v, want %v", got.Verdict, got.Reasons, c.want)
			}
		})
	}
}

func TestAForwardedFormIsFoundAndDoubted(t *testing.T) {
	inner := mailOf(nil, "", attachment{name: "f.docx", data: filled(t, refOf(t, 1), "x")})
	outer := "From: " + teacher + "\r\nSubject: Fwd\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=oo\r\n\r\n" +
		"--oo\r\nContent-Type: message/rfc822\r\n\r\n" + string(inner) + "\r\n--oo--\r\n"
	got := receive.Judge([]byte(outer), known(t))
	if got.Verdict != receive.ForPerson || !slices.Equal(codes(got), []receive.ReasonCode{receive.Forwarded}) || got.File == nil {
		t.Errorf("%s for %v", got.Verdict, got.Reasons)
	}
}

func TestAnUnreadableAnswerIsForAPerson(t *testing.T) {
	one := refOf(t, 1)
	got := receive.Judge(mailOf(nil, "", attachment{name: "f.docx", data: undated(t, filled(t, one, "x"))}), known(t))
	if got.Verdict != receive.ForPerson || !slices.Equal(codes(got), []receive.ReasonCode{receive.Doubtful}) || got.Ref != one {
		t.Errorf("%s for %v", got.Verdict, got.Reasons)
	}
}

func TestTheTextMaySuggestButNotDecide(t *testing.T) {
	one := refOf(t, 1)
	got := receive.Judge(mailOf(nil, "About "+string(one)+": we need another week"), known(t))
	if got.Verdict != receive.ForPerson || got.Ref != one || !strings.Contains(got.Text, "another week") {
		t.Errorf("%s, %s, %q", got.Verdict, got.Ref, got.Text)
	}
}

func TestI14FileNamesOnlyMeetTheEye(t *testing.T) {
	got := receive.Judge(mailOf(nil, "", attachment{name: "../../x" + "\u202E" + "cod.exe", data: []byte("MZ")}), known(t))
	if diff := cmp.Diff([]string{"xcod.exe"}, got.Others); diff != "" {
		t.Error(diff)
	}
}

func TestI14HeadersInOldCharacterSetsAreRead(t *testing.T) {
	one := string(refOf(t, 1))
	head := []string{"Subject: =?iso-8859-1?Q?R=E9ponse_" + strings.ReplaceAll(one, "-", "=2D") + "?="}
	if got := receive.Judge(mailOf(head, ""), known(t)); string(got.Ref) != one {
		t.Errorf("the subject's reference is %q", got.Ref)
	}
}

func TestAFileHandedInNeedsNoSender(t *testing.T) {
	one := refOf(t, 1)
	got := receive.JudgeFile("anything.docx", filled(t, one, "after"), known(t))
	if got.Verdict != receive.Filled || got.Ref != one || len(got.File.Changed) != 1 {
		t.Errorf("%s, %v, %s", got.Verdict, got.Reasons, got.Ref)
	}
	for name, want := range map[string]receive.ReasonCode{
		string(refOf(t, 2)) + ".docx": receive.References,
		"PEP-0000-01.docx":            receive.Mistyped,
	} {
		if got := receive.JudgeFile(name, filled(t, one, "after"), known(t)); got.Verdict != receive.ForPerson || codes(got)[0] != want {
			t.Errorf("%s: %s for %v", name, got.Verdict, got.Reasons)
		}
	}
	if got := receive.JudgeFile(string(one)+".docx", protected(t, filled(t, one, "x"), phrase), known(t)); got.Verdict != receive.Filled {
		t.Errorf("a protected file: %s for %v", got.Verdict, got.Reasons)
	}
}
