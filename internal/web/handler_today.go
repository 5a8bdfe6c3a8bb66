package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// todayBody is the Today page.
type todayBody struct {
	Warning  string
	Figures  []link
	Sections []listed
	Rules    string
	Relay    string
	Daemon   table
}

// listed is one table with what leads on from it.
type listed struct {
	Table     table
	Note      string
	Remaining string
}

func (c *Console) today(w http.ResponseWriter, r *http.Request, name string) {
	seen, err := c.source(r.Context())
	if err != nil {
		c.show(w, http.StatusInternalServerError, messagePage, consoleView{Title: "Not readable now", Name: name, Body: "The register or the outbox could not be read. The log of pepost serve says more; pepost due reads the same."})
		return
	}
	c.show(w, http.StatusOK, todayPage, consoleView{Title: "Today", Name: name, Over: over(seen), Body: bodyOf(seen)})
}

func over(t Today) string {
	text := t.Authority
	if !t.On.IsZero() {
		text += ", " + t.On.Long()
	}
	if !t.At.IsZero() {
		text += ", " + t.At.Format("15:04")
	}
	return text
}

func bodyOf(t Today) todayBody {
	body := todayBody{Warning: t.Daemon.Warning, Rules: t.Daemon.Rules, Relay: t.Daemon.Relay, Daemon: scheduleTable(t)}
	body.Sections = []listed{
		{dueTable("due", "Due", "Nothing is due until "+longDay(t.Until)+".", t.Due.Rows), "What goes out today and until " + longDay(t.Until) + ".", rest(t.Due.More, "pepost due")},
		{heldTable(t), "Nothing of this leaves before a person looks: pepost outbox show tells the whole story.", rest(t.Held.More, "pepost outbox list --state held")},
		{dueTable("late", "Late", "Nothing is late.", t.Late.Rows), "What should have left already.", rest(t.Late.More, "pepost due")},
		{taskTable(t), "What people must do, and by when.", rest(t.Tasks.More, "pepost due")},
		{passphraseTable(t), "The relay accepted it, but the recipient cannot open it yet: ring them. The command shows the passphrase once, with the script for the call.", rest(t.Passphrases.More, "pepost outbox list")},
	}
	more := []int{t.Due.More, t.Held.More, t.Late.More, t.Tasks.More, t.Passphrases.More}
	for i, s := range body.Sections {
		body.Figures = append(body.Figures, link{Text: s.Table.Caption, Href: "#" + s.Table.ID, Count: len(s.Table.Rows) + more[i]})
	}
	return body
}

func rest(n int, command string) string {
	if n == 0 {
		return ""
	}
	return "and " + strconv.Itoa(n) + " more: " + command
}

func caseNumber(text string) cell { return short(text) }

func person(r pep.Role) cell { return words(capital(r.Words())) }

func because(why []string) cell { return words(capital(strings.Join(why, "; "))) }

func dueTable(id, caption, empty string, rows []DueRow) table {
	t := table{ID: id, Caption: caption, Empty: empty, Columns: []column{
		{Head: "Reference"}, {Head: "Case number"}, {Head: "What"}, {Head: "Due"}, {Head: "To"}, {Head: "How"}, {Head: "State"}, {Head: "Why"},
	}}
	for _, r := range rows {
		now := cell{Text: "Not made yet", Tag: quietTag}
		if r.State != "" {
			now = state(r.State)
		}
		when := shortDay(r.Due)
		if r.Late {
			when += " (late)"
		}
		t.Rows = append(t.Rows, []cell{short(string(r.Ref)), caseNumber(r.CaseNumber), words(capital(r.What)), short(when), person(r.Role), words(capital(r.How)), now, because(r.Why)})
	}
	return t
}

func taskTable(seen Today) table {
	t := table{ID: "tasks", Caption: "Tasks", Empty: "Nobody has a task.", Columns: []column{
		{Head: "Reference"}, {Head: "Case number"}, {Head: "What"}, {Head: "By"}, {Head: "Who"}, {Head: "Why"},
	}}
	for _, r := range seen.Tasks.Rows {
		when := shortDay(r.Due)
		if r.Late {
			when += " (late)"
		}
		t.Rows = append(t.Rows, []cell{short(string(r.Ref)), caseNumber(r.CaseNumber), words(capital(r.What)), short(when), person(r.Role), because(r.Why)})
	}
	return t
}

func heldTable(seen Today) table {
	t := table{ID: "held", Caption: "Held with reasons", Empty: "Nothing is held.", Columns: []column{
		{Head: "Reference"}, {Head: "Case number"}, {Head: "What"}, {Head: "Due"}, {Head: "To"}, {Head: "State"}, {Head: "Why"}, {Head: "Delivery"},
	}}
	for _, r := range seen.Held.Rows {
		t.Rows = append(t.Rows, []cell{short(string(r.Ref)), caseNumber(r.CaseNumber), words(capital(r.What)), short(shortDay(r.Due)), person(r.Role), state(r.State), because(r.Why), short(r.ID)})
	}
	return t
}

func passphraseTable(seen Today) table {
	t := table{ID: "passphrases", Caption: "Passphrases to hand over", Empty: "Every passphrase is handed over.", Columns: []column{
		{Head: "Reference"}, {Head: "Case number"}, {Head: "To"}, {Head: "Since"}, {Head: "Tried"}, {Head: "Command"},
	}}
	for _, r := range seen.Passphrases.Rows {
		t.Rows = append(t.Rows, []cell{short(string(r.Ref)), caseNumber(r.CaseNumber), person(r.Role), short(momentIn(r.Since)), words(tried(r.Tried)), words("pepost outbox passphrase " + r.ID)})
	}
	return t
}

func tried(n int) string {
	if n == 0 {
		return "No try recorded"
	}
	return plural(n, "time", "times")
}

func scheduleTable(seen Today) table {
	t := table{ID: "daemon", Caption: "The daemon", Empty: "No schedule is known.", Columns: []column{
		{Head: "Schedule"}, {Head: "Last run"}, {Head: "Next run"}, {Head: "Lapsed", Number: true},
	}}
	for _, r := range seen.Daemon.Schedules {
		t.Rows = append(t.Rows, []cell{words(capital(r.Name)), short(momentIn(r.Last)), short(momentIn(r.Next)), count(r.Lapsed)})
	}
	return t
}

// momentIn is a moment in the zone that it carries.
func momentIn(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format("2 Jan 2006, 15:04")
}
