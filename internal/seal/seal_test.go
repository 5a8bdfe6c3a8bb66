package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-message/mail"
	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/office"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

var update = flag.Bool("update", false, "write the golden files anew") // compared with by the tests of this package

// message is a message as another mail library reads it.
type message struct {
	header mail.Header
	text   string
	names  []string
	files  [][]byte
}

func read(tb testing.TB, data []byte) message {
	tb.Helper()
	r, err := mail.CreateReader(bytes.NewReader(data))
	if err != nil {
		tb.Fatal(err)
	}
	m := message{header: r.Header}
	for {
		part, err := r.NextPart()
		if err == io.EOF {
			return m
		}
		if err != nil {
			tb.Fatal(err)
		}
		body, err := io.ReadAll(part.Body)
		if err != nil {
			tb.Fatal(err)
		}
		switch h := part.Header.(type) {
		case *mail.InlineHeader:
			m.text += string(body)
		case *mail.AttachmentHeader:
			name, err := h.Filename()
			if err != nil {
				tb.Fatal(err)
			}
			m.names, m.files = append(m.names, name), append(m.files, body)
		}
	}
}

func TestMessagesAreKeptByteForByte(t *testing.T) {
	for name, p := range map[string]Parcel{
		"form-secure.eml":     sealed(t, letter.Form, bySecure()),
		"form-protected.eml":  sealed(t, letter.Form, byProtected()),
		"chase-neutral.eml":   sealed(t, letter.Chase, byProtected()),
		"final-protected.eml": sealed(t, letter.Final, byProtected()),
	} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, p.Bytes, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(p.Bytes)); diff != "" {
			t.Errorf("%s (-want +got, -update writes it anew):\n%s", name, diff)
		}
	}
}

func TestTheSameInputsGiveTheSameBytes(t *testing.T) {
	for _, d := range []route.Decision{bySecure(), byProtected()} {
		first, again := sealed(t, letter.Form, d), sealed(t, letter.Form, d)
		if diff := cmp.Diff(fmt.Sprintf("%q", first.Bytes), fmt.Sprintf("%q", again.Bytes)); diff != "" || first.Passphrase != again.Passphrase {
			t.Errorf("%s: %s", d.Method, diff)
		}
		other, err := Seal(d, contents(t, letter.Form, d, document()), envelope(recipient(d)), Secrets{Rand: strings.NewReader(strings.Repeat("other", 200))})
		if err != nil || other.SHA256 == first.SHA256 {
			t.Errorf("%s: other randomness gives the same message, or none: %v", d.Method, err)
		}
		sum := sha256.Sum256(first.Bytes)
		if first.SHA256 != hex.EncodeToString(sum[:]) || first.MessageID != envelope(toSchool()).MessageID {
			t.Errorf("%s: %s %s", d.Method, first.SHA256, first.MessageID)
		}
	}
}

// Without a key nothing but the two pairs is ever sealed.
func TestWithoutAKeyOnlyTwoDecisionsGiveBytes(t *testing.T) {
	for _, verdict := range append(route.Verdicts(), "", "Secure", "open") {
		for _, method := range append(route.Methods(), "", "TLS", "smtp") {
			for _, like := range []route.Decision{bySecure(), byProtected()} {
				d := like
				d.Verdict, d.Method = verdict, method
				p, err := Seal(d, contents(t, letter.Form, like, document()), envelope(recipient(like)), Secrets{Rand: fixedRandomness()})
				switch {
				case verdict == route.Secure && method == route.MethodTLS:
					if err != nil || p.Passphrase != "" {
						t.Errorf("%v", err)
					}
				case verdict == route.Encrypt && method == route.MethodProtectedDocument:
					// Words written for a secure address are refused here.
					var tells *letter.TellingError
					if like.Method == route.MethodTLS != errors.As(err, &tells) || (err == nil) == (p.Passphrase == "") {
						t.Errorf("%v", err)
					}
				default:
					var refused *NotSealedError
					if !errors.As(err, &refused) || p.Bytes != nil || p.Passphrase != "" {
						t.Errorf("%q by %q: %d bytes, %v", verdict, method, len(p.Bytes), err)
					}
				}
			}
		}
	}
	if p, err := Seal(route.Decision{}, letter.Contents{}, Envelope{}, Secrets{}); err == nil || p.Bytes != nil {
		t.Error("the zero decision gives bytes")
	}
}

