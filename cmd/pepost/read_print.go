package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/word"
)

// printReading tells an officer what a form says: how sure the reading is, what
// changed, what cannot be read, what is still needed, and what to look at.
func (p *program) printReading(f form.Form, out readJSON, r pipeline.ReadForm) {
	p.say("%s: %s, form %s", out.File, orNone(string(out.Ref), "no reference"), out.Form)
	p.say("%s (confidence %.2f)", word.Sure(out.Confidence), out.Confidence)
	if len(out.Changed) > 0 {
		p.say("changed since it left: %d", len(out.Changed))
	}
	for _, c := range out.Changed {
		p.say("  %s: was %s, now %s", labelled(f, c.Field), quoted(c.Was), quoted(c.Now))
	}
	if len(out.Unreadable) > 0 {
		p.say("cannot be read, to be entered by hand: %d", len(out.Unreadable))
	}
	for _, key := range out.Unreadable {
		p.say("  %s: %s", labelled(f, key), writtenAs(out.AsWritten[key], reasonFor(key, r.Reading.Problems)))
	}
	if len(out.Missing) > 0 {
		p.say("still needed before the plan is final: %d", len(out.Missing))
	}
	for _, key := range out.Missing {
		p.say("  %s", labelled(f, key))
	}
	p.printOddities(f, out, r)
}

// printOddities lists what is odd about answers that were read, and remarks.
func (p *program) printOddities(f form.Form, out readJSON, r pipeline.ReadForm) {
	unread := map[string]bool{}
	for _, key := range out.Unreadable {
		unread[key] = true
	}
	var lines []string
	for _, problem := range r.Reading.Problems {
		if !unread[problem.Field] {
			lines = append(lines, labelled(f, problem.Field)+": "+problem.Detail)
		}
	}
	for _, fault := range r.Faults {
		lines = append(lines, labelled(f, fault.Field)+": the form does not take the answer: "+fault.Reason)
	}
	if len(lines) > 0 {
		p.say("to be looked at: %d", len(lines))
	}
	for _, line := range lines {
		p.say("  %s", line)
	}
	if len(out.Comments) > 0 {
		p.say("remarks in the margin: %d", len(out.Comments))
	}
	for _, c := range out.Comments {
		p.say("  %s, at %s: %s", orNone(c.Author, "somebody"), labelled(f, c.Field), quoted(c.Text))
	}
}

// say prints one line, without what could move a screen's cursor.
func (p *program) say(format string, args ...any) {
	fmt.Fprintln(p.stdout, onScreen(fmt.Sprintf(format, args...)))
}

// labelled is what the form asks, with the key by which it is known.
func labelled(f form.Form, key string) string {
	if key == "" {
		return "the form"
	}
	table, row, column := form.SplitKey(key)
	field, known := f.Field(table)
	if !known {
		return key
	}
	words := field.Label
	if row > 0 {
		words += " " + strconv.Itoa(row)
	}
	for _, c := range field.Columns {
		if c.Key == column {
			words += ", " + c.Label
		}
	}
	return words + " (" + key + ")"
}

// reasonFor is why an answer could not be read.
func reasonFor(key string, problems []word.Problem) string {
	for _, problem := range problems {
		if problem.Field == key {
			return problem.Detail
		}
	}
	return "it could not be read"
}

func writtenAs(text, reason string) string {
	if text == "" {
		return reason
	}
	return reason + "; written is " + quoted(text)
}

// quoted is an answer on one line.
func quoted(text string) string {
	if text == "" {
		return "empty"
	}
	return "“" + strings.ReplaceAll(text, "\n", " / ") + "”"
}

func orNone(text, none string) string {
	if text == "" {
		return none
	}
	return text
}
