package daemon

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAPollThatFailsWaitsLongerEachTimeAndThenAsUsual(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		ctx, stop := context.WithCancel(t.Context())
		start := time.Now()
		var at []time.Duration
		s := Service{Log: slog.New(slog.NewTextHandler(&log, nil))}
		s.poll(ctx, Poll{Name: "the mailbox", Every: 20 * time.Minute, Do: func(context.Context) error {
			at = append(at, time.Since(start))
			switch len(at) {
			case 1, 2, 3:
				return errors.New("the server is away")
			case 6:
				stop()
			}
			return nil
		}})
		want := []time.Duration{0, 40 * time.Minute, 100 * time.Minute, 160 * time.Minute, 180 * time.Minute, 200 * time.Minute}
		for i := range want {
			if len(at) != len(want) || at[i] != want[i] {
				t.Fatalf("looked at %v, want %v", at, want)
			}
		}
		if n := strings.Count(log.String(), "level=ERROR"); n != 3 || !strings.Contains(log.String(), "goes on") {
			t.Errorf("%d errors in the log: %s", n, log.String())
		}
	})
}

func TestALookThatHangsIsBrokenOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		s, looks := Service{Log: slog.New(slog.DiscardHandler)}, 0
		s.poll(ctx, Poll{Name: "the mailbox", Every: time.Minute, Within: 5 * time.Minute, Do: func(ctx context.Context) error {
			if looks++; looks == 2 {
				stop()
			}
			<-ctx.Done()
			return ctx.Err()
		}})
		if looks != 2 {
			t.Errorf("%d looks", looks)
		}
	})
}

func TestThePauseNeverExceedsAnHourUnlessItIsWanted(t *testing.T) {
	for _, c := range []struct {
		every  time.Duration
		failed int
		want   time.Duration
	}{{time.Minute, 0, time.Minute}, {time.Minute, 3, 8 * time.Minute}, {time.Minute, 1000, time.Hour}, {2 * time.Hour, 5, 2 * time.Hour}} {
		if got := (Poll{Every: c.every}).pause(c.failed); got != c.want {
			t.Errorf("every %v, failed %d times: %v, want %v", c.every, c.failed, got, c.want)
		}
	}
}