func TestNothingInClearLeavesForAProtectedDocument(t *testing.T) {
	for _, kind := range letter.Kinds() {
		p := sealed(t, kind, byProtected())
		m := read(t, p.Bytes)
		for where, data := range map[string][]byte{"message": p.Bytes, "text": []byte(m.text), "files": bytes.Join(m.files, nil)} {
			for _, secret := range []string{sentinel, "Quillfeather", "Zebedee", "PK\x03\x04"} {
				if bytes.Contains(data, []byte(secret)) || bytes.Contains(data, utf16(secret)) {
					t.Errorf("%s: the %s has the document in clear", kind, where)
				}
			}
			if p.Passphrase != "" && bytes.Contains(bytes.ToLower(data), []byte(p.Passphrase)) {
				t.Errorf("%s: the %s has the passphrase", kind, where)
			}
		}
		if wantFile := kind != letter.Chase && kind != letter.Escalate; wantFile != (len(m.files) == 1) || wantFile != (p.Passphrase != "") {
			t.Errorf("%s: %d files", kind, len(m.files))
		}
	}
	// The same search finds the document where it may be read.
	if m := read(t, sealed(t, letter.Form, bySecure()).Bytes); !bytes.Contains(m.files[0], []byte(sentinel)) {
		t.Error("the search finds nothing anywhere")
	}
}

func utf16(text string) []byte {
	var wide []byte
	for _, b := range []byte(text) {
		wide = append(wide, b, 0)
	}
	return wide
}

func TestOnlyThePassphraseOpensTheDocument(t *testing.T) {
	p := sealed(t, letter.Form, byProtected())
	file := read(t, p.Bytes).files[0]
	if opened, err := office.Decrypt(file, p.Passphrase); err != nil || !bytes.Equal(opened, document()) {
		t.Errorf("%v", err)
	}
	words := strings.Split(p.Passphrase, "-")
	for _, wrong := range []string{
		"", strings.Join(words, " "), strings.ToUpper(p.Passphrase), strings.Join(words[1:], "-"), p.Passphrase + "-",
		strings.Join(append([]string{words[1], words[0]}, words[2:]...), "-"),
	} {
		if _, err := office.Decrypt(file, wrong); !errors.Is(err, office.ErrWrongPassphrase) {
			t.Errorf("another passphrase: %v", err)
		}
	}
}

func TestAnotherReaderFindsWhatWasMeant(t *testing.T) {
	for _, d := range []route.Decision{bySecure(), byProtected()} {
		p := sealed(t, letter.Form, d)
		c := contents(t, letter.Form, d, document())
		m := read(t, p.Bytes)
		subject, err := m.header.Subject()
		if err != nil || subject != c.Subject {
			t.Errorf("subject %q, %v", subject, err)
		}
		from, err := m.header.AddressList("From")
		if err != nil || len(from) != 1 || from[0].Name != c.SenderName || from[0].Address != p.From {
			t.Errorf("from %v, %v", from, err)
		}
		to, err := m.header.AddressList("To")
		if err != nil || len(to) != 1 || *to[0] != (mail.Address{Address: d.Canonical}) || p.To != d.Canonical {
			t.Errorf("to %v, %v", to, err)
		}
		if got := strings.ReplaceAll(m.text, "\r\n", "\n"); strings.TrimRight(got, "\n") != strings.TrimRight(c.Text, "\n") {
			t.Errorf("text: %s", cmp.Diff(c.Text, got))
		}
		if diff := cmp.Diff([]string{"PEP-7F3K-2Q-2026-02-24.docx"}, m.names); diff != "" {
			t.Error(diff)
		}
		for _, name := range []string{"Cc", "Bcc", "Reply-To", "Sender", "User-Agent", "X-Mailer", "Return-Path"} {
			if m.header.Has(name) {
				t.Errorf("the message has a %s", name)
			}
		}
		if m.header.Get("Auto-Submitted") != "auto-generated" {
			t.Error("the message does not say that a program made it")
		}
	}
}

