package pdf

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"github.com/pepost/pepost/internal/document"
)

// settings are given whole: the library's own would be read from a folder of
// the user.
func settings(passphrase string) *model.Configuration {
	return &model.Configuration{
		Reader15: true, ValidationMode: model.ValidationRelaxed, Eol: "\n", UserPW: passphrase, Offline: true, Limits: model.DefaultResourceLimits(),
	}
}

// revision6 looks for the entries of the encryption dictionary that readers go
// by; the dictionary itself is never compressed or encrypted.
func revision6(locked []byte) bool {
	for _, entry := range []string{"/Encrypt", "/V 5", "/R 6", "/AESV3"} {
		if !bytes.Contains(locked, []byte(entry)) {
			return false
		}
	}
	return true
}

const phrase = "amber-canoe-lilac-otter-quilt-saddle"

func TestLockedFileOpensWithThePassphraseAlone(t *testing.T) {
	plain := write(t, writer(t), statutory(document.FinalCopy, 4))
	locked, err := Lock(plain.Bytes, phrase, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	want := open(t, plain.Bytes, "").pageTexts(t)
	if diff := cmp.Diff(pageWords(want[0]), pageWords(open(t, locked, phrase).pageTexts(t)[0])); diff != "" {
		t.Errorf("the opened file says something else:\n%s", diff)
	}
	for _, wrong := range []string{"", "amber-canoe-lilac-otter-quilt-sadle", strings.ToUpper(phrase)} {
		if _, err := api.ReadAndValidate(bytes.NewReader(locked), settings(wrong)); err == nil {
			t.Errorf("a wrong passphrase of %d bytes opens it", len(wrong))
		}
	}
}

func TestLockedFileShowsNothingInClear(t *testing.T) {
	doc := statutory(document.FinalCopy, 4)
	plain := write(t, writer(t), doc).Bytes
	locked, err := Lock(plain, phrase, rand.Reader)
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
	again, err := Lock(plain, phrase, rand.Reader)
	if err != nil || bytes.Equal(locked, again) {
		t.Errorf("two locks of one file are the same, or: %v", err)
	}
}

func TestTheSameRandomnessGivesTheSameLock(t *testing.T) {
	plain := write(t, writer(t), statutory(document.FinalCopy, 4)).Bytes
	first, err := Lock(plain, phrase, constant('a'))
	if err != nil {
		t.Fatal(err)
	}
	second, err := Lock(plain, phrase, constant('a'))
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("two locks from one stream differ, or: %v", err)
	}
	if other, err := Lock(plain, phrase, constant('b')); err != nil || bytes.Equal(first, other) {
		t.Errorf("another stream gives the same, or: %v", err)
	}
	if _, err := Lock(plain, phrase, strings.NewReader("too short a stream")); err == nil {
		t.Error("locked although the randomness ran out")
	}
}

// constant is a stream that stands for a source of randomness.
type constant byte

func (c constant) Read(to []byte) (int, error) {
	for i := range to {
		to[i] = byte(c)
	}
	return len(to), nil
}

func TestAPassphraseIsTakenAsReadersPrepareIt(t *testing.T) {
	plain := write(t, writer(t), statutory(document.FinalCopy, 4)).Bytes
	const composed, decomposed = "caf\u00e9-caf\u00e9-caf\u00e9", "cafe\u0301-cafe\u0301-cafe\u0301"
	one, err := Lock(plain, composed, constant('a'))
	if err != nil {
		t.Fatal(err)
	}
	if other, err := Lock(plain, decomposed, constant('a')); err != nil || !bytes.Equal(one, other) {
		t.Errorf("one passphrase typed in two ways gives two locks, or: %v", err)
	}
}

func FuzzLock(f *testing.F) {
	w, err := New()
	if err != nil {
		f.Fatal(err)
	}
	plain, err := w.Write(document.Document{Title: "Form"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plain.Bytes)
	f.Add([]byte("%PDF-1.7\n%\nstartxref\n9\n%%EOF\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		locked, err := Lock(data, phrase, constant('a'))
		if (err == nil) == (locked == nil) {
			t.Errorf("%d bytes and %v", len(locked), err)
		}
	})
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
		_, err := Lock(plain, test.passphrase, rand.Reader)
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
		if locked, err := Lock([]byte(data), phrase, rand.Reader); err == nil {
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
		if _, err := Lock(plain, phrase, rand.Reader); err != nil {
			b.Fatal(err)
		}
	}
}
