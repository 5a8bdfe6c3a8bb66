package pep

import (
	"strings"
	"testing"
)

func TestSocialWorkersPartInTheWordsOfExports(t *testing.T) {
	for want, texts := range map[Answer][]string{
		Unanswered: {"", " ", "\t"},
		Yes:        {"Yes", "y", "TRUE", "1", "Complete", "COMPLETED", " done "},
		No:         {"No", "n", "false", "0", "not complete", "Not  Completed", "not-complete", "Incomplete", "in progress", "outstanding"},
	} {
		for _, text := range texts {
			if got, err := ParseSocialWorkerPart(text); err != nil || got != want {
				t.Errorf("%q: %q %v, want %q", text, got, err, want)
			}
		}
	}
	for _, text := range []string{"perhaps", "yes and no", "completely", "03/02/2026", "n/a"} {
		got, err := ParseSocialWorkerPart(text)
		wantCode(t, text, err, UnknownCode)
		if got != Unanswered {
			t.Errorf("%q: %q beside an error", text, got)
		}
	}
}

func TestMeetingStatusInTheWordsOfExports(t *testing.T) {
	for want, texts := range map[MeetingStatus][]string{
		MeetingUnknown:    {"", "  "},
		MeetingProposed:   {"Proposed", "TBC", "to be confirmed"},
		MeetingBooked:     {"booked", "Arranged", "CONFIRMED"},
		MeetingCancelled:  {"Cancelled", "canceled"},
		MeetingReconvened: {"reconvened", "Rescheduled", "re-arranged"},
		MeetingHeld:       {"HELD", "Took  place", "completed", "took_place"},
	} {
		for _, text := range texts {
			if got, err := ParseMeetingStatus(text); err != nil || got != want {
				t.Errorf("%q: %q %v, want %q", text, got, err, want)
			}
		}
	}
	for _, status := range MeetingStatuses() {
		if got, err := ParseMeetingStatus(strings.ToUpper(string(status))); err != nil || got != status {
			t.Errorf("%q in capitals: %q %v", status, got, err)
		}
	}
	// Postponed says neither that the meeting is off nor that there is another.
	for _, text := range []string{"postponed", "yes", "no", "not held", "17/03/2026"} {
		got, err := ParseMeetingStatus(text)
		wantCode(t, text, err, UnknownCode)
		if got != MeetingUnknown {
			t.Errorf("%q: %q beside an error", text, got)
		}
	}
}

func TestBringForwardInTheWordsOfExports(t *testing.T) {
	for want, texts := range map[BringForward][]string{
		NotBroughtForward: {"", "No", "none"},
		NewSchool:         {"School Move", "new school"},
		Excluded:          {"Excluded", "permanently excluded"},
		Sentenced:         {"custody", "Sentenced"},
		VirtualSchoolAsks: {"VS request", "virtual school request", "Virtual School\u2019s request"},
		ReviewerAsks:      {"IRO request", "iro\u2019s request"},
	} {
		for _, text := range texts {
			if got, err := ParseBringForward(text); err != nil || got != want {
				t.Errorf("%q: %q %v, want %q", text, got, err, want)
			}
		}
	}
	for _, why := range BringForwards() {
		if got, err := ParseBringForward(strings.ToUpper(string(why))); err != nil || got != why {
			t.Errorf("%q in capitals: %q %v", why, got, err)
		}
	}
	for _, text := range []string{"yes", "suspended", "not excluded", "placement move", "17/03/2026"} {
		got, err := ParseBringForward(text)
		wantCode(t, text, err, UnknownCode)
		if got != NotBroughtForward {
			t.Errorf("%q: %q beside an error", text, got)
		}
	}
}

func FuzzCourseWords(f *testing.F) {
	for _, seed := range []string{"", "Complete", "not_complete", "took place", "re-arranged", "Virtual School\u2019s request", "\u00a0NO\u00a0", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if part, err := ParseSocialWorkerPart(text); err != nil && part != Unanswered {
			t.Fatalf("the part is %q beside an error", part)
		}
		if status, err := ParseMeetingStatus(text); err != nil && status != MeetingUnknown {
			t.Fatalf("the meeting is %q beside an error", status)
		} else if again, failed := ParseMeetingStatus(string(status)); failed != nil || again != status {
			t.Fatalf("the status %q is not read as itself", status)
		}
		if why, err := ParseBringForward(text); err != nil && why != NotBroughtForward {
			t.Fatalf("the reason is %q beside an error", why)
		} else if again, failed := ParseBringForward(string(why)); failed != nil || again != why {
			t.Fatalf("the reason %q is not read as itself", why)
		}
	})
}
