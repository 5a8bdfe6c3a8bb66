package post

import (
	"errors"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/schedules"
)

func TestAProofIsOfDaysThatCanBe(t *testing.T) {
	day := pep.MustDate
	made, today := day("2026-02-09"), day("2026-02-12")
	known, err := Posted("RB473124829GB", day("2026-02-10"), " book 4 ", made, today)
	if err != nil || known.Reference != "book 4" {
		t.Fatal(known, err)
	}
	if _, err := Posted("RB473124829GB", day("2026-02-13"), "", made, today); !errors.Is(err, ErrFuture) {
		t.Error(err)
	}
	if _, err := Posted("RB473124829GB", day("2026-02-08"), "", made, today); err == nil {
		t.Error("it was posted before it was made")
	}
	for _, reference := range []string{"a\nb", strings.Repeat("x", mostReference+1), "\xff"} {
		if _, err := Posted("RB473124829GB", today, reference, made, today); !errors.Is(err, ErrReference) {
			t.Errorf("%q: %v", reference, err)
		}
	}
	if _, err := known.Delivered(day("2026-02-13"), today); !errors.Is(err, ErrFuture) {
		t.Error(err)
	}
	if _, err := known.Delivered(day("2026-02-09"), today); err == nil {
		t.Error("it was delivered before it was posted")
	}
	if known, err = known.Delivered(day("2026-02-10"), today); err != nil || known.DeliveredOn != day("2026-02-10") {
		t.Error(known, err)
	}
}

func TestSomebodyAsksAfterSoManyWorkingDays(t *testing.T) {
	cal, err := calendar.Load(schedules.FS, "cheshire-west")
	if err != nil {
		t.Fatal(err)
	}
	rules := Rules{Days: 5}
	for _, c := range []struct {
		posted, want string
		by           *calendar.Calendar
	}{
		{"2026-02-09", "2026-02-16", cal},
		{"2026-04-01", "2026-04-10", cal}, // Good Friday and Easter Monday do not count
		{"2026-04-01", "2026-04-06", nil},
		{"2091-04-01", "2091-04-06", cal}, // beyond the bank holidays that are known
	} {
		on, why := rules.AskOn(pep.MustDate(c.posted), c.by)
		if on.String() != c.want || !strings.Contains(why, "no proof of delivery after 5") {
			t.Errorf("%s: %s, %s", c.posted, on, why)
		}
	}
}
