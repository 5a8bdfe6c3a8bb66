package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/mailsink"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/schedules"
)

// heard is a log that others may wait for.
type heard struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func newHeard() *heard { return &heard{more: make(chan struct{}, 1)} }

func (h *heard) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n, err := h.text.Write(b)
	select {
	case h.more <- struct{}{}:
	default:
	}
	return n, err
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

// await gives the line that holds a text.
func (h *heard) await(t *testing.T, ctx context.Context, text string) string {
	t.Helper()
	for {
		for line := range strings.Lines(h.String()) {
			if strings.Contains(line, text) {
				return line
			}
		}
		select {
		case <-h.more:
		case <-ctx.Done():
			t.Fatalf("%q was never said: %s", text, h)
		}
	}
}

// ownRules is an installation with its own folder of schedules.
func ownRules(t *testing.T) (dir, timetable string, relay *mailsink.Server) {
	t.Helper()
	relay, err := mailsink.Start(mailsink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { relay.Close() })
	dir, ca := filepath.Join(t.TempDir(), "here"), filepath.Join(t.TempDir(), "ca.pem")
	write(t, ca, string(relay.CAPEM()))
	if code := play(t.Context(), newHeard(), "init", dir, "--authority", "sample", "--from", "peps@democheshire.gov.uk", "--relay", "smtp://"+relay.Addr(), "--relay-ca", ca); code != 0 {
		t.Fatalf("init gives %d", code)
	}
	if err := os.CopyFS(filepath.Join(dir, "schedules"), schedules.FS); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "pepost.yaml")
	write(t, config, read(t, config)+"\nfolders: {schedules: schedules}\n")
	return dir, filepath.Join(dir, "schedules", "sample", "timetable.yaml"), relay
}

func play(ctx context.Context, stderr *heard, args ...string) int {
	return run(ctx, surroundings{
		args: args, stdout: &bytes.Buffer{}, stderr: stderr, getenv: func(string) string { return "" }, wall: time.Now, look: 20 * time.Millisecond,
	})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestADaemonKeepsTheLastGoodRulesAndTakesMendedOnes: a file is spoilt and
// mended while serve runs.
func TestADaemonKeepsTheLastGoodRulesAndTakesMendedOnes(t *testing.T) {
	dir, timetable, _ := ownRules(t)
	good := read(t, timetable)
	limit, done := context.WithTimeout(t.Context(), 5*time.Minute)
	defer done()
	ctx, stop := context.WithCancel(limit)
	log, ended := newHeard(), make(chan int, 1)
	go func() { ended <- play(ctx, log, "serve", "--config", filepath.Join(dir, "pepost.yaml")) }()
	log.await(t, limit, "msg=serving")

	write(t, timetable, strings.Replace(good, "form_out: {value: 3, unit: school weeks", "form_out: {value: 3, unit: schoolweeks", 1))
	line := log.await(t, limit, "the rules on disk are refused, the last good ones go on")
	if !strings.Contains(line, "sample/timetable.yaml:") || !strings.Contains(line, "did you mean school weeks?") {
		t.Errorf("the refusal does not say where and what to write: %s", line)
	}
	write(t, timetable, strings.Replace(good, "form_out: {value: 3", "form_out: {value: 2", 1))
	log.await(t, limit, "changed rules are in force")
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("a stopped daemon gives %d: %s", code, log)
	}
}