func TestAnEnvelopeThatDoesNotFitIsRefused(t *testing.T) {
	good := envelope(toNursery())
	for name, change := range map[string]func(*Envelope){
		"another recipient":      func(e *Envelope) { e.To = toSchool() },
		"the same, another case": func(e *Envelope) { e.To = pep.ParseAddress("Brook.nursery@freemail.example") },
		"no recipient":           func(e *Envelope) { e.To = pep.Address{} },
		"two recipients":         func(e *Envelope) { e.To = pep.ParseAddress(toNursery().Raw() + ", b@evil.example") },
		"a look-alike":           func(e *Envelope) { e.To = pep.ParseAddress("brook.nursery@freemаil.example") },
		"an injected recipient":  func(e *Envelope) { e.To = pep.ParseAddress(toNursery().Raw() + "\r\nBcc: b@evil.example") },
		"no sender":              func(e *Envelope) { e.From = pep.Address{} },
		"no date":                func(e *Envelope) { e.Date = e.Date.AddDate(-3000, 0, 0) },
		"no identifier":          func(e *Envelope) { e.MessageID = "" },
		"a bare identifier":      func(e *Envelope) { e.MessageID = strings.Trim(good.MessageID, "<>") },
		"a foreign identifier":   func(e *Envelope) { e.MessageID = "<a@evil.example>" },
		"an injected identifier": func(e *Envelope) { e.MessageID = "<a\r\nBcc: b@evil.example@democheshire.gov.uk>" },
		"a spaced identifier":    func(e *Envelope) { e.MessageID = "<a b@democheshire.gov.uk>" },
		"an endless identifier":  func(e *Envelope) { e.MessageID = "<" + strings.Repeat("a", 129) + "@democheshire.gov.uk>" },
	} {
		e := good
		change(&e)
		p, err := Seal(byProtected(), contents(t, letter.Form, byProtected(), document()), e, Secrets{Rand: fixedRandomness()})
		var misfit *MismatchError
		if !errors.As(err, &misfit) || p.Bytes != nil {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "@") && strings.Contains(err.Error(), "example") {
			t.Errorf("%s: the error repeats an address: %v", name, err)
		}
	}
}

func TestContentsThatDoNotFitAreRefused(t *testing.T) {
	for name, change := range map[string]func(*letter.Contents){
		"an injected header":       func(c *letter.Contents) { c.Subject += "\r\nBcc: b@evil.example" },
		"an injected sender":       func(c *letter.Contents) { c.SenderName += "\nX: y" },
		"a hidden mark":            func(c *letter.Contents) { c.SenderName += "\u202e" },
		"an encoded word":          func(c *letter.Contents) { c.Subject = "=?utf-8?q?PEP?= PEP-7F3K-2Q" },
		"no subject":               func(c *letter.Contents) { c.Subject = " " },
		"an endless subject":       func(c *letter.Contents) { c.Subject += strings.Repeat("x", 201) },
		"no text":                  func(c *letter.Contents) { c.Text = "\n" },
		"a control character":      func(c *letter.Contents) { c.Text += "\x00" },
		"text that is not UTF-8":   func(c *letter.Contents) { c.Text += "\xff" },
		"no reference":             func(c *letter.Contents) { *c = letter.Contents{SenderName: "x", Subject: "x", Text: "x"} },
		"two references":           func(c *letter.Contents) { c.Text += "PEP-0000-01" },
		"a path as a name":         func(c *letter.Contents) { c.Attachments[0].Name = "../PEP-7F3K-2Q.docx" },
		"an injected name":         func(c *letter.Contents) { c.Attachments[0].Name = "a\r\nb.docx" },
		"a name of another kind":   func(c *letter.Contents) { c.Attachments[0].Name = "PEP-7F3K-2Q.pdf" },
		"an empty file":            func(c *letter.Contents) { c.Attachments[0].Data = nil },
		"a type that is no type":   func(c *letter.Contents) { c.Attachments[0].Type = "a/b\r\nBcc: x" },
		"a child's name in a file": func(c *letter.Contents) { c.Attachments[0].Name = "Pat Sample.docx" },
	} {
		for _, d := range []route.Decision{bySecure(), byProtected()} {
			c := contents(t, letter.Form, d, document())
			change(&c)
			p, err := Seal(d, c, envelope(recipient(d)), Secrets{Rand: fixedRandomness()})
			var misfit *MismatchError
			if !errors.As(err, &misfit) || p.Bytes != nil {
				t.Errorf("%s by %s: %v", name, d.Method, err)
			}
		}
	}
}

