package receive_test

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/office"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/receive"
	"github.com/pepost/pepost/internal/word"
)

// theForm has two questions.
func theForm() form.Form {
	return form.Form{ID: "small", Title: "A form", Version: "v1", Sections: []form.Section{{Fields: []form.Field{
		{Key: "line", Label: "One line", Kind: form.Text}, {Key: "day", Label: "Which day", Kind: form.Date},
	}}}}
}

type library struct{}

// ByID knows one form.
func (library) ByID(id string) (form.Form, bool) { return theForm(), id == "small" }

func refOf(t testing.TB, serial uint32) pep.Ref {
	t.Helper()
	ref, err := pep.NewRef(pep.RefKey{7}, serial)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// filled is the form of one child with one answer.
func filled(t testing.TB, ref pep.Ref, answer string) []byte {
	t.Helper()
	doc := document.Document{Title: "A form", Ref: ref, FormID: "small", FormVersion: "v1", Purpose: document.BlankForm}
	for field := range theForm().Fields() {
		doc.Blocks = append(doc.Blocks, document.Answer{Key: field.Key, Label: field.Label, Kind: field.Kind})
	}
	blank, err := word.Write(doc)
	if err != nil {
		t.Fatal(err)
	}
	data, err := word.Fill(blank, form.Values{Fields: map[string]string{"line": answer}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const (
	phrase  = "one-two-three-four-five-six"
	teacher = "teacher@school.example"
	sentID  = "<d1@council.example>"
	carerID = "<d2@council.example>"
)

// protected is a form under the passphrase.
func protected(t testing.TB, plain []byte, passphrase string) []byte {
	t.Helper()
	data, err := office.Encrypt(plain, passphrase, rand.NewChaCha8([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// known has two children: the first one's form went to a teacher and a carer,
// the second one's to the same teacher.
func known(t testing.TB) receive.Known {
	one, two := refOf(t, 1), refOf(t, 2)
	sent := []receive.Sent{
		{Delivery: "d1", Ref: one, MessageID: sentID, To: pep.ParseAddress("Teacher@School.example"), Passphrase: phrase},
		{Delivery: "d2", Ref: one, MessageID: carerID, To: pep.ParseAddress("carer@mail.example")},
		{Delivery: "d3", Ref: two, MessageID: "<d3@council.example>", To: pep.ParseAddress(teacher)},
	}
	return receive.Known{
		Forms: library{},
		ByMessageID: func(id string) (receive.Sent, bool) {
			for _, s := range sent {
				if s.MessageID == id {
					return s, true
				}
			}
			return receive.Sent{}, false
		},
		ByEnvelopeID: func(id string) (receive.Sent, bool) { return signedBy(sent, id, ".envelope") },
		ByReturnPath: func(address string) (receive.Sent, bool) {
			local, found := strings.CutPrefix(address, "returns+")
			token, ours := strings.CutSuffix(local, "@council.example")
			if !found || !ours {
				return receive.Sent{}, false
			}
			return signedBy(sent, token, ".path")
		},
		ByRef: func(ref pep.Ref) []receive.Sent {
			var all []receive.Sent
			for _, s := range sent {
				if s.Ref == ref {
					all = append(all, s)
				}
			}
			return all
		},
		Values: func(ref pep.Ref) (form.Values, bool) {
			return form.Values{Fields: map[string]string{"line": "before"}}, ref == one
		},
	}
}

// signedBy finds what went out by an identifier with a signature behind it. That
// a signature is checked is the business of whoever answers.
func signedBy(sent []receive.Sent, token, signature string) (receive.Sent, bool) {
	id, ours := strings.CutSuffix(token, signature)
	for _, s := range sent {
		if ours && s.Delivery == id {
			return s, true
		}
	}
	return receive.Sent{}, false
}

// attachment is one file of a mail.
type attachment struct {
	name string
	kind string
	data []byte
	more string // further header lines
}

// mailOf is a message with a text and files. Lines of head replace the usual
// ones of the same name.
func mailOf(head []string, text string, files ...attachment) []byte {
	var b strings.Builder
	lines := []string{"From: A Teacher <" + teacher + ">", "To: returns@council.example", "Subject: The form", "Message-ID: <a@school.example>", "MIME-Version: 1.0"}
	for _, line := range lines {
		name, _, _ := strings.Cut(line, ":")
		if !hasField(head, name) {
			head = append(head, line)
		}
	}
	for _, line := range head {
		b.WriteString(line + "\r\n")
	}
	b.WriteString("Content-Type: multipart/mixed; boundary=\"bb\"\r\n\r\n--bb\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n")
	for _, f := range files {
		if f.kind == "" {
			f.kind = "application/octet-stream"
		}
		fmt.Fprintf(&b, "--bb\r\nContent-Type: %s\r\nContent-Transfer-Encoding: base64\r\n%s", f.kind, f.more)
		if f.name != "" {
			fmt.Fprintf(&b, "Content-Disposition: attachment; filename=\"%s\"\r\n", f.name)
		}
		b.WriteString("\r\n" + base64.StdEncoding.EncodeToString(f.data) + "\r\n")
	}
	b.WriteString("--bb--\r\n")
	return []byte(b.String())
}

func hasField(head []string, name string) bool {
	for _, line := range head {
		if strings.HasPrefix(strings.ToLower(line), strings.ToLower(name)+":") {
			return true
		}
	}
	return false
}

// codes are the reasons' codes in order.
func codes(r receive.Return) []receive.ReasonCode {
	var all []receive.ReasonCode
	for _, reason := range r.Reasons {
		all = append(all, reason.Code)
	}
	return all
}