func TestAChangeTakesAllOfTheSetOrNothing(t *testing.T) {
	dir, timetable, _ := ownRules(t)
	p := &program{surroundings: surroundings{wall: time.Now, getenv: func(string) string { return "" }}}
	p.flags.config = filepath.Join(dir, "pepost.yaml")
	p.flags.logFormat, p.flags.logLevel = "text", "info"
	log := newHeard()
	p.stderr = log
	logger, err := p.logger()
	if err != nil {
		t.Fatal(err)
	}
	i, err := p.open(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer i.close()
	g, err := goodRules(t.Context(), i, logger)
	if err != nil {
		t.Fatal(err)
	}
	policy := filepath.Join(dir, "schedules", "sample", "delivery.yaml")
	good, goodPolicy := read(t, timetable), read(t, policy)
	weeks := func() int { return g.runner.Load().Rules.FormOut.N }
	if g.look(t.Context()) || weeks() != 3 {
		t.Error("files that nobody changed were read anew")
	}

	// Two weeks are sound by themselves; the policy beside them is not.
	write(t, timetable, strings.Replace(good, "form_out: {value: 3", "form_out: {value: 2", 1))
	write(t, policy, "rules: [\n")
	if g.look(t.Context()) || weeks() != 3 {
		t.Errorf("half of a set is in force: %d weeks", weeks())
	}
	inForce, warning := g.told()
	if !strings.Contains(inForce, "as read when serve started") || !strings.Contains(warning, "sample/delivery.yaml") {
		t.Errorf("the page says %q and %q", inForce, warning)
	}
	said := log.String()
	if g.look(t.Context()) || log.String() != said {
		t.Error("one mistake is told at every look")
	}

	kept := g.runner.Load()
	write(t, policy, goodPolicy)
	if !g.look(t.Context()) || weeks() != 2 {
		t.Errorf("a mended set is not taken: %d weeks", weeks())
	}
	if kept.Rules.FormOut.N != 3 || g.runner.Load().Outgoing != kept.Outgoing {
		t.Error("work under way lost the rules it began with, or the queue's memory of its relay is gone")
	}
	if inForce, warning := g.told(); !strings.Contains(inForce, "as changed on") || warning != "" {
		t.Errorf("the page says %q and %q", inForce, warning)
	}
	if err := os.RemoveAll(filepath.Join(dir, "schedules")); err != nil {
		t.Fatal(err)
	}
	if g.look(t.Context()) || weeks() != 2 {
		t.Error("a folder that went away took the rules with it")
	}
}

// rulesOf opens an installation and the rules a daemon would begin with.
func rulesOf(t *testing.T, dir string) (*lastGood, *heard) {
	t.Helper()
	log := newHeard()
	p := &program{surroundings: surroundings{wall: time.Now, stderr: log, getenv: func(string) string { return "" }}}
	p.flags.config = filepath.Join(dir, "pepost.yaml")
	p.flags.logFormat, p.flags.logLevel = "text", "info"
	logger, err := p.logger()
	if err != nil {
		t.Fatal(err)
	}
	i, err := p.open(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { i.close() })
	g, err := goodRules(t.Context(), i, logger)
	if err != nil {
		t.Fatal(err)
	}
	return g, log
}

// verdictOf is what a daemon would decide of a school's address now.
func verdictOf(g *lastGood) route.Decision {
	r := g.runner.Load()
	return r.Guard.Decide(route.Question{
		To: pep.ParseAddress("head@oak.democheshire.sch.uk"), From: r.From, On: pep.DateOf(r.Now()), Means: r.Means,
	})
}

func TestD13ABrokenPolicyLeavesTheOldOneInForceAndIsTold(t *testing.T) {
	dir, _, _ := ownRules(t)
	g, log := rulesOf(t, dir)
	policy := filepath.Join(dir, "schedules", "sample", "delivery.yaml")
	good, before := read(t, policy), verdictOf(g)
	if before.Verdict != route.Secure || before.Policy == "" {
		t.Fatalf("%+v", before)
	}
	for _, broken := range []string{"rows: [\n", "", good + "  - id: demo-council\n"} {
		write(t, policy, broken)
		if g.look(t.Context()) {
			t.Errorf("taken: %q", broken)
		}
		if now := verdictOf(g); now.Verdict != route.Secure || now.Policy != before.Policy {
			t.Errorf("decided by another policy: %+v", now)
		}
		if _, warning := g.told(); !strings.Contains(warning, "sample/delivery.yaml") || !strings.Contains(log.String(), "the last good ones go on") {
			t.Errorf("nothing is told: %q, %s", warning, log)
		}
	}

	// What widens waits in a running daemon too, until two people agreed.
	write(t, policy, strings.Replace(good, "contains: democheshire", "contains: demo", 1))
	if !g.look(t.Context()) || !g.runner.Load().Guard.Changed() || !strings.Contains(log.String(), "waits for two people") {
		t.Errorf("a wider policy is in force: %s", log)
	}
	if g.look(t.Context()) {
		t.Error("what waits counts")
	}
}

func TestD14ADaemonWithoutAPolicyStartsAndHoldsEverything(t *testing.T) {
	dir, _, _ := ownRules(t)
	policy := filepath.Join(dir, "schedules", "sample", "delivery.yaml")
	for _, spoil := range []func() error{
		func() error { return os.WriteFile(policy, nil, 0o600) }, func() error { return os.Remove(policy) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		t.Run("", func(t *testing.T) {
			g, log := rulesOf(t, dir)
			if d := verdictOf(g); d.Verdict != route.Hold || d.Rule != route.RuleNoPolicy {
				t.Errorf("%+v", d)
			}
			if !strings.Contains(log.String(), "everything is held") {
				t.Errorf("nothing is told: %s", log)
			}
		})
	}
}

func TestADaemonStartsOnlyWithGoodRules(t *testing.T) {
	dir, timetable, _ := ownRules(t)
	write(t, timetable, strings.Replace(read(t, timetable), "clocks:", "clock:", 1))
	log := newHeard()
	if code := play(t.Context(), log, "serve", "--config", filepath.Join(dir, "pepost.yaml")); code != int(exitConfig) {
		t.Errorf("serve with broken rules gives %d", code)
	}
	if !strings.Contains(log.String(), `did you mean clocks?`) || strings.Contains(log.String(), "msg=serving") {
		t.Errorf("serve says %s", log)
	}
}
