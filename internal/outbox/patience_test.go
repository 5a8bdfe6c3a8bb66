package outbox

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/pep"
)

func TestTheBackOffIsBoundedByTheDeadline(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	due := pep.MustDate("2026-03-27") // the clock goes forward in the night to the 29th
	end := due.AddDays(1).In(london, 0, 0)
	rapid.Check(t, func(t *rapid.T) {
		at := end.Add(-time.Duration(rapid.IntRange(-3*86400, 3*86400).Draw(t, "seconds before the end")) * time.Second)
		d := Delivery{ID: rapid.String().Draw(t, "id"), Due: due, State: Sending, Attempts: make([]Attempt, rapid.IntRange(0, 40).Draw(t, "attempts"))}
		d, err := Conclude(d, Outcome{Result: ResultDeferred, Phase: PhaseEnvelope, Code: 451}, Occasion{At: at})
		if err != nil {
			t.Fatal(err)
		}
		wait, usual, least := d.NextAttempt.Sub(at), Backoff(len(d.Attempts), d.ID), Backoff(1, d.ID)
		left := end.Sub(at)
		switch {
		case left <= 0 || usual < left:
			if wait != usual {
				t.Fatalf("%v before the end it waits %v, not %v", left, wait, usual)
			}
		case wait > max(left, least) || wait < least || wait > usual:
			t.Fatalf("%v before the end it waits %v; the step is %v", left, wait, usual)
		}
	})
}

func TestWithoutADayTheBackOffIsTheUsualOne(t *testing.T) {
	d, err := Conclude(Delivery{ID: "x", State: Sending, Attempts: make([]Attempt, 9)}, Outcome{Result: ResultTLSFault, Phase: PhaseTLS}, Occasion{At: at()})
	if err != nil || d.NextAttempt.Sub(at()) != Backoff(10, "x") {
		t.Errorf("%v %v", d.NextAttempt.Sub(at()), err)
	}
}

func TestAWaitBeginsWithTheReleaseAndNotWithTheLastAttempt(t *testing.T) {
	hour := func(n int) Occasion { return Occasion{At: at().Add(time.Duration(n) * time.Hour)} }
	d := Delivery{ID: "x", State: Drafted}
	steps := []struct {
		do    func() error
		since int // hours; below nought where it waits for nobody's mail server
	}{
		{func() error { return nil }, -1},
		{func() (err error) { d, err = Advance(d, Approve, hour(1)); return err }, 1},
		{func() (err error) { d, err = Claim(d, "p", at().Add(9*time.Hour), hour(2)); return err }, -1},
		{func() (err error) { d, err = Conclude(d, Outcome{Result: ResultDeferred}, hour(2)); return err }, 1},
		{func() (err error) { d, err = Advance(d, Note, hour(3)); return err }, 1},
		{func() (err error) { d, err = Advance(d, Retry, hour(4)); return err }, 4},
		{func() (err error) { d, err = Advance(d, Hold, hour(5)); return err }, -1},
		{func() (err error) { d, err = Advance(d, Approve, hour(6)); return err }, 6},
	}
	for i, step := range steps {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		since, waits := d.WaitsSince()
		if waits != (step.since >= 0) || waits && !since.Equal(hour(step.since).At) {
			t.Errorf("step %d: %v %v", i, since, waits)
		}
	}
}
