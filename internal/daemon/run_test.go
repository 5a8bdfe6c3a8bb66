package daemon_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/pepost/pepost/internal/daemon"
	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/mailsink"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/smtpout"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/deliveries"
	"github.com/pepost/pepost/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// patience is how long a test waits for what should happen at once.
const patience = 20 * time.Second

func soon[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(patience):
		t.Fatalf("%s: nothing within %v", what, patience)
		panic("unreachable")
	}
}

// released is a delivery that waits to be sent, with its bytes.
func released(id string, at time.Time) (outbox.Delivery, pipeline.Contents) {
	parcel := []byte("Subject: PEP-7F3K-2Q 2 March 2026\r\n\r\nto " + id + "\r\n")
	sum := sha256.Sum256(parcel)
	address := pep.ParseAddress("dt@" + id + ".example")
	return outbox.Delivery{
		ID: id, Key: "key of " + id, Ref: "PEP-7F3K-2Q", Kind: outbox.KindForm, Due: pep.MustDate("2026-03-02"),
		Recipient: outbox.Recipient{Role: pep.DesignatedTeacher, Address: address},
		Decision: route.Decision{
			Address: address.Raw(), Canonical: address.Canonical(), Verdict: route.Encrypt, Method: route.MethodProtectedDocument, Relay: "council",
		},
		State: outbox.Approved, NextAttempt: at, MessageID: "<" + id + "@council.example>", SHA256: hex.EncodeToString(sum[:]), Size: len(parcel),
		Events: []outbox.Event{{At: at, Action: outbox.Approve, To: outbox.Approved, By: "an officer"}},
	}, pipeline.Contents{Parcel: parcel}
}

func add(t *testing.T, x *deliveries.Deliveries, id string, at time.Time) {
	t.Helper()
	d, c := released(id, at)
	if added, err := x.Add(context.Background(), d, c); err != nil || !added {
		t.Fatalf("adding %s: %v %v", id, added, err)
	}
}

// running is a daemon and the way to end it.
type running struct {
	t      *testing.T
	cancel context.CancelFunc
	ended  chan error
}

func start(t *testing.T, s daemon.Service) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: t, cancel: cancel, ended: make(chan error, 1)}
	go func() { r.ended <- daemon.Run(ctx, s) }()
	return r
}

func (r *running) stop() {
	r.t.Helper()
	r.cancel()
	if err := soon(r.t, "stopping", r.ended); err != nil {
		r.t.Error(err)
	}
}

func open(t *testing.T, o store.Options) (*store.DB, *deliveries.Deliveries) {
	t.Helper()
	db := storetest.Open(t, o)
	x, err := daemon.Outbox(db, quiet())
	if err != nil {
		t.Fatal(err)
	}
	return db, x
}

// counting is a service whose passes are counted and that hardly ever looks
// by itself.
func counting(db *store.DB, x *deliveries.Deliveries) (daemon.Service, chan struct{}) {
	passes := make(chan struct{}, 1000)
	return daemon.Service{
		DB: db, NextDue: x.NextDue, Now: time.Now, Log: quiet(), LookEvery: time.Hour,
		Send: func(context.Context) error { passes <- struct{}{}; return nil },
	}, passes
}

func TestAReleasedDeliveryWakesAWorker(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db, x := open(t, o)
		s, passes := counting(db, x)
		d := start(t, s)
		defer d.stop()
		soon(t, "the pass at the start", passes)
		add(t, x, "school", time.Time{})
		soon(t, "the pass for what was released", passes)
	})
}

func TestWhatComesDueLaterIsSentThen(t *testing.T) {
	db, x := open(t, storetest.SQLite(t))
	add(t, deliveries.New(db), "school", time.Now().Add(1500*time.Millisecond)) // from a process that wakes nobody
	s, passes := counting(db, x)
	d := start(t, s)
	defer d.stop()
	soon(t, "the pass at the start", passes)
	soon(t, "the pass for what came due", passes)
	if next, waits, err := x.NextDue(t.Context()); err != nil || !waits || next.After(time.Now()) {
		t.Errorf("the pass came too early: due %v, %v, %v", next, waits, err)
	}
}

func TestAFailedPassIsTriedAgain(t *testing.T) {
	db, x := open(t, storetest.SQLite(t))
	s, passes := counting(db, x)
	s.LookEvery = 50 * time.Millisecond
	count := s.Send
	s.Send = func(ctx context.Context) error { _ = count(ctx); return errors.New("the disk is full") }
	d := start(t, s)
	defer d.stop()
	for range 3 {
		soon(t, "another pass", passes)
	}
}

