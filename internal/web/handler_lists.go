package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/report"
)

func (s *Site) person(w http.ResponseWriter, _ *http.Request) {
	s.show(w, http.StatusOK, tablesPage, "Needs a person", "/person", []table{s.personTable(0)})
}

// personTable lists what nothing goes on with until somebody looks, held ones
// first; no more than most rows, 0 for all.
func (s *Site) personTable(most int) table {
	rows := s.result.Report.ForAPerson()
	t := table{
		ID: "person", Caption: "Needs a person", Empty: "Nothing waits for a person.",
		Columns: []column{{Head: "Reference"}, {Head: "What"}, {Head: "Recipient"}, {Head: "State"}, {Head: "Why"}},
	}
	for i, r := range rows {
		if most > 0 && i == most {
			t.More = link{Text: "All that needs a person", Href: "/person", Count: len(rows)}
			break
		}
		t.Rows = append(t.Rows, []cell{
			{Text: string(r.Ref), Href: at(r.ID)}, words(capital(r.What())), words(recipient(r)), state(r.State), words(capital(r.WhyNot)),
		})
	}
	return t
}

func recipient(r report.Row) string {
	switch {
	case r.Role == "":
		return "Nobody known"
	case r.NewThere:
		return capital(string(r.Role)) + " (first time to this address)"
	}
	return capital(string(r.Role))
}

func (s *Site) days(w http.ResponseWriter, _ *http.Request) {
	list := s.result.Report.ByDay
	most := 0
	for _, d := range list {
		most = max(most, d.Out()+d.Returned)
	}
	t := table{ID: "days", Caption: "What happened on each day", Empty: "Nothing happened.", Columns: []column{
		{Head: "Day"},
		{Head: "Forms", Number: true},
		{Head: "Reminders", Number: true},
		{Head: "Final plans", Number: true},
		{Head: "Returned", Number: true},
		{Head: "Held", Number: true},
		{Head: "Put off, failed or in doubt", Number: true},
		{Head: "Left and came back"},
	}}
	for _, d := range list {
		t.Rows = append(t.Rows, []cell{
			words(longDay(d.Date)),
			count(d.Forms),
			count(d.Chases),
			count(d.Finals),
			count(d.Returned),
			count(d.Held),
			count(d.Trouble() - d.Held),
			{Text: strconv.Itoa(d.Out() + d.Returned), Bar: share(d.Out()+d.Returned, most)},
		})
	}
	s.show(w, http.StatusOK, tablesPage, "By day", "/days", []table{t})
}

func (s *Site) returns(w http.ResponseWriter, _ *http.Request) {
	n := s.result.Report.Returns
	counted := table{ID: "returns", Caption: "Forms asked for", Empty: "No form was asked for.", Columns: []column{
		{Head: "Came back"}, {Head: "Plans", Number: true},
	}}
	if n.Asked > 0 {
		counted.Rows = [][]cell{
			{words("On time"), count(n.OnTime)},
			{words("Late"), count(n.Late)},
			{words("Not yet, and still has time"), count(n.Awaited)},
			{words("Not yet, and overdue"), count(n.Overdue)},
			{words("All asked for"), count(n.Asked)},
		}
	}
	s.show(w, http.StatusOK, tablesPage, "Returns", "/returns", []table{counted, s.overdueTable(0)})
}

func (s *Site) overdueTable(most int) table {
	list := s.result.Report.Overdue
	t := table{ID: "overdue", Caption: "Forms overdue", Empty: "No form is overdue.", Columns: []column{
		{Head: "Reference"}, {Head: "Asked"}, {Head: "Due back"}, {Head: "Days late", Number: true}, {Head: "Reminders", Number: true}, {Head: "Last reminder"},
	}}
	for i, o := range list {
		if most > 0 && i == most {
			t.More = link{Text: "All overdue forms", Href: "/returns", Count: len(list)}
			break
		}
		var roles []string
		for _, role := range o.Roles {
			roles = append(roles, string(role))
		}
		t.Rows = append(t.Rows, []cell{
			{Text: string(o.Ref), Href: "/deliveries?ref=" + string(o.Ref)},
			words(capital(strings.Join(roles, ", "))),
			short(shortDay(o.By)),
			count(o.Days),
			count(o.Chases),
			short(shortDay(o.LastChase)),
		})
	}
	return t
}

func (s *Site) skips(w http.ResponseWriter, _ *http.Request) {
	t := table{
		ID: "skips", Caption: "What was not planned, and why not", Empty: "Everything was planned.",
		Columns: []column{{Head: "Reference"}, {Head: "What"}, {Head: "Why not"}},
	}
	for _, skip := range s.result.Report.Skips {
		what := "The whole plan"
		if skip.Milestone != "" {
			what = capital(strings.ReplaceAll(string(skip.Milestone), "_", " "))
		}
		if skip.Role != "" {
			what += " to the " + string(skip.Role)
		}
		t.Rows = append(t.Rows, []cell{
			{Text: string(skip.Ref), Href: "/deliveries?ref=" + string(skip.Ref)}, words(what), words(capital(strings.Join(skip.Why, "; "))),
		})
	}
	s.show(w, http.StatusOK, tablesPage, "Not planned", "/skips", []table{t})
}

func (s *Site) list(w http.ResponseWriter, _ *http.Request) {
	t := table{
		ID: "files", Caption: "Forms and messages of the term", Empty: "No files were left.",
		Columns: []column{{Head: "File"}, {Head: "What it is"}, {Head: "Delivery"}},
	}
	for _, f := range s.result.Files {
		row := []cell{{Text: f.Name, Href: "/files/" + f.Name}, words(capital(f.About)), words(string(f.Ref))}
		if _, known := s.rows[f.Delivery]; known {
			row[2] = cell{Text: f.Delivery, Href: at(f.Delivery)}
		}
		t.Rows = append(t.Rows, row)
	}
	s.show(w, http.StatusOK, tablesPage, "Files", "/files", []table{t})
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
