package rehearsal

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAReplyIsOpenedAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		file := File{
			Name: rapid.SampledFrom([]string{"PEP-7F3K-2Q.docx", "Formulár ž.docx", `a"b.docx`}).Draw(rt, "name"),
			Type: "application/octet-stream",
			Data: rapid.SliceOfN(rapid.Byte(), 0, 5000).Draw(rt, "data"),
		}
		text := rapid.StringMatching(`[a-zA-Z é=.,\n]{0,300}`).Draw(rt, "text")
		r := Reply{
			To:   Letter{From: "peps@democheshire.gov.uk", Subject: "PEP-7F3K-2Q – 5 January 2026", MessageID: "<d1@democheshire.gov.uk>"},
			From: "dt@wefton-ridge.democheshire.sch.uk", Name: "Zoë O’Neill", At: time.Date(2026, 1, 12, 16, 5, 0, 0, time.UTC),
			Text: text, File: file,
		}
		got, err := Opened(r.Bytes())
		if err != nil {
			rt.Fatal(err)
		}
		want := Letter{
			From: r.From, To: r.To.From, Subject: "RE: " + r.To.Subject, MessageID: got.MessageID,
			Text: got.Text, Files: []File{file},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Error(diff)
		}
		if lines := bytes.ReplaceAll([]byte(got.Text), []byte("\r\n"), []byte("\n")); string(lines) != text {
			rt.Errorf("the text came as %q, was %q", lines, text)
		}
		if !bytes.Equal(r.Bytes(), r.Bytes()) {
			rt.Error("a reply has two forms")
		}
	})
}

func TestTheFormOfALetterIsItsWordFile(t *testing.T) {
	l := Letter{Files: []File{{Name: "how-to.pdf"}, {Name: "PEP-7F3K-2Q.DOCX"}}}
	if f, found := l.Form(); !found || f.Name != "PEP-7F3K-2Q.DOCX" {
		t.Errorf("got %q, %t", f.Name, found)
	}
	if _, found := (Letter{Text: "a reminder"}).Form(); found {
		t.Error("a reminder has no form")
	}
}

func FuzzOpened(f *testing.F) {
	f.Add([]byte("From: a@b.example\r\n\r\nhello"))
	f.Add(Reply{From: "a@b.example", File: File{Name: "x.docx", Type: "text/plain", Data: []byte("x")}}.Bytes())
	f.Add([]byte("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n--a--\r\n"))
	f.Fuzz(func(t *testing.T, message []byte) {
		l, err := Opened(message)
		if err != nil && len(l.Files) > 0 {
			t.Error("a message that could not be opened gave files")
		}
	})
}
