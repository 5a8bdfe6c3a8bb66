package canary

import (
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// State is what became of one canary.
type State string

// The states.
const (
	// Out means that it was, or may have been, handed to the gateway.
	Out State = "out"
	// Unsent means that the gateway's relay did not take it.
	Unsent State = "unsent"
	// Encrypted means that it came back encrypted.
	Encrypted State = "encrypted"
	// Failed means that it came back in clear, or not as it should look.
	Failed State = "failed"
)

// States lists every state.
func States() []State { return []State{Out, Unsent, Encrypted, Failed} }

// Sent is one canary.
type Sent struct {
	ID      string
	Gateway string
	At      time.Time // when it was sent
	State   State
	Judged  time.Time // when it came back; zero before
	Why     string
}

// Standing is whether a gateway may be used.
type Standing struct {
	Open bool
	Why  string
	// Due is set where a canary is to be sent now.
	Due bool
}

// retryAfter is the wait before another canary where the relay did not take
// one.
const retryAfter = 15 * time.Minute

// StandingOf judges a gateway by its canaries, in whatever order they come. It
// is open while the newest that came back encrypted is fresh, counted from when
// it was sent, and none has failed since then. A canary from the future, by a
// clock that was set back, proves nothing.
func StandingOf(g route.Gateway, canaries []Sent, now time.Time) Standing {
	var last, good, bad Sent
	for _, c := range canaries {
		if c.Gateway != g.Name || c.At.After(now) {
			continue
		}
		if c.At.After(last.At) {
			last = c
		}
		switch {
		case c.State == Encrypted && c.At.After(good.At):
			good = c
		case c.State == Failed && c.Judged.After(bad.Judged):
			bad = c
		}
	}
	s := Standing{Due: due(g, last, now)}
	switch closed := "the gateway " + g.Name + " is closed: "; {
	case !g.Reviewed(pep.DateOf(now)):
		s.Why = closed + "its review was due by " + g.ReviewBy.Long() + ", somebody must check it again"
	case !bad.Judged.IsZero() && !good.At.After(bad.Judged):
		s.Why = closed + "a canary failed on " + moment(bad.Judged) + ": " + bad.Why
	case good.At.IsZero():
		s.Why = closed + "no canary has come back encrypted yet"
	case now.Sub(good.At) > g.Canary.Fresh:
		s.Why = closed + fmt.Sprintf("the last canary that came back encrypted was sent on %s, more than %d hours ago", moment(good.At), int(g.Canary.Fresh.Hours()))
	default:
		s.Open, s.Why = true, "the canary sent on "+moment(good.At)+" came back encrypted"
	}
	return s
}

// due reports whether the next canary is to go, by the last one.
func due(g route.Gateway, last Sent, now time.Time) bool {
	wait := g.Canary.Every
	if last.State == Unsent || last.State == Failed {
		wait = min(wait, retryAfter)
	}
	return last.At.IsZero() || now.Sub(last.At) >= wait
}

func moment(at time.Time) string { return at.Format("2 January 2006 at 15:04") }
