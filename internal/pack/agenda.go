package pack

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of an agenda file.
const (
	maxAgendaBytes = 32 << 10
	maxItems       = 40
	maxItemText    = 200 // characters
	maxMinutes     = 240
)

// Item is one point of the agenda.
type Item struct {
	What string
	// Lead is who leads it, in words.
	Lead    string
	Minutes int
	// Needs are keys of which the pack must have one; none means always.
	Needs []string
}

// Agenda is what a meeting talks about, in order.
type Agenda []Item

// AgendaError is one line of an agenda file that cannot be used.
type AgendaError struct {
	Line  int // from 1; 0 for the file as a whole
	Fault string
}

// Error names the line, what is wrong with it and what it should be.
func (e *AgendaError) Error() string {
	if e.Line == 0 {
		return e.Fault
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Fault)
}

// ReadAgenda reads an agenda file: one item a line, `what | who leads |
// minutes | keys`, the last part optional; lines that begin with # and empty
// ones are left out. All faults are given, each an [AgendaError].
func ReadAgenda(data []byte) (Agenda, []error) {
	if len(data) > maxAgendaBytes || !utf8.Valid(data) {
		return nil, []error{&AgendaError{Fault: "the agenda is larger than 32 KiB or not UTF-8; save it as plain UTF-8 text"}}
	}
	var agenda Agenda
	var faults []error
	for i, text := range strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n") {
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		item, fault := readItem(text)
		if fault != "" {
			faults = append(faults, &AgendaError{Line: i + 1, Fault: fault})
			continue
		}
		agenda = append(agenda, item)
	}
	switch {
	case len(agenda) == 0 && len(faults) == 0:
		faults = append(faults, &AgendaError{Fault: "the agenda has no item; write one line an item: what | who leads | minutes"})
	case len(agenda) > maxItems:
		faults = append(faults, &AgendaError{Fault: fmt.Sprintf("the agenda has more than %d items", maxItems)})
	}
	return agenda, faults
}

// readItem reads one line; the fault says what to write instead.
func readItem(text string) (item Item, fault string) {
	parts := strings.Split(text, "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	if len(parts) < 3 || len(parts) > 4 || parts[0] == "" {
		return item, "an item is: what is talked about | who leads | minutes, and perhaps | keys"
	}
	if utf8.RuneCountInString(parts[0]) > maxItemText || utf8.RuneCountInString(parts[1]) > maxItemText {
		return item, fmt.Sprintf("an item has at most %d characters a part", maxItemText)
	}
	minutes, err := strconv.Atoi(parts[2])
	if err != nil || minutes < 0 || minutes > maxMinutes {
		return item, fmt.Sprintf("the minutes are a whole number from 0 to %d", maxMinutes)
	}
	item = Item{What: parts[0], Lead: parts[1], Minutes: minutes}
	if len(parts) == 4 {
		item.Needs = strings.FieldsFunc(parts[3], func(r rune) bool { return r == ',' || r == ' ' })
	}
	return item, ""
}

// Minutes is how long the whole agenda takes.
func (a Agenda) Minutes() int {
	sum := 0
	for _, item := range a {
		sum += item.Minutes
	}
	return sum
}

// of keeps the items for which the pack has something.
func (a Agenda) of(has func(key string) bool) Agenda {
	var out Agenda
	for _, item := range a {
		stands := len(item.Needs) == 0
		for _, key := range item.Needs {
			stands = stands || has(key)
		}
		if stands {
			out = append(out, item)
		}
	}
	return out
}
