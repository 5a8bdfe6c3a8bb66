package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/mailsink"
	"github.com/pepost/pepost/internal/outbox"
)

// served is an installation with forms due, and a relay that stalls at a point
// after a few messages, until it is told to work again.
type served struct {
	t      *testing.T
	relay  *mailsink.Server
	dir    string
	stalls atomic.Bool
	here   chan struct{} // the relay has stalled
}

const dueDay = "2026-02-02T09:00:00Z" // in the sample's spring term

func newServed(t *testing.T, at mailsink.Point, after int) *served {
	t.Helper()
	s := &served{t: t, here: make(chan struct{}, 1)}
	s.stalls.Store(true)
	var seen atomic.Int32
	relay, err := mailsink.Start(mailsink.Options{Faults: func(session mailsink.Session) mailsink.Fault {
		if session.Point != at || !s.stalls.Load() || int(seen.Add(1)) <= after {
			return mailsink.Fault{}
		}
		select {
		case s.here <- struct{}{}:
		default:
		}
		return mailsink.Fault{Delay: mailsink.Forever}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { relay.Close() })
	s.relay, s.dir = relay, filepath.Join(t.TempDir(), "here")
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, relay.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(0, "init", s.dir, "--authority", "cheshire-west", "--from", "peps@cheshirewestandchester.gov.uk",
		"--relay", "smtp://"+relay.Addr(), "--relay-ca", ca)
	s.run(3, "import", "--quiet", filepath.Join(sampleExport, "children.csv"), filepath.Join(sampleExport, "contacts.csv"))
	return s
}

// command is the real program with its clock in the sample's term.
func (s *served) command(args ...string) *exec.Cmd {
	if args[0] != "init" {
		args = append(args, "--config", filepath.Join(s.dir, "pepost.yaml"))
	}
	cmd := exec.Command("pepost", args...)
	cmd.Env = append(os.Environ(), wallFrom+"="+dueDay)
	return cmd
}

func (s *served) run(code int, args ...string) string {
	s.t.Helper()
	cmd := s.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if _ = cmd.Run(); cmd.ProcessState.ExitCode() != code {
		s.t.Fatalf("pepost %s: exit %d, want %d: %s", strings.Join(args, " "), cmd.ProcessState.ExitCode(), code, &errs)
	}
	return out.String()
}

// serving is a daemon that runs as a process.
type serving struct {
	*served
	cmd  *exec.Cmd
	log  *lockedBuffer
	done chan struct{}
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func (s *served) serve() *serving {
	s.t.Helper()
	d := &serving{served: s, cmd: s.command("serve"), log: &lockedBuffer{}, done: make(chan struct{})}
	d.cmd.Stderr = d.log
	if err := d.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		_ = d.cmd.Wait()
		close(d.done)
	}()
	s.t.Cleanup(func() { _ = d.cmd.Process.Kill(); <-d.done })
	return d
}

// stalled waits until the relay does not answer.
func (d *serving) stalled() {
	d.t.Helper()
	select {
	case <-d.here:
	case <-d.done:
		d.t.Fatalf("it ended: %s", d.log)
	case <-time.After(time.Minute):
		d.t.Fatalf("the relay was never asked: %s", d.log)
	}
}

// tells waits until the log holds a text so often.
func (d *serving) tells(text string, times int) {
	d.t.Helper()
	for deadline := time.Now().Add(time.Minute); strings.Count(d.log.String(), text) < times; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			d.t.Fatalf("%q is not told %d times: %s", text, times, d.log)
		}
	}
}

func (d *serving) signal(s syscall.Signal) {
	d.t.Helper()
	if err := d.cmd.Process.Signal(s); err != nil {
		d.t.Fatal(err)
	}
}

// ends waits for the end and gives how long it took.
func (d *serving) ends(code int, within time.Duration) {
	d.t.Helper()
	began := time.Now()
	select {
	case <-d.done:
	case <-time.After(within + 10*time.Second):
		d.t.Fatalf("it goes on: %s", d.log)
	}
	if took := time.Since(began); took > within {
		d.t.Errorf("it took %v, more than %v", took, within)
	}
	if got := d.cmd.ProcessState.ExitCode(); got != code {
		d.t.Errorf("exit %d, want %d: %s", got, code, d.log)
	}
}

