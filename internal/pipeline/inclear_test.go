package pipeline_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/timetable"
)

func TestAReturnInClearIsKeptMarkedAndATaskUntilTheSettingWasTold(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(stranger))
	s.send()
	phrase := s.phrase(s.deliveryTo(stranger))
	taken := s.answered("m1", stranger, ref, "")
	back, _, err := s.Returns.GetReturn(t.Context(), taken.ID)
	if err != nil || !back.InClear || back.State != pipeline.ReturnWaiting || len(back.Reasons) != 0 || len(back.LookAt()) != 1 {
		t.Fatalf("%+v %v", back.LookAt(), err)
	}
	var said string
	err = s.Chores(t.Context(), pep.MustDate("2026-02-03"), func(d timetable.Due) error {
		if d.Milestone == pipeline.ChoreInClear {
			said = d.Why[0]
		}
		return nil
	})
	if err != nil || !strings.Contains(said, "stays protected") || !strings.HasSuffix(said, "pepost returns told "+taken.ID) {
		t.Errorf("%q %v", said, err)
	}
	told := pipeline.By{Name: "A. Officer", Why: "rang them"}
	if err := s.ToldSetting(t.Context(), taken.ID, told); err != nil {
		t.Fatal(err)
	}
	for _, chore := range s.chores("2026-02-03") {
		if chore == pipeline.ChoreInClear {
			t.Error("it is a task still")
		}
	}
	protected := s.answered("m2", stranger, ref, phrase)
	if back, _, err := s.Returns.GetReturn(t.Context(), protected.ID); err != nil || back.InClear {
		t.Errorf("a protected form is marked: %v", err)
	}
	if err := s.ToldSetting(t.Context(), protected.ID, told); !errors.Is(err, pipeline.ErrReturnSettled) {
		t.Errorf("%v", err)
	}
}

func TestOnlyMailFromAnAddressThatIsNotSecureIsInClear(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(trusted))
	// Whether anybody answers for our own relay says nothing of theirs.
	s.Means.Relay.OnwardTLS = false
	s.send()
	file := s.filled(ref, map[string]string{s.openAnswer(ref): "By hand."})
	for name, c := range map[string]struct {
		taken pipeline.Taken
		want  bool
	}{
		"from the trusted domain": {s.answered("m1", trusted, ref, ""), false},
		"from a private mailbox":  {s.answered("m2", "robin@mail.example", ref, ""), true},
		"handed in as a file":     {must(s.TakeInFile(t.Context(), string(ref)+".docx", file))(t), false},
	} {
		back, _, err := s.Returns.GetReturn(t.Context(), c.taken.ID)
		if err != nil || back.InClear != c.want {
			t.Errorf("%s: %v %v", name, back.InClear, err)
		}
	}
}
