package web

import (
	"strings"
	"sync"
	"time"
)

// The measures of slowing guesses down. The process as a whole is slowed less
// than one name, so that nobody locks everyone else out for long.
const (
	freeTries    = 5
	firstDelay   = 2 * time.Second
	longestDelay = 5 * time.Minute
	longestOfAll = 30 * time.Second
	forgetAfter  = 30 * time.Minute
	mostNames    = 1000
)

// misses are the wrong passwords of one name, or of everyone.
type misses struct {
	count int
	last  time.Time
}

// throttle slows guessing down: after five wrong passwords each further one
// doubles the time in which no other is looked at.
type throttle struct {
	now   func() time.Time
	lock  sync.Mutex
	names map[string]misses
	all   misses
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, names: make(map[string]misses)}
}

// wait is how long no password is looked at for a name; nought where it is.
func (t *throttle) wait(name string) time.Duration {
	t.lock.Lock()
	defer t.lock.Unlock()
	now := t.now()
	return max(t.names[folded(name)].wait(now, longestDelay), t.all.wait(now, longestOfAll))
}

func (m misses) wait(now time.Time, longest time.Duration) time.Duration {
	if m.count < freeTries || now.Sub(m.last) >= forgetAfter {
		return 0
	}
	delay := longest
	if doublings := m.count - freeTries; doublings < 10 {
		delay = min(longest, firstDelay<<doublings)
	}
	return max(0, delay-now.Sub(m.last))
}

// missed counts a wrong password.
func (t *throttle) missed(name string) {
	t.lock.Lock()
	defer t.lock.Unlock()
	now := t.now()
	t.all = t.all.more(now)
	key := folded(name)
	if _, known := t.names[key]; !known && len(t.names) >= mostNames {
		t.forget(now)
		if len(t.names) >= mostNames {
			return // the delay of all holds
		}
	}
	t.names[key] = t.names[key].more(now)
}

func (m misses) more(now time.Time) misses {
	if now.Sub(m.last) >= forgetAfter {
		m.count = 0
	}
	return misses{count: m.count + 1, last: now}
}

func (t *throttle) forget(now time.Time) {
	for name, m := range t.names {
		if now.Sub(m.last) >= forgetAfter {
			delete(t.names, name)
		}
	}
}

// right forgets the misses of a name; those of everyone lapse by themselves,
// else whoever has one account could guess at the others.
func (t *throttle) right(name string) {
	t.lock.Lock()
	defer t.lock.Unlock()
	delete(t.names, folded(name))
}

func folded(name string) string {
	return strings.ToLower(name[:min(len(name), 64)])
}