func TestAPassThatWillNotEndIsGivenUp(t *testing.T) {
	db, x := open(t, storetest.SQLite(t))
	before := goleak.IgnoreCurrent()
	s, passes := counting(db, x)
	s.Grace = 100 * time.Millisecond
	release, woken := make(chan struct{}), false
	s.Send = func(context.Context) error {
		passes <- struct{}{}
		if woken {
			<-release
		}
		woken = true
		return nil
	}
	d := start(t, s)
	soon(t, "the pass at the start", passes)
	add(t, x, "school", time.Time{})
	soon(t, "the pass for what was released", passes)
	d.cancel()
	err := soon(t, "giving up", d.ended)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want that time was up", err)
	}
	close(release)
	goleak.VerifyNone(t, before) // the engine ends before its database is closed
}

func TestEveryPartIsNeeded(t *testing.T) {
	db, x := open(t, storetest.SQLite(t))
	good, _ := counting(db, x)
	for name, spoil := range map[string]func(*daemon.Service){
		"database": func(s *daemon.Service) { s.DB = nil },
		"send":     func(s *daemon.Service) { s.Send = nil },
		"next due": func(s *daemon.Service) { s.NextDue = nil },
		"clock":    func(s *daemon.Service) { s.Now = nil },
		"log":      func(s *daemon.Service) { s.Log = nil },
	} {
		s := good
		spoil(&s)
		if err := daemon.Run(t.Context(), s); err == nil {
			t.Errorf("without %s it runs", name)
		}
	}
}

// overSMTP hands over by the real client.
type overSMTP struct{ client *smtpout.Client }

func (o overSMTP) Send(ctx context.Context, e dispatch.Envelope, beforeDot func() error) outbox.Outcome {
	return o.client.Send(ctx, smtpout.Message{From: e.From, To: e.To, Bytes: e.Bytes, ID: e.ID}, beforeDot)
}

func relay(t *testing.T, faults func(mailsink.Session) mailsink.Fault) (*mailsink.Server, overSMTP) {
	t.Helper()
	server, err := mailsink.Start(mailsink.Options{Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	roots, err := smtpout.Roots(server.CAPEM())
	if err != nil {
		t.Fatal(err)
	}
	client, err := smtpout.New(smtpout.Relay{Addr: server.Addr(), Host: "localhost", Roots: roots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(client.Close(), server.Close()); err != nil {
			t.Error(err)
		}
	})
	return server, overSMTP{client}
}

// TestFromOutboxToRelayUnattended: one message goes at once, one is put off
// and goes when the clock has moved on, none goes twice, a stop and a start
// between them change nothing.
func TestFromOutboxToRelayUnattended(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		server, sender := relay(t, func(s mailsink.Session) mailsink.Fault {
			if s.Point == mailsink.AtRcpt && s.Recipient == "dt@grey.example" && s.Tries == 1 {
				return mailsink.Fault{Reply: "450 4.7.1 greylisted"}
			}
			return mailsink.Fault{}
		})
		db, x := open(t, o)
		var ahead atomic.Int64
		now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		settled := make(chan outbox.Delivery, 100)
		service := func(owner string) daemon.Service {
			dispatcher := &dispatch.Dispatcher{
				Queue: x, Sender: sender, Now: now, Owner: owner, From: "pep@council.example",
				Decide:  func(d outbox.Delivery) (route.Decision, bool) { return d.Decision, false },
				Settled: func(d outbox.Delivery) { settled <- d },
			}
			return daemon.Service{
				DB: db, NextDue: x.NextDue, Now: now, Log: quiet(), LookEvery: 100 * time.Millisecond,
				Send: func(ctx context.Context) error { _, err := dispatcher.Run(ctx); return err },
			}
		}
		expect := func(id string, state outbox.State) {
			t.Helper()
			if d := soon(t, id, settled); d.ID != id || d.State != state {
				t.Errorf("%s is %s, want %s %s", d.ID, d.State, id, state)
			}
		}
		first := start(t, service("first"))
		add(t, x, "school", time.Time{})
		expect("school", outbox.Accepted)
		add(t, x, "grey", time.Time{})
		expect("grey", outbox.Deferred)
		first.stop()
		second := start(t, service("second"))
		defer second.stop()
		ahead.Store(int64(2 * time.Minute))
		expect("grey", outbox.Accepted)
		add(t, x, "last", time.Time{})
		expect("last", outbox.Accepted)
		if n := len(server.Messages()); n != 3 {
			t.Errorf("%d messages arrived, want 3", n)
		}
	})
}
