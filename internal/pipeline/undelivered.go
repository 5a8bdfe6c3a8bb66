package pipeline

import (
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// ChoreUndelivered is a released message that no relay has taken for hours.
const ChoreUndelivered timetable.MilestoneName = "undelivered"

// undelivered is the task of whoever owns a message that waits for longer than
// [outbox.WarnAfter]; false where there is none. The program goes on trying:
// a person finds out what is wrong while there is time before the meeting.
func (r *Runner) undelivered(d outbox.Delivery) (timetable.Due, bool) {
	since, waits := d.WaitsSince()
	waited := r.Now().Sub(since)
	if !waits || d.Kind == outbox.KindDigest || waited < outbox.WarnAfter {
		return timetable.Due{}, false
	}
	more := []string{"it is tried again by itself: pepost outbox show " + d.ID}
	if n := len(d.Attempts); n > 0 {
		more = append([]string{fmt.Sprintf("the last of %d attempts: %s", n, d.Reason)}, more...)
	}
	due := pep.DateOf(since.Add(outbox.WarnAfter).In(r.Now().Location()))
	return r.chore(d, ChoreUndelivered, due, "nobody has taken it for "+waitWords(waited), more...), true
}

// waitWords is a wait in whole hours, and in days once there are two.
func waitWords(waited time.Duration) string {
	hours := int(waited.Hours())
	if hours >= 48 {
		return fmt.Sprintf("%d days", hours/24)
	}
	return fmt.Sprintf("%d hours", hours)
}
