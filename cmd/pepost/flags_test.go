package main

import (
	"bytes"
	"testing"
	"time"
)

func TestAWrongLogFlagIsWrongUsageWithEveryCommand(t *testing.T) {
	for _, args := range [][]string{
		{"version", "--log-level", "loud"}, {"version", "--log-format", "xml"}, {"calendar", "term", "2026-02-02", "--log-level", "loud"},
	} {
		var out, errs bytes.Buffer
		code := run(t.Context(), surroundings{args: args, stdout: &out, stderr: &errs, getenv: func(string) string { return "" }, wall: time.Now})
		if code != int(exitUsage) || out.Len() > 0 {
			t.Errorf("%v gives %d and prints %q", args, code, &out)
		}
	}
}
