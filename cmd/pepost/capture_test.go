package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/mailsink"
	"github.com/pepost/pepost/internal/word"
)

// The people of the captured term. Each has a way of their own.
const (
	termChildren = `Person ID,Forename,Surname,Date of Birth,UPN,NC Year,Legal Status,Date Became Looked After,Placement Type,Placement Postcode,Setting Name,On Roll,PEP Type,Previous PEP Date,PEP Meeting Date
900001,Ottoline,Quillfeather,04/11/2015,N896442615518,5,C2,06/01/2020,U1,ZZ99 7QX,Marl School,Yes,Review,01/10/2025,24/02/2026
900002,Barnaby,Thistlewood,17/10/2015,Q896266717602,5,C2,06/01/2020,U1,ZZ99 8QX,Marl School,Yes,Review,01/10/2025,24/02/2026
900003,Clementine,Featherby,23/12/2015,,5,C2,06/01/2020,U1,ZZ99 9QX,Marl School,Yes,Review,01/10/2025,24/02/2026
`
	termContacts = `Person ID,Role,Name,Organisation,Email,Phone,Address 1,Postcode,Receives Form,Receives Final
900001,designated teacher,Robin Amberley,Nursery,office@nursery.example,01632 960111,11 Marlstone Row,ZZ99 1AA,Yes,Yes
900002,designated teacher,Samira Oakhurst,Marl School,dt@marl.cheshire.sch.uk,01632 960112,12 Marlstone Row,ZZ99 1AB,Yes,Yes
900003,designated teacher,Jocelyn Redfern,Playgroup,hello@playgroup.example,01632 960113,13 Marlstone Row,ZZ99 1AC,Yes,Yes
`
	lateChildren = `Person ID,Forename,Surname,Date of Birth,UPN,NC Year,Legal Status,Date Became Looked After,Placement Type,Placement Postcode,Setting Name,On Roll,PEP Type,Previous PEP Date,PEP Meeting Date
900004,Peregrine,Larkspur,30/09/2015,,5,C2,06/01/2020,U1,ZZ99 6QX,Marl School,Yes,Review,01/10/2025,24/02/2026
`
	lateContacts = `Person ID,Role,Name,Organisation,Email,Phone,Address 1,Postcode,Receives Form,Receives Final
900004,designated teacher,Morgan Wetherby,Minder,desk@minder.example,01632 960114,14 Marlstone Row,ZZ99 1AD,Yes,Yes
`
)

// capturedTerm is a term of the real program with everything that it said to whoever
// looks after it.
type capturedTerm struct {
	*served
	tap  *wiretap
	logs map[string]string // by command
}

func newTerm(t *testing.T, faults func(mailsink.Session) mailsink.Fault) *capturedTerm {
	t.Helper()
	relay, err := mailsink.Start(mailsink.Options{Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { relay.Close() })
	here := t.TempDir()
	m := &capturedTerm{served: &served{t: t, relay: relay, dir: filepath.Join(here, "here")}, tap: newWiretap(t, relay.Addr()), logs: map[string]string{}}
	m.write("ca.pem", string(relay.CAPEM()))
	for name, text := range map[string]string{
		"children.csv": termChildren, "contacts.csv": termContacts, "more.csv": lateChildren, "morecontacts.csv": lateContacts,
		"key.asc": inScript(t, "keys.txt", "key.asc"), "delivery.yaml": inScript(t, "gateway.txt", "delivery.yaml"),
	} {
		m.write(name, text)
	}
	m.do(0, "init", m.dir, "--authority", "cheshire-west", "--from", "peps@cheshirewestandchester.gov.uk", "--phone", "01632 960001",
		"--relay", "smtp://"+m.tap.listener.Addr().String(), "--relay-ca", m.path("ca.pem"), "--now", "2026-02-02")
	m.withGateway()
	return m
}

func (m *capturedTerm) path(name string) string { return filepath.Join(filepath.Dir(m.dir), name) }

func (m *capturedTerm) write(name, text string) {
	m.t.Helper()
	if err := os.MkdirAll(filepath.Dir(m.path(name)), 0o700); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(m.path(name), []byte(text), 0o600); err != nil {
		m.t.Fatal(err)
	}
}

// inScript is a file of one of the scripts.
func inScript(t *testing.T, script, name string) string {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", script))
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == name })
	if at < 0 {
		t.Fatalf("%s has no %s", script, name)
	}
	return string(archive.Files[at].Data)
}

// do runs the program, keeps what it said beside its answer, and gives the
// answer.
func (m *capturedTerm) do(code int, args ...string) string {
	m.t.Helper()
	cmd := m.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run() // its code is looked at
	m.logs[fmt.Sprintf("%d %s", len(m.logs), args[0])] = errs.String()
	if got := cmd.ProcessState.ExitCode(); got != code {
		m.t.Fatalf("pepost %s: exit %d, want %d: %s%s", strings.Join(args, " "), got, code, &errs, &out)
	}
	return out.String()
}

