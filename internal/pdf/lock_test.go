package pdf

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pdfcpu/pdfcpu/pkg/api"

	"github.com/pepost/pepost/internal/document"
)

const phrase = "amber-canoe-lilac-otter-quilt-saddle"

func TestLockedFileOpensWithThePassphraseAlone(t *testing.T) {
	plain := write(t, writer(t), statutory(document.FinalCopy, 4))
	locked, err := Lock(plain.Bytes, phrase)
	if err != nil {
		t.Fatal(err)
	}
	want := open(t, plain.Bytes, "").pageTexts(t)
	if diff := cmp.Diff(pageWords(want[0]), pageWords(open(t, locked, phrase).pageTexts(t)[0])); diff != "" {
		t.Errorf("the opened file says something else:\n%s", diff)
	}
	for _, wrong := range []string{"", "amber-canoe-lilac-otter-quilt-sadle", strings.ToUpper(phrase)} {
		if _, err := api.ReadAndValidate(bytes.NewReader(locked), settings(wrong, "")); err == nil {
			t.Errorf("a wrong passphrase of %d bytes opens it", len(wrong))
		}
	}
}

func TestLockedFileShowsNothingInClear(t *testing.T) {
	doc := statutory(document.FinalCopy, 4)
	plain := write(t, writer(t), doc).Bytes
	locked, err := Lock(plain, phrase)
	if err != nil {
		t.Fatal(err)
	}
	if !revision6(locked) {
		t.Error("not AES-256, revision 6")
	}
	if revision6(plain) {
		t.Error("a file in clear passes for a locked one")
	}
	title := []byte(strings.Trim(textString(doc.Title), "<>"))
	if !bytes.Contains(plain, title) {
		t.Fatal("the test looks for the wrong bytes")
	}
	if bytes.Contains(locked, title) || bytes.Contains(locked, []byte(phrase)) {
		t.Error("title or passphrase stands in the locked file")
	}
	again, err := Lock(plain, phrase)
	if err != nil || bytes.Equal(locked, again) {
		t.Errorf("two locks of one file are the same, or: %v", err)
	}
}

func TestPassphraseOutOfBoundsIsRefusedWithoutRepeatingIt(t *testing.T) {
	plain := write(t, writer(t), document.Document{Title: "Form"}).Bytes
	for _, test := range []struct {
		passphrase string
		ok         bool
	}{
		{"", false},
		{"elevenchars", false},
		{"élévencharsé"[:len("élévenchars")], false},
		{"twelve-chars", true},
		{strings.Repeat("x", LongestPassphrase), true},
		{strings.Repeat("x", LongestPassphrase+1), false},
	} {
		_, err := Lock(plain, test.passphrase)
		var bounds *PassphraseError
		if got := !errors.As(err, &bounds); got != test.ok || got && err != nil {
			t.Errorf("%d bytes: %v", len(test.passphrase), err)
		}
		if err != nil && test.passphrase != "" && strings.Contains(err.Error(), test.passphrase) {
			t.Error("the error repeats the passphrase")
		}
	}
}

func TestWhatIsNoPDFIsNotLocked(t *testing.T) {
	for _, data := range []string{"", "%PDF-", "PK\x03\x04 a Word file", "%PDF-1.7\nnothing else\n%%EOF\n"} {
		if locked, err := Lock([]byte(data), phrase); err == nil {
			t.Errorf("%q gives %d bytes", data, len(locked))
		} else if strings.Contains(err.Error(), phrase) {
			t.Error("the error repeats the passphrase")
		}
	}
}

func BenchmarkLock(b *testing.B) {
	plain := write(b, writer(b), statutory(document.FinalCopy, 4)).Bytes
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Lock(plain, phrase); err != nil {
			b.Fatal(err)
		}
	}
}
