package main

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/mailsink"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/word"
)

// TestMain makes the real program a command of the scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"pepost": func() {
			ctx, stop := untilSignalled(context.Background(), os.Stderr, os.Exit)
			code := run(ctx, surroundings{
				args: os.Args[1:], stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
				getenv: os.Getenv, wall: wallOfScript(),
			})
			stop()
			os.Exit(code)
		},
	})
}

// wallFrom names the moment that the program's clock on the wall shows when it
// starts, for what takes no --now.
const wallFrom = "PEPOST_TEST_WALL"

func wallOfScript() func() time.Time {
	start, err := time.Parse(time.RFC3339, os.Getenv(wallFrom))
	if err != nil {
		return time.Now
	}
	shift := time.Until(start)
	return func() time.Time { return time.Now().Add(shift) }
}

// relayKey finds a script's relay among its values.
type relayKey struct{}

// standIn is the relay of one script.
type standIn struct{ server *mailsink.Server }

func relayOfScript(ts *testscript.TestScript) *mailsink.Server {
	server := ts.Value(relayKey{}).(*standIn).server
	if server == nil {
		ts.Fatalf("start the relay first")
	}
	return server
}

func TestScripts(t *testing.T) { scripts(t, "pepost.db") }

// scripts plays scripts, all of testdata where none is named, on a database.
func scripts(t *testing.T, database string, files ...string) {
	params := testscript.Params{
		Setup: func(e *testscript.Env) error {
			here, err := os.Getwd()
			if err != nil {
				return err
			}
			e.Values[relayKey{}] = &standIn{}
			e.Values[textsKey{}] = &textService{}
			e.Values[mailboxKey{}] = &postbox{}
			e.Setenv("SAMPLE", filepath.Join(here, "..", "..", "internal", "roster", "testdata", "cheshire-west"))
			e.Setenv("DATABASE", database)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"relay": startRelay, "mails": countMails, "jsonl": countLines, "exits": exits,
			"awaitmails": awaitMails, "consistent": consistent, "samedigests": sameDigests,
			"rendersalike": rendersAlike, "sed": sed, "first": first, "fill": fill, "find": find, "freeport": freePort, "visit": visit, "letters": letters, "texts": texts, "report": reportOn,
			"mailbox": startMailbox, "deliver": deliver, "awaitfolder": awaitFolder, "answer": answer,
		},
	}
	if params.Files = files; len(files) == 0 {
		params.Dir = "testdata"
	}
	testscript.Run(t, params)
}

// startRelay starts a loopback relay for the script: relay [FAULT]. It sets
// RELAY and RELAYCA. The faults are those named in relayFaults.
func startRelay(ts *testscript.TestScript, _ bool, args []string) {
	faults := map[string]func(mailsink.Session) mailsink.Fault{
		"greylist": func(s mailsink.Session) mailsink.Fault {
			if s.Point == mailsink.AtRcpt && s.Tries == 1 {
				return mailsink.Fault{Reply: "450 4.7.1 try again later"}
			}
			return mailsink.Fault{}
		},
		"refuses-content": mailsink.At(mailsink.AtDot, mailsink.Fault{Reply: "554 5.7.1 encrypted attachments are not accepted here"}),
		"silent-dot":      mailsink.At(mailsink.AtDot, mailsink.Fault{Drop: true}),
		"no-starttls":     mailsink.At(mailsink.AtHello, mailsink.Fault{Hide: []string{"STARTTLS"}}),
		"slow":            mailsink.At(mailsink.AtMail, mailsink.Fault{Delay: 40 * time.Millisecond}),
		"":                nil,
	}
	name := ""
	if len(args) > 0 {
		name = args[0]
	}
	fault, known := faults[name]
	if !known {
		ts.Fatalf("no such fault: %s", name)
	}
	server, err := mailsink.Start(mailsink.Options{Faults: fault})
	ts.Check(err)
	ts.Defer(func() { server.Close() })
	ca := ts.MkAbs("relay-authority.pem")
	ts.Check(os.WriteFile(ca, server.CAPEM(), 0o600))
	ts.Setenv("RELAY", "smtp://"+server.Addr())
	ts.Setenv("RELAYCA", ca)
	ts.Value(relayKey{}).(*standIn).server = server
}

