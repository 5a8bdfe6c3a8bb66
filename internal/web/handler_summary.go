package web

import (
	"net/http"
	"net/url"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/report"
)

// few rows of a longer list stand on the summary.
const few = 10

// summaryBody is the first page.
type summaryBody struct {
	Figures []figure
	Tables  []table
}

// figure is one number that leads to what it counts.
type figure struct {
	Number      int
	Label, Note string
	Href        string
	Tag         tag
}

func (s *Site) summary(w http.ResponseWriter, _ *http.Request) {
	r := s.result.Report
	s.show(w, http.StatusOK, summaryPage, "Summary", "/", summaryBody{
		Figures: figures(r),
		Tables: []table{
			s.personTable(few),
			groupTable("kinds", "What went out", "What", kindGroups(r), "/deliveries?kind="),
			groupTable("methods", "How it went", "How", methodGroups(r), "/deliveries?method="),
			groupTable("roles", "To whom", "Recipient", roleGroups(r), "/deliveries?role="),
			reasonTable(r),
			s.overdueTable(few),
		},
	})
}

func figures(r report.Result) []figure {
	of := func(s outbox.State) string { return "/deliveries?state=" + string(s) }
	list := []figure{
		{Number: r.All.Accepted, Label: "accepted", Note: "the relay has them; " + leftNote(r.All), Href: of(outbox.Accepted), Tag: goodTag},
		{Number: r.All.Delivered, Label: "delivered", Note: "by evidence", Href: of(outbox.Delivered), Tag: goodTag},
		{Number: r.All.Posted, Label: "posted", Note: "not known to have arrived", Href: of(outbox.Posted), Tag: goodTag},
		{Number: r.All.Held, Label: "held", Note: "nothing leaves until somebody looks", Href: of(outbox.Held), Tag: heldTag},
		{Number: r.All.Waiting, Label: "waiting", Note: "to be released or tried again", Href: "/deliveries", Tag: waitTag},
		{Number: r.All.Uncertain, Label: "uncertain", Note: "may have left; never sent again by itself", Href: of(outbox.Uncertain), Tag: doubtTag},
		{Number: r.All.Refused, Label: "refused", Note: "the relay will not take it", Href: of(outbox.Refused), Tag: badTag},
		{Number: r.All.Bounced, Label: "bounced", Note: "came back", Href: of(outbox.Bounced), Tag: badTag},
		{Number: r.Returns.OnTime + r.Returns.Late, Label: "forms returned", Note: returnNote(r.Returns), Href: "/returns", Tag: goodTag},
		{Number: r.Returns.Overdue, Label: "forms overdue", Note: "asked for, not returned in time", Href: "/returns", Tag: badTag},
	}
	return list
}

// leftNote parts all that left.
func leftNote(n report.Numbers) string {
	return "of all that left " + plural(n.OnTime, "on time", "on time") + ", " + plural(n.LateSent, "late", "late")
}

func returnNote(n report.ReturnNumbers) string {
	return plural(n.OnTime, "on time", "on time") + ", " + plural(n.Late, "late", "late") + ", of " + plural(n.Asked, "asked for", "asked for")
}

// namedGroup is a group with its name in words and in addresses.
type namedGroup struct {
	name, key string
	report.Numbers
}

func kindGroups(r report.Result) []namedGroup {
	var list []namedGroup
	for _, g := range r.ByKind {
		list = append(list, namedGroup{name: capital(report.What(g.Of)), key: string(g.Of), Numbers: g.Numbers})
	}
	return list
}

func methodGroups(r report.Result) []namedGroup {
	var list []namedGroup
	for _, g := range r.ByMethod {
		list = append(list, namedGroup{name: capital(report.How(g.Of)), key: string(g.Of), Numbers: g.Numbers})
	}
	return list
}

func roleGroups(r report.Result) []namedGroup {
	var list []namedGroup
	for _, g := range r.ByRole {
		name := capital(string(g.Of))
		if name == "" {
			name = "Nobody"
		}
		list = append(list, namedGroup{name: name, key: string(g.Of), Numbers: g.Numbers})
	}
	return list
}

func groupTable(id, caption, head string, groups []namedGroup, address string) table {
	t := table{ID: id, Caption: caption, Empty: "Nothing.", Columns: []column{
		{Head: head},
		{Head: "Deliveries", Number: true},
		{Head: "Left", Number: true},
		{Head: "Late", Number: true},
		{Head: "Waiting", Number: true},
		{Head: "Held", Number: true},
		{Head: "Failed or in doubt", Number: true},
	}}
	for _, g := range groups {
		t.Rows = append(t.Rows, []cell{
			{Text: g.name, Href: address + url.QueryEscape(g.key)},
			count(g.Deliveries),
			count(g.Sent),
			count(g.LateSent),
			count(g.Waiting),
			count(g.Held),
			count(g.Refused + g.Bounced + g.Uncertain),
		})
	}
	return t
}

func reasonTable(r report.Result) table {
	t := table{
		ID: "reasons", Caption: "Why not", Empty: "Everything left.",
		Columns: []column{{Head: "Reason"}, {Head: "State"}, {Head: "Deliveries", Number: true}},
	}
	for _, w := range r.WhyNot {
		t.Rows = append(t.Rows, []cell{words(capital(w.Why)), state(w.State), count(w.Count)})
	}
	return t
}
