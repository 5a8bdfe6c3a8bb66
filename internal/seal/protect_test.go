package seal

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"

	blocks "github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/office"
	"github.com/pepost/pepost/internal/pdf"
)

// files are the attached files of a message, in order.
func files(t *testing.T, message []byte) [][]byte {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	_, all, err := bodies(m)
	if err != nil || len(all) == 0 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	return all
}

const agreedPhrase = "otter-maple-river-cobalt-anchor-lemon-violin"

func TestAnAgreedPhraseOpensTheDocumentAndStandsNowhereInTheMessage(t *testing.T) {
	d := byProtected()
	p, err := Seal(d, contents(t, letter.Form, d, document()), envelope(recipient(d)), Secrets{Rand: fixedRandomness(), Passphrase: agreedPhrase})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := office.Decrypt(files(t, p.Bytes)[0], agreedPhrase)
	if err != nil || !bytes.Equal(plain, document()) || p.Passphrase != agreedPhrase {
		t.Errorf("%v, opens with %v", err, p.Passphrase == agreedPhrase)
	}
	for word := range strings.SplitSeq(agreedPhrase, "-") {
		if bytes.Contains(p.Bytes, []byte(" "+word+" ")) {
			t.Error("the message hints at the phrase")
		}
	}
	if p, err := Seal(d, contents(t, letter.Form, d, document()), envelope(recipient(d)), Secrets{Rand: fixedRandomness(), Passphrase: "too-short"}); err == nil || p.Bytes != nil {
		t.Error("sealed with a weak phrase")
	}
}

func TestAPDFIsLockedUnderTheSamePassphraseAsAWordFile(t *testing.T) {
	writer, err := pdf.New()
	if err != nil {
		t.Fatal(err)
	}
	file, err := writer.Write(blocks.Document{Title: "Plan", Language: "en-GB", Ref: "PEP-7F3K-2Q", Blocks: []blocks.Block{blocks.Paragraph{Text: sentinel}}})
	if err != nil {
		t.Fatal(err)
	}
	d := byProtected()
	c := contents(t, letter.Final, d, document())
	c.Attachments = append(c.Attachments, letter.Attachment{Name: "PEP-7F3K-2Q-2026-02-24.pdf", Type: letter.PDF.MediaType(), Data: file.Bytes})
	for _, phrase := range []string{"", agreedPhrase} {
		p, err := Seal(d, c, envelope(recipient(d)), Secrets{Rand: fixedRandomness(), Passphrase: phrase})
		if err != nil {
			t.Fatal(err)
		}
		if phrase != "" && p.Passphrase != phrase || p.Passphrase == "" {
			t.Error("another passphrase than asked for")
		}
		if plain, err := office.Decrypt(files(t, p.Bytes)[0], p.Passphrase); err != nil || !bytes.Equal(plain, document()) {
			t.Errorf("the Word file: %v", err)
		}
		locked := files(t, p.Bytes)[1]
		if !bytes.HasPrefix(locked, []byte("%PDF-2.0")) || !bytes.Contains(locked, []byte("/R 6")) || bytes.Contains(locked, []byte("Zebedee")) {
			t.Error("the PDF is not locked by AES-256, revision 6")
		}
	}
	c.Attachments[1].Data = []byte("no PDF at all")
	if p, err := Seal(d, c, envelope(recipient(d)), Secrets{Rand: fixedRandomness()}); err == nil || p.Bytes != nil {
		t.Error("sealed what cannot be locked")
	}
}
