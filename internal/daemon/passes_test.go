package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestWhoAsksDuringAPassSharesTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var begun, underWay atomic.Int32
		p := newPasses(t.Context(), func(context.Context) error {
			begun.Add(1)
			if underWay.Add(1) > 1 {
				t.Error("two passes at once")
			}
			time.Sleep(time.Minute)
			underWay.Add(-1)
			return nil
		}, quiet())
		start := time.Now()
		var all sync.WaitGroup
		ask := func(want time.Duration) {
			all.Go(func() {
				if err := p.pass(); err != nil || time.Since(start) != want {
					t.Errorf("ended after %v with %v, want %v", time.Since(start), err, want)
				}
			})
		}
		ask(time.Minute)
		time.Sleep(30 * time.Second)
		for range 100 {
			ask(2 * time.Minute)
		}
		time.Sleep(60 * time.Second)
		ask(3 * time.Minute)
		all.Wait()
		if begun.Load() != 3 {
			t.Errorf("%d passes, want 3", begun.Load())
		}
	})
}

func TestAFailureIsTheLogsAndNotTheEngines(t *testing.T) {
	var text strings.Builder
	log := slog.New(slog.NewTextHandler(&text, nil))
	p := newPasses(t.Context(), func(context.Context) error { return errors.New("the disk is full") }, log)
	if err := p.pass(); !errors.Is(err, errPass) || strings.Contains(err.Error(), "disk") {
		t.Errorf("error %v", err)
	}
	if !strings.Contains(text.String(), "the disk is full") {
		t.Errorf("log: %s", &text)
	}
}

func TestAPanicInAPassLeavesRoomForTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		blow := true
		p := newPasses(t.Context(), func(context.Context) error {
			time.Sleep(time.Second)
			if blow {
				blow = false
				panic("boom")
			}
			return nil
		}, quiet())
		var all sync.WaitGroup
		all.Go(func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed: the engine must learn of it")
				}
			}()
			_ = p.pass()
		})
		synctest.Wait()
		all.Go(func() {
			if err := p.pass(); err != nil {
				t.Errorf("the next pass: %v", err)
			}
		})
		all.Wait()
	})
}

func TestNoPassBeginsOnceTheDaemonStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := newPasses(ctx, func(context.Context) error { t.Error("a pass began"); return nil }, quiet())
	if err := p.pass(); err != nil {
		t.Error(err)
	}
}

// TestTheClockIsLookedAt: when a pass is due, whatever else happens.
func TestTheClockIsLookedAt(t *testing.T) {
	type answer struct {
		next  time.Duration // from the start
		waits bool
		err   error
	}
	rows := []struct {
		name    string
		answers []answer // after each pass
		want    []time.Duration
	}{
		{"nothing waits", []answer{{}, {}}, []time.Duration{0, time.Minute, 2 * time.Minute}},
		{"something soon", []answer{{next: 10 * time.Second, waits: true}, {}}, []time.Duration{0, 10 * time.Second, 70 * time.Second}},
		{"something much later", []answer{{next: time.Hour, waits: true}}, []time.Duration{0, time.Minute}},
		{"left, since its relay does not work", []answer{{next: -time.Hour, waits: true}}, []time.Duration{0, time.Minute}},
		{"always there, as after an import", []answer{{next: 0, waits: true}}, []time.Duration{0, time.Minute}},
		{"cannot be read", []answer{{err: errors.New("locked")}}, []time.Duration{0, time.Minute}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				start := time.Now()
				var got []time.Duration
				s := Service{Log: quiet(), Now: time.Now, LookEvery: time.Minute}
				s.NextDue = func(context.Context) (time.Time, bool, error) {
					if len(got) > len(row.answers) {
						return time.Time{}, false, nil
					}
					a := row.answers[len(got)-1]
					return start.Add(a.next), a.waits, a.err
				}
				p := newPasses(ctx, func(context.Context) error {
					if got = append(got, time.Since(start)); len(got) == len(row.want) {
						cancel()
					}
					return nil
				}, quiet())
				s.watch(ctx, p)
				for i, want := range row.want {
					if got[i] != want {
						t.Errorf("passes at %v, want %v", got, row.want)
					}
				}
			})
		})
	}
}

func TestAPassToldToStopIsNoFailure(t *testing.T) {
	var text strings.Builder
	ctx, stop := context.WithCancel(t.Context())
	p := newPasses(ctx, func(ctx context.Context) error {
		stop()
		return fmt.Errorf("storing a delivery: %w", ctx.Err())
	}, slog.New(slog.NewTextHandler(&text, nil)))
	if err := p.pass(); err != nil || text.Len() > 0 {
		t.Errorf("stopping gives %v and logs %q", err, &text)
	}
}
