package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/report"
)

// deliveryBody is the page of one delivery.
type deliveryBody struct {
	Facts   []fact
	Reasons []string
	WhyNot  string
	Tables  []table
	Files   []link
	Others  link
}

// fact is one labelled value; Code marks what is compared letter by letter.
type fact struct {
	Label string
	Cell  cell
	Code  bool
}

func (s *Site) delivery(w http.ResponseWriter, r *http.Request) {
	row, known := s.rows[r.PathValue("id")]
	if !known {
		s.message(w, http.StatusNotFound, "Delivery not found", "No delivery of this term has that identifier.")
		return
	}
	title := capital(row.What()) + " of " + string(row.Ref)
	s.show(w, http.StatusOK, deliveryPage, title, "/deliveries", deliveryBody{
		Facts: facts(row), Reasons: row.Reasons, WhyNot: capital(row.WhyNot),
		Tables: []table{s.eventTable(row), s.attemptTable(row)},
		Files:  s.filesOf(row),
		Others: link{Text: "All deliveries of " + string(row.Ref), Href: "/deliveries?ref=" + url.QueryEscape(string(row.Ref))},
	})
}

func facts(r report.Row) []fact {
	gone := longDay(r.Left)
	switch {
	case r.Late && gone == "":
		gone = "Not yet, and late"
	case r.Late && r.Sent():
		gone += " (late)"
	}
	all := []fact{
		{Label: "State", Cell: state(r.State)},
		{Label: "Recipient", Cell: words(recipient(r))},
		{Label: "Occasion", Cell: words(capital(r.Occasion()))},
		{Label: "Due", Cell: words(longDay(r.Due))},
		{Label: "Left", Cell: words(gone)},
		{Label: "Decision", Cell: words(capital(string(r.Decision)))},
		{Label: "Rule", Cell: words(r.Rule)},
		{Label: "Method", Cell: words(capital(r.How()))},
		{Label: "Passphrase", Cell: words(capital(string(r.Passphrase)))},
		{Label: "Identifier", Cell: words(r.ID), Code: true},
		{Label: "Sealed bytes (SHA-256)", Cell: words(r.SHA256), Code: true},
	}
	var stated []fact
	for _, f := range all {
		if f.Cell.Text != "" {
			stated = append(stated, f)
		}
	}
	return stated
}

func (s *Site) eventTable(r report.Row) table {
	t := table{
		ID: "events", Caption: "What happened", Empty: "Nothing happened yet.",
		Columns: []column{{Head: "When"}, {Head: "What"}, {Head: "State"}, {Head: "Why"}},
	}
	for _, e := range r.Steps {
		now := cell{}
		if e.To != "" {
			now = state(e.To)
		}
		t.Rows = append(t.Rows, []cell{words(s.moment(e.At)), words(capital(string(e.Action))), now, words(capital(e.Why))})
	}
	return t
}

func (s *Site) attemptTable(r report.Row) table {
	t := table{ID: "attempts", Caption: "Conversations with the relay", Empty: "There was none.", Columns: []column{
		{Head: "When"}, {Head: "Result"}, {Head: "Came as far as"}, {Head: "Answer"}, {Head: "TLS"},
	}}
	for _, a := range r.Attempts {
		answer := ""
		if a.Code > 0 {
			answer = strings.TrimSpace(strconv.Itoa(a.Code) + " " + a.Enhanced)
		}
		t.Rows = append(t.Rows, []cell{words(s.moment(a.At)), words(capital(string(a.Result))), words(capital(string(a.Phase))), words(answer), words(a.TLS)})
	}
	return t
}

func (s *Site) filesOf(r report.Row) []link {
	var list []link
	for _, f := range s.result.Files {
		if f.Delivery == r.ID {
			text := f.Name
			if f.About != "" {
				text = capital(f.About) + " (" + f.Name + ")"
			}
			list = append(list, link{Text: text, Href: "/files/" + f.Name})
		}
	}
	return list
}