func TestWordsThatTellNeverGoToAnAddressThatIsNotSecure(t *testing.T) {
	for part, change := range map[letter.Part]func(*letter.Contents){
		letter.PartSenderName: func(c *letter.Contents) { c.SenderName = "Virtual School" },
		letter.PartSubject:    func(c *letter.Contents) { c.Subject = "PEP form PEP-7F3K-2Q" },
		letter.PartText:       func(c *letter.Contents) { c.Text += "looked\nafter" },
		letter.PartFileName:   func(c *letter.Contents) { c.Attachments[0].Name = "PEP-7F3K-2Q-PEP.docx" },
	} {
		c := contents(t, letter.Form, byProtected(), document())
		change(&c)
		p, err := Seal(byProtected(), c, envelope(toNursery()), Secrets{Rand: fixedRandomness()})
		var tells *letter.TellingError
		if !errors.As(err, &tells) || tells.Part != part || p.Bytes != nil {
			t.Errorf("%s: %v", part, err)
		}
	}
}

func TestWhatCannotBeLockedIsNotSealed(t *testing.T) {
	for _, d := range []route.Decision{bySecure(), byProtected()} {
		c := contents(t, letter.Final, d, document())
		c.Attachments[0].Name, c.Attachments[0].Type = "PEP-7F3K-2Q-2026-02-24.pdf", letter.PDF.MediaType()
		p, err := Seal(d, c, envelope(recipient(d)), Secrets{Rand: fixedRandomness()})
		if (err == nil) != (d.Method == route.MethodTLS) || (err == nil) != (p.Bytes != nil) {
			t.Errorf("%s: %v", d.Method, err)
		}
	}
}

// Randomness that ends early must never give a weaker message.
func TestRandomnessThatEndsGivesNoBytes(t *testing.T) {
	for _, d := range []route.Decision{bySecure(), byProtected()} {
		c := contents(t, letter.Form, d, document())
		enough := 0
		for n := range 400 {
			p, err := Seal(d, c, envelope(recipient(d)), Secrets{Rand: bytes.NewReader(make([]byte, n))})
			if (err == nil) != (p.Bytes != nil) || err == nil && enough == 0 && n < 16 {
				t.Fatalf("%s with %d bytes: %v", d.Method, n, err)
			}
			if err == nil {
				enough = n
				break
			}
		}
		if enough == 0 {
			t.Errorf("%s: never enough", d.Method)
		}
	}
	if p, err := Seal(bySecure(), contents(t, letter.Form, bySecure(), document()), envelope(toSchool()), Secrets{}); err == nil || p.Bytes != nil {
		t.Error("sealed without randomness")
	}
}

func TestEveryLineIsShortAndPlain(t *testing.T) {
	d := bySecure()
	c := contents(t, letter.Form, d, document())
	c.Text += strings.Repeat("é", 3000) + "\n.\n..\nFrom here\n" + strings.Repeat("x", 5000) + " \n\ttab\n"
	c.SenderName = strings.Repeat("Ünited ", 28) + "x"
	c.Subject = "PEP-7F3K-2Q " + strings.Repeat("long", 46)
	p, err := Seal(d, c, envelope(toSchool()), Secrets{Rand: fixedRandomness()})
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(p.Bytes), "\r\n") {
		if len(line) > maxLine || strings.ContainsAny(line, "\r\n\x00") || strings.ContainsFunc(line, func(r rune) bool { return r >= 0x80 }) {
			t.Errorf("line %d: %.80q", i+1, line)
		}
	}
	if got := strings.ReplaceAll(read(t, p.Bytes).text, "\r\n", "\n"); strings.TrimRight(got, "\n") != strings.TrimRight(c.Text, "\n") {
		t.Error("the text changed")
	}
}

func TestPrintingAParcelGivesNothingAway(t *testing.T) {
	p := sealed(t, letter.Form, byProtected())
	if text := fmt.Sprintf("%v %+v %#v %s", p, p, p, p); strings.Contains(text, p.Passphrase) || strings.Contains(text, p.To) {
		t.Errorf("%s", text)
	}
}
