package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

// table is one table of a page.
type table struct {
	// ID names the caption, which says what the table shows.
	ID, Caption string
	Columns     []column
	Rows        [][]cell
	// Empty stands in place of a table without rows.
	Empty string
	// More leads to the rows that are not shown here.
	More link
}

type column struct {
	Head   string
	Number bool
}

// cell is one cell; Tag gives it the look of a state, Bar a length in
// hundredths of the longest; a Short one is not broken into lines.
type cell struct {
	Text, Href    string
	Tag           tag
	Number, Short bool
	Bar           int
}

// tag is how a state looks; the word always stands in it, so that nothing
// hangs on colour.
type tag string

const (
	noTag    tag = ""
	goodTag  tag = "good"
	waitTag  tag = "wait"
	heldTag  tag = "held"
	badTag   tag = "bad"
	doubtTag tag = "doubt"
	quietTag tag = "quiet"
)

func tagOf(s outbox.State) tag {
	switch s {
	case outbox.Accepted, outbox.Delivered, outbox.Posted:
		return goodTag
	case outbox.Held:
		return heldTag
	case outbox.Refused, outbox.Bounced:
		return badTag
	case outbox.Uncertain:
		return doubtTag
	case outbox.Cancelled:
		return quietTag
	case outbox.Drafted, outbox.Approved, outbox.Sending, outbox.Deferred:
		return waitTag
	}
	return noTag
}

func words(text string) cell { return cell{Text: text} }

func short(text string) cell { return cell{Text: text, Short: true} }

func count(n int) cell { return cell{Text: strconv.Itoa(n), Number: true} }

func state(s outbox.State) cell { return cell{Text: capital(string(s)), Tag: tagOf(s)} }

func shortDay(d pep.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.Time().Format("2 Jan 2006")
}

func longDay(d pep.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.Long()
}

func (s *Site) moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	zone := s.result.Zone
	if zone == nil {
		zone = time.UTC
	}
	return at.In(zone).Format("2 Jan 2006, 15:04")
}

// capital gives an English phrase its first capital.
func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// share is n in hundredths of the most.
func share(n, most int) int {
	if most <= 0 {
		return 0
	}
	return n * 100 / most
}

// termName is a term as a heading: Spring term 2025/26.
func termName(t pep.Term) string {
	if t.Name == "" {
		return "The term"
	}
	return capital(string(t.Name)) + " term " + t.AcademicYear()
}
