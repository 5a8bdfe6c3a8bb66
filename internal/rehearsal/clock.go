package rehearsal

import (
	"sync"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// Clock is the rehearsal's clock: it stands still until it is set, and is
// shared by the pipeline and the mail server. The zero Clock shows the zero
// time.
type Clock struct {
	guard sync.Mutex
	now   time.Time
}

// Now is the moment the clock shows.
func (c *Clock) Now() time.Time {
	c.guard.Lock()
	defer c.guard.Unlock()
	return c.now
}

// Set moves the clock to a moment; it never goes back.
func (c *Clock) Set(to time.Time) {
	c.guard.Lock()
	defer c.guard.Unlock()
	if to.After(c.now) {
		c.now = to
	}
}

// at is a time of day on a civil day.
func at(day pep.Date, where *time.Location, hour, minute int) time.Time {
	return day.In(where, hour, minute)
}
