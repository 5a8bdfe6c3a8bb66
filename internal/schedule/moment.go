package schedule

import (
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// Moment is a minute of the civil clock, whatever its offset from UTC: the
// minutes since 1970 as the clock on the wall counts them. Moments compare as
// numbers. The zero Moment means never.
type Moment int64

const layout = "2006-01-02 15:04"

// MomentOf is the minute that the clock in a place shows at t.
func MomentOf(t time.Time, where *time.Location) Moment {
	local := t.In(where)
	return momentOfWall(time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), 0, 0, time.UTC))
}

// ParseMoment reads the form 2026-03-29 07:00 and nothing else.
func ParseMoment(text string) (Moment, error) {
	wall, err := time.Parse(layout, text)
	if err != nil || wall.Format(layout) != text {
		return 0, fmt.Errorf("%.20q is not a moment of the form 2026-03-29 07:00", text)
	}
	return momentOfWall(wall), nil
}

func momentOfWall(wall time.Time) Moment { return Moment(wall.Unix() / 60) }

// wall is the moment as if the clock on the wall showed UTC, for arithmetic
// only.
func (m Moment) wall() time.Time { return time.Unix(int64(m)*60, 0).UTC() }

// In is when the clock in a place shows the moment.
func (m Moment) In(where *time.Location) time.Time {
	w := m.wall()
	return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), 0, 0, where)
}

// Date is the day of the moment.
func (m Moment) Date() pep.Date { return pep.DateOf(m.wall()) }

// String is the moment as 2026-03-29 07:00; such texts sort as the moments do.
// The zero Moment is never.
func (m Moment) String() string {
	if m == 0 {
		return "never"
	}
	return m.wall().Format(layout)
}
