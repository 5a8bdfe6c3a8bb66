package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestNothingFromOutsideSteersTheTerminal(t *testing.T) {
	for from, want := range map[string]string{
		"\x1b[31mred\x07":      "\ufffd[31mred\ufffd",
		"\u009b31mC1":          "\ufffd31mC1",
		"\u202egnorw\u202c":    "\ufffdgnorw\ufffd",
		"a\rb\x7f":             "a\ufffdb\ufffd",
		"Zoë O'Neill-Łukasz 李": "Zoë O'Neill-Łukasz 李",
		"two\nlines":           "two\nlines",
	} {
		if got := onScreen(from); got != want {
			t.Errorf("%q is shown as %q, want %q", from, got, want)
		}
	}
}

func TestARowOfATableStaysOneLine(t *testing.T) {
	var out, errs bytes.Buffer
	p := &program{surroundings: surroundings{stdout: &out, stderr: &errs}}
	p.table([][]string{{"PEP-7F3K-2Q", "A\nPEP-0000-00\taccepted\x1b[2J", "end"}})
	if got := out.String(); strings.Count(got, "\n") != 1 || strings.Contains(got, "\x1b") {
		t.Errorf("a cell forges a row or steers the terminal: %q", got)
	}
	p.complain("unknown field \"\x1b]0;x\x07\"", "\u202ehint")
	p.note("%s", "\x1b[2J")
	if strings.ContainsAny(errs.String(), "\x1b\x07\u202e") {
		t.Errorf("a message steers the terminal: %q", errs.String())
	}
}
