package schedule

import "time"

// State is what became of one nominal moment of a schedule.
type State string

// The states. A moment is done at most once; what failed may be tried again,
// and what lapsed was never begun.
const (
	Begun   State = "begun" // no run: the schedule was first looked at after this moment
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
	Lapsed  State = "lapsed"
)

// Record is one nominal moment as it is on record.
type Record struct {
	Schedule string
	Nominal  Moment
	State    State
	Tries    int       // how often it was begun
	Started  time.Time // zero where it never was
	Ended    time.Time // zero while it runs
	Owner    string    // the process that began it or let it lapse
	Note     string    // why it failed or lapsed; never of whom
}

// pauses are the waits before a failed run is tried again.
func pauses() []time.Duration {
	return []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute}
}

// RetryAt is when a failed run is to be tried again; false where it failed for
// good.
func (r Record) RetryAt() (time.Time, bool) {
	waits := pauses()
	if r.State != Failed || r.Tries < 1 || r.Tries > len(waits) {
		return time.Time{}, false
	}
	return r.Ended.Add(waits[r.Tries-1]), true
}
