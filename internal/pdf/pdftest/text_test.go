package pdftest_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/pdf"
	"github.com/pepost/pepost/internal/pdf/pdftest"
)

func TestTheWordsOfAFileAreReadBackLockedOrNot(t *testing.T) {
	w, err := pdf.New()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("Zoë Łukasz said (twice): “I like <art> \\ maths”. ", 200)
	file, err := w.Write(document.Document{Title: "Form", Blocks: []document.Block{document.Paragraph{Text: text}}})
	if err != nil {
		t.Fatal(err)
	}
	const phrase = "amber-canoe-lilac-otter"
	locked, err := pdf.Lock(file.Bytes, phrase, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func() (string, error){
		"open": func() (string, error) { return pdftest.Text(file.Bytes, "") }, "locked": func() (string, error) { return pdftest.Text(locked, phrase) },
	} {
		got, err := read()
		if n := strings.Count(got, "Zoë Łukasz said (twice): “I like <art> \\ maths”."); err != nil || n != 200 {
			t.Errorf("%s: %d of 200 sentences, %v", name, n, err)
		}
	}
	if pdftest.Locked(file.Bytes) || !pdftest.Locked(locked) {
		t.Error("a locked file is not told from an open one")
	}
	if _, err := pdftest.Text(locked, "another-phrase"); err == nil {
		t.Error("a wrong passphrase opens it")
	}
}