// withGateway makes the policy one with a gateway, which is closed.
func (m *capturedTerm) withGateway() {
	m.t.Helper()
	root := filepath.Join("..", "..", "schedules")
	for _, name := range []string{"cheshire-west/calendar.yaml", "cheshire-west/timetable.yaml", "bank-holidays.yaml"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			m.t.Fatal(err)
		}
		m.write("here/schedules/"+name, string(text))
	}
	policy, err := os.ReadFile(m.path("delivery.yaml"))
	if err != nil {
		m.t.Fatal(err)
	}
	m.write("here/schedules/cheshire-west/delivery.yaml", string(policy))
	config, err := os.ReadFile(m.path("here/pepost.yaml"))
	if err != nil {
		m.t.Fatal(err)
	}
	text := string(config) + "\nfolders: {schedules: '" + m.path("here/schedules") + "'}\n"
	m.write("here/pepost.yaml", text)
}

// opensGateway has a canary come back encrypted.
func (m *capturedTerm) opensGateway() {
	m.t.Helper()
	canary := m.do(0, "gateway", "canary", "egress", "--json", "--now", "2026-02-03T08:00:00Z")
	id := regexp.MustCompile(`"id":"([^"]+)"`).FindStringSubmatch(canary)
	if id == nil {
		m.t.Fatalf("no canary in %s", canary)
	}
	m.write("back.eml", strings.ReplaceAll(strings.ReplaceAll(inScript(m.t, "gateway.txt", "back.eml"), "CANARYID", id[1]), "2 Feb", "3 Feb"))
	m.do(0, "receive", m.path("back.eml"), "--now", "2026-02-03T08:10:00Z")
}