// countMails checks what the relay took: mails N, and that no message came
// twice.
func countMails(ts *testscript.TestScript, neg bool, args []string) {
	server := relayOfScript(ts)
	seen := map[string]int{}
	for _, m := range server.Messages() {
		seen[messageID(m.Data)]++
		if len(m.To) != 1 {
			ts.Fatalf("a message has %d recipients", len(m.To))
		}
	}
	for id, n := range seen {
		if n > 1 && !neg {
			ts.Fatalf("%s came %d times", id, n)
		}
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := len(server.Messages()); got != want {
		ts.Fatalf("the relay took %d messages, want %d", got, want)
	}
}

func messageID(data []byte) string {
	for _, line := range strings.Split(string(data), "\r\n") {
		if value, ok := strings.CutPrefix(line, "Message-ID: "); ok {
			return value
		}
	}
	return ""
}

// countLines checks how many lines of a file hold every text: jsonl FILE N
// TEXT….
func countLines(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	got := 0
	for _, line := range strings.Split(ts.ReadFile(args[0]), "\n") {
		all := line != ""
		for _, text := range args[2:] {
			all = all && strings.Contains(line, text)
		}
		if all {
			got++
		}
	}
	if got != want {
		ts.Fatalf("%d lines of %s hold %q, want %d", got, args[0], args[2:], want)
	}
}

// exits runs the program and checks its exit code: exits CODE[,CODE]
// ARGUMENT….
func exits(ts *testscript.TestScript, _ bool, args []string) {
	code := "0"
	if err := ts.Exec("pepost", args[1:]...); err != nil {
		code = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if !slices.Contains(strings.Split(args[0], ","), code) {
		ts.Fatalf("pepost %s: exit %s, want %s", strings.Join(args[1:], " "), code, args[0])
	}
}

// awaitMails waits until the relay took so many messages: awaitmails N.
func awaitMails(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if len(relayOfScript(ts).Messages()) >= want {
			return
		}
	}
	ts.Fatalf("the relay never took %d messages", want)
}

// consistent checks an outbox list --json against what the relay took: every
// accepted delivery came exactly once, an uncertain one at most once, and
// nothing came that the outbox does not know or says never left.
func consistent(ts *testscript.TestScript, _ bool, args []string) {
	came := map[string]int{}
	for _, m := range relayOfScript(ts).Messages() {
		came[messageID(m.Data)]++
	}
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		var d deliveryJSON
		ts.Check(json.Unmarshal([]byte(line), &d))
		n := came[d.MessageID]
		delete(came, d.MessageID)
		switch d.State {
		case outbox.Accepted:
			if n != 1 {
				ts.Fatalf("%s is accepted and came %d times", d.ID, n)
			}
		case outbox.Uncertain:
			if n > 1 {
				ts.Fatalf("%s is uncertain and came %d times", d.ID, n)
			}
		default:
			if n != 0 {
				ts.Fatalf("%s is %s and came %d times", d.ID, d.State, n)
			}
		}
	}
	if len(came) > 0 {
		ts.Fatalf("%d messages came that the outbox does not know", len(came))
	}
}

// sameDigests checks that a dry run told the bytes that were then sent:
// samedigests DRY SENT.
func sameDigests(ts *testscript.TestScript, _ bool, args []string) {
	dry, sent := digestsOf(ts, args[0]), digestsOf(ts, args[1])
	if len(dry) == 0 || !maps.Equal(dry, sent) {
		ts.Fatalf("the dry run told %d deliveries and the run %d, or other bytes", len(dry), len(sent))
	}
}

func digestsOf(ts *testscript.TestScript, file string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(ts.ReadFile(file)) {
		var l sendLine
		ts.Check(json.Unmarshal([]byte(line), &l))
		out[l.ID] = l.SHA256
	}
	return out
}

// rendersAlike checks that two render --json outputs tell the same bytes:
// rendersalike FIRST SECOND.
func rendersAlike(ts *testscript.TestScript, _ bool, args []string) {
	var sums [2][]string
	for i, file := range args {
		for line := range strings.Lines(ts.ReadFile(file)) {
			var l renderLine
			ts.Check(json.Unmarshal([]byte(line), &l))
			sums[i] = append(sums[i], string(l.Ref)+" "+l.SHA256)
		}
	}
	if len(sums[0]) < 100 || !slices.Equal(sums[0], sums[1]) {
		ts.Fatalf("%d forms and then %d, or other bytes", len(sums[0]), len(sums[1]))
	}
}

// sed puts one text in the place of another in a file: sed FILE OLD NEW.
func sed(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o600))
}

// first sets a variable to the identifier of the first delivery whose line
// holds a text: first NAME FILE TEXT.
func first(ts *testscript.TestScript, _ bool, args []string) {
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		var d deliveryJSON
		if strings.Contains(line, args[2]) && json.Unmarshal([]byte(line), &d) == nil {
			ts.Setenv(args[0], d.ID)
			return
		}
	}
	ts.Fatalf("no line of %s holds %q", args[1], args[2])
}

// fill writes answers into a Word form, as somebody with Word would: fill BLANK
// FILLED KEY ANSWER [KEY ANSWER…]. A key may name a cell: targets[1].t.outcome.
func fill(ts *testscript.TestScript, _ bool, args []string) {
	blank, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	answers := form.Values{Fields: map[string]string{}, Tables: map[string][]form.Row{}}
	for i := 2; i+1 < len(args); i += 2 {
		table, row, column := form.SplitKey(args[i])
		if row == 0 {
			answers.Fields[args[i]] = args[i+1]
			continue
		}
		for len(answers.Tables[table]) < row {
			answers.Tables[table] = append(answers.Tables[table], form.Row{})
		}
		answers.Tables[table][row-1][column] = args[i+1]
	}
	filled, err := word.Fill(blank, answers)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), filled, 0o600))
}

// find sets a variable to what a pattern's group finds in a file: find NAME
// FILE PATTERN.
func find(ts *testscript.TestScript, _ bool, args []string) {
	found := regexp.MustCompile(args[2]).FindStringSubmatch(ts.ReadFile(args[1]))
	if len(found) != 2 {
		ts.Fatalf("%s has nothing like %s", args[1], args[2])
	}
	ts.Setenv(args[0], found[1])
}
