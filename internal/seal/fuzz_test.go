package seal

import (
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// FuzzSeal: whatever stands in the parts, a message that is given out has one
// recipient, the headers it should have and the text it was given.
func FuzzSeal(f *testing.F) {
	f.Add("Council", "PEP-7F3K-2Q: form", "text\n", "PEP-7F3K-2Q.docx", "head@brook.democheshire.sch.uk", "a")
	f.Add("A \"B\" <c@d.example>", "PEP-7F3K-2Q  x\t\r\nBcc: a@b.example", ".\r\n.\n\n", "a;b=\"c\".docx", "a'b+c@x.example", "a.b-c_d")
	f.Add("=?utf-8?q?x?=", "PEP-7F3K-2Q "+strings.Repeat("é ", 90), strings.Repeat("=", 2000), "=?utf-8?b?eA==?=.docx", "a?b=c@x.example", "a\r\nTo: x")
	f.Add("Doe, J. (office)", "PEP-7F3K-2Q\u2028x", "--part", "x.pdf", "#&*@x.example", "")
	f.Fuzz(func(t *testing.T, sender, subject, text, name, to, id string) {
		address := pep.ParseAddress(to)
		d := route.Decision{Verdict: route.Secure, Method: route.MethodTLS, Canonical: address.Canonical()}
		e := envelope(address)
		e.MessageID = "<" + id + "@democheshire.gov.uk>"
		c := letter.Contents{SenderName: sender, Subject: subject, Text: text}
		c.Attachments = []letter.Attachment{{Name: name, Type: letter.Word.MediaType(), Data: document()}}
		p, err := Seal(d, c, e, Secrets{Rand: fixedRandomness()})
		if err != nil {
			if p.Bytes != nil {
				t.Fatal("an error with bytes")
			}
			return
		}
		head, _, _ := strings.Cut(string(p.Bytes), "\r\n\r\n")
		seen := 0
		for line := range strings.SplitSeq(head, "\r\n") {
			if !strings.HasPrefix(line, " ") {
				seen++
			}
		}
		if seen != 9 {
			t.Fatalf("%d headers:\n%s", seen, head)
		}
		m := read(t, p.Bytes)
		got, err := m.header.AddressList("To")
		if err != nil || len(got) != 1 || got[0].Address != address.Canonical() {
			t.Fatalf("to %v, %v", got, err)
		}
		if back := strings.ReplaceAll(m.text, "\r\n", "\n"); strings.TrimRight(back, "\n") != strings.TrimRight(text, "\n") {
			t.Fatalf("text %q became %q", text, back)
		}
		if len(m.names) != 1 || m.names[0] != name {
			t.Fatalf("file %q became %q", name, m.names)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	doc := []byte("PK\x03\x04" + strings.Repeat("a form of about ninety thousand bytes ", 2400))
	for _, d := range []route.Decision{bySecure(), byProtected()} {
		c := contents(b, letter.Form, d, doc)
		e, random := envelope(recipient(d)), fixedRandomness()
		b.Run(string(d.Method), func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				if _, err := Seal(d, c, e, Secrets{Rand: random}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "seals/s")
		})
	}
}