// listed are the deliveries.
func (m *capturedTerm) listed() []deliveryJSON {
	m.t.Helper()
	var all []deliveryJSON
	for line := range strings.Lines(m.do(0, "outbox", "list", "--json")) {
		var d deliveryJSON
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			m.t.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

// telling is every name, address, date of birth, number and passphrase of the
// term, as the export has it and as a program might print it.
func telling(t *testing.T) []string {
	t.Helper()
	quiet := []string{"Person ID", "NC Year", "Legal Status", "Date Became Looked After", "Placement Type", "Setting Name", "On Roll", "PEP Type", "Previous PEP Date", "PEP Meeting Date", "Role", "Organisation", "Receives Form", "Receives Final"}
	var all []string
	for _, text := range []string{termChildren, termContacts, lateChildren, lateContacts} {
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			for i, cell := range row {
				if cell == "" || slices.Contains(quiet, rows[0][i]) {
					continue
				}
				all = append(all, cell)
				switch rows[0][i] {
				case "Date of Birth":
					all = append(all, cell[6:]+"-"+cell[3:5]+"-"+cell[:2])
				case "Name":
					all = append(all, strings.Fields(cell)...)
				case "Phone", "Postcode", "Placement Postcode":
					all = append(all, strings.ReplaceAll(cell, " ", ""))
				}
			}
		}
	}
	return all
}

func TestF49ATermLeavesNothingInClearOnTheWireNorOfAnybodyInTheLogs(t *testing.T) {
	t.Parallel()
	m := newTerm(t, nil)
	m.do(0, "import", "--quiet", m.path("children.csv"), m.path("contacts.csv"), "--now", "2026-02-02")
	m.do(0, "keys", "add", m.path("key.asc"), "--address", "office@nursery.example", "--by", "jo", "--now", "2026-02-02")
	m.do(0, "keys", "confirm", "office@nursery.example", "--fingerprint", "ACDF5775A6B20E4C8923594D1396A2317C900803", "--by", "ann", "--now", "2026-02-02")
	d := m.serve() // the forms by TLS, OpenPGP and as protected document
	d.tells("state=accepted", 3)
	d.signal(syscall.SIGTERM)
	d.ends(0, 30*time.Second)
	m.logs["serve"] = d.log.String()
	m.opensGateway()
	m.do(0, "import", "--quiet", m.path("more.csv"), m.path("morecontacts.csv"), "--now", "2026-02-03")
	m.do(0, "send", "--now", "2026-02-03T09:00:00Z")
	phrase := m.phrase()
	m.final()

	ways := map[string]int{}
	for _, d := range m.listed() {
		if d.State.Gone() {
			ways[string(d.Kind)+" "+string(d.Method)]++
		}
	}
	for _, way := range []string{"form tls", "form openpgp", "form protected-document", "form gateway", "final tls"} {
		if ways[way] == 0 {
			t.Errorf("no %s left: the term proves too little: %v", way, ways)
		}
	}
	if !slices.ContainsFunc(keys(ways), func(way string) bool { return strings.HasPrefix(way, "chase ") }) {
		t.Errorf("no reminder left: %v", ways)
	}
	m.nothingInClear(append(telling(t), phrase))
	m.logs["the evidence"] = m.evidence()
	m.nobodyInTheLogs(append(telling(t), phrase))
}

func keys(all map[string]int) []string {
	var names []string
	for name := range all {
		names = append(names, name)
	}
	return names
}

// phrase reads out the passphrase of the protected form.
func (m *capturedTerm) phrase() string {
	m.t.Helper()
	for _, d := range m.listed() {
		if d.Method != "protected-document" {
			continue
		}
		var call struct{ Passphrase string }
		if err := json.Unmarshal([]byte(m.do(0, "outbox", "passphrase", d.ID, "--json", "--by", "A. Officer", "--now", "2026-02-03")), &call); err != nil || call.Passphrase == "" {
			m.t.Fatalf("no passphrase: %v", err)
		}
		return call.Passphrase
	}
	m.t.Fatal("nothing is protected")
	return ""
}

// final takes a filled form in, makes it final, and sends what follows.
func (m *capturedTerm) final() {
	m.t.Helper()
	all := m.listed()
	at := slices.IndexFunc(all, func(d deliveryJSON) bool { return d.Method == "tls" })
	ref := string(all[at].Ref)
	m.do(0, "render", ref, "--now", "2026-02-02", "--format", "docx", "--out", m.path("blank"))
	blank, err := os.ReadFile(m.path("blank/" + ref + "-form.docx"))
	if err != nil {
		m.t.Fatal(err)
	}
	filled, err := word.Fill(blank, form.Values{Fields: map[string]string{"set.key_adult": "Robin Key"}})
	if err != nil {
		m.t.Fatal(err)
	}
	m.write(ref+".docx", string(filled))
	taken := m.do(0, "receive", m.path(ref+".docx"), "--now", "2026-02-09", "--json")
	id := regexp.MustCompile(`"return":"([^"]+)"`).FindStringSubmatch(taken)
	if id == nil {
		m.t.Fatalf("not taken in: %s", taken)
	}
	m.do(0, "send", "--now", "2026-02-20") // reminders to the others
	m.do(0, "returns", "accept", id[1], "--final", "--now", "2026-03-02", "--reason", "checked with the setting")
	m.do(0, "send", "--now", "2026-03-02")
}

func (m *capturedTerm) evidence() string {
	m.t.Helper()
	m.do(0, "audit", "export", m.path("evidence.jsonl"), "--now", "2026-03-02")
	text, err := os.ReadFile(m.path("evidence.jsonl"))
	if err != nil || bytes.Count(text, []byte("\n")) < 10 {
		m.t.Fatalf("%d lines of evidence: %v", bytes.Count(text, []byte("\n")), err)
	}
	return string(text)
}

// nothingInClear reads the capture: in each conversation a greeting and
// STARTTLS, then TLS records to the last byte.
func (m *capturedTerm) nothingInClear(telling []string) {
	m.t.Helper()
	relayed, form := 0, false
	for _, message := range m.relay.Messages() {
		relayed += len(message.Data)
		form = form || bytes.Contains(message.Data, []byte("UEsDB"))
	}
	if !form {
		m.t.Error("the relay got no form: the search would find nothing anyway")
	}
	captured := 0
	for i, c := range m.tap.conversations() {
		captured += len(c[0])
		for side, stream := range c {
			clear, sealed := clearPart(stream)
			if !sealed {
				m.t.Errorf("conversation %d, side %d: something other than TLS after STARTTLS", i, side)
			}
			if lines := commandsOf(clear); side == 0 && (len(lines) != 2 || !strings.HasPrefix(lines[0], "EHLO ") || lines[1] != "STARTTLS") {
				m.t.Errorf("conversation %d: %q was said in clear", i, lines)
			}
			for _, mark := range hidden(telling...) {
				if bytes.Contains(stream, []byte(mark)) {
					m.t.Errorf("conversation %d: %q stands in clear", i, mark)
				}
			}
		}
	}
	if captured < relayed || relayed == 0 {
		m.t.Errorf("%d bytes captured of %d that the relay has: the capture misses some", captured, relayed)
	}
}

// nobodyInTheLogs looks for people in what the program told its keepers.
func (m *capturedTerm) nobodyInTheLogs(telling []string) {
	m.t.Helper()
	if !strings.Contains(m.logs["serve"], "state=accepted") {
		m.t.Error("the log of serve is empty")
	}
	for command, log := range m.logs {
		for _, text := range telling {
			if strings.Contains(strings.ToLower(log), strings.ToLower(text)) {
				m.t.Errorf("%s tells %q", command, text)
			}
		}
	}
}

func TestWithoutSTARTTLSNothingButTheGreetingIsSaid(t *testing.T) {
	t.Parallel()
	m := newTerm(t, mailsink.At(mailsink.AtHello, mailsink.Fault{Hide: []string{"STARTTLS"}}))
	m.do(0, "import", "--quiet", m.path("children.csv"), m.path("contacts.csv"), "--now", "2026-02-02")
	m.do(3, "send", "--now", "2026-02-02")
	all := m.tap.conversations()
	if len(all) == 0 {
		t.Fatal("the relay was never asked")
	}
	for i, c := range all {
		for _, line := range commandsOf(c[0]) {
			if !strings.HasPrefix(line, "EHLO ") && line != "QUIT" {
				t.Errorf("conversation %d: %q was said in clear", i, line)
			}
		}
	}
	if n := len(m.relay.Messages()); n != 0 {
		t.Errorf("%d messages came", n)
	}
}