// states counts the outbox, and checks it against what the relay took: nothing
// came twice, what was accepted came once, and nothing came that waits.
func (s *served) states() map[outbox.State]int {
	s.t.Helper()
	came := map[string]int{}
	for _, m := range s.relay.Messages() {
		came[messageID(m.Data)]++
	}
	count := map[outbox.State]int{}
	for line := range strings.Lines(s.run(0, "outbox", "list", "--json")) {
		var d deliveryJSON
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			s.t.Fatal(err)
		}
		count[d.State]++
		n := came[d.MessageID]
		if d.State == outbox.Accepted && n != 1 || n > 1 || n > 0 && !slices.Contains([]outbox.State{outbox.Accepted, outbox.Uncertain, outbox.Sending}, d.State) {
			s.t.Errorf("%s is %s and came %d times", d.ID, d.State, n)
		}
	}
	return count
}

// goesOn serves with a relay that works until nothing waits for it, and stops.
func (s *served) goesOn(accepted int) {
	s.t.Helper()
	s.stalls.Store(false)
	d := s.serve()
	d.tells("state=accepted", accepted)
	d.signal(syscall.SIGTERM)
	d.ends(0, 10*time.Second)
}

func TestF40AStopWhileTheRelayOwesItsAnswer(t *testing.T) {
	t.Parallel()
	s := newServed(t, mailsink.AtDot, 2)
	d := s.serve()
	d.stalled()
	d.signal(syscall.SIGTERM)
	d.ends(0, 10*time.Second)
	if log := d.log.String(); !strings.Contains(log, "msg=stopped") || !strings.Contains(log, "state=uncertain") || strings.Contains(log, "@") {
		t.Errorf("log: %s", log)
	}
	first := s.states()
	if first[outbox.Accepted] != 2 || first[outbox.Uncertain] != 1 || first[outbox.Sending] != 0 || first[outbox.Approved] == 0 {
		t.Errorf("%v", first)
	}
	s.goesOn(first[outbox.Approved])
	if then := s.states(); then[outbox.Accepted] != 2+first[outbox.Approved] || then[outbox.Uncertain] != 1 || then[outbox.Approved] != 0 {
		t.Errorf("%v and then %v", first, then)
	}
}

func TestF40AStopBeforeTheMessageIsUnderWayBreaksItOff(t *testing.T) {
	t.Parallel()
	s := newServed(t, mailsink.AtMail, 1)
	d := s.serve()
	d.stalled()
	d.signal(syscall.SIGINT)
	d.ends(0, 5*time.Second)
	first := s.states()
	if first[outbox.Accepted] != 1 || first[outbox.Uncertain]+first[outbox.Sending] != 0 || first[outbox.Deferred] != 1 || first[outbox.Approved] == 0 {
		t.Errorf("%v", first)
	}
	waiting := first[outbox.Approved] + first[outbox.Deferred]
	s.goesOn(waiting)
	if then := s.states(); then[outbox.Accepted] != 1+waiting || then[outbox.Uncertain] != 0 {
		t.Errorf("%v and then %v", first, then)
	}
}

func TestASecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	s := newServed(t, mailsink.AtDot, 0)
	d := s.serve()
	d.stalled()
	d.signal(syscall.SIGTERM)
	d.tells("msg=stopping", 1)
	d.signal(syscall.SIGTERM)
	d.ends(130, time.Second)
	if log := d.log.String(); !strings.Contains(log, "a second signal") {
		t.Errorf("log: %s", log)
	}
	first := s.states()
	if first[outbox.Sending] != 1 || first[outbox.Accepted] != 0 {
		t.Errorf("%v", first)
	}
	s.goesOn(first[outbox.Approved])
	if then := s.states(); then[outbox.Accepted] != first[outbox.Approved] || then[outbox.Uncertain] != 1 || then[outbox.Sending] != 0 {
		t.Errorf("%v and then %v", first, then)
	}
}
