package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
)

func TestAFormGoesOnceToEachPersonAndOnlyOnItsDay(t *testing.T) {
	s := newStage(t)
	parent := pep.Contact{Role: pep.Parent, Name: "Sam Parent", Email: pep.ParseAddress("sam@mail.example"), ReceivesForm: pep.Yes}
	s.enter(child("1"), teacher(trusted), parent)
	s.on("2026-02-02")
	if s.send(); len(s.relay.taken) != 0 {
		t.Error("a form went out before its day")
	}
	s.on("2026-02-03")
	for range 3 {
		s.send()
	}
	if d := cmp.Diff([]string{trusted, "sam@mail.example"}, slices.Sorted(slices.Values(s.recipients()))); d != "" {
		t.Error(d)
	}
	s.on("2026-02-10")
	if s.send(); len(s.relay.taken) != 2 {
		t.Errorf("a week later: %v", s.recipients())
	}
}

func TestADryRunStoresNothingAndTellsTheBytesThatAreSent(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(trusted))
	s.enter(child("2"), teacher(stranger))
	today := pep.DateOf(s.now)
	dry := must(s.Draft(t.Context(), today, true))(t)
	if len(s.stored()) != 0 || len(dry.Drafts) != 2 {
		t.Fatalf("%d stored, %d drafted", len(s.stored()), len(dry.Drafts))
	}
	sums := map[string]string{}
	for _, d := range dry.Drafts {
		sums[d.Delivery.ID] = d.Delivery.SHA256
	}
	s.send()
	for _, d := range s.stored() {
		if d.SHA256 == "" || d.SHA256 != sums[d.ID] {
			t.Errorf("%s was sealed to other bytes than the dry run told", d.ID)
		}
	}
}

func TestWhatMustNotGoIsHeldWithItsReasonAndReachesNoRelay(t *testing.T) {
	posted := pep.Contact{Role: pep.DesignatedTeacher, Name: "P", Email: pep.ParseAddress("p@post.example"), AgreedDelivery: pep.AgreedPost, Address1: "1 Marl Row", Postcode: "ZZ99 1AA"}
	rows := []struct {
		name   string
		who    pep.Contact
		reason string
	}{
		{"nobody's address", pep.Contact{Role: pep.DesignatedTeacher, Name: "N"}, "no usable e-mail address"},
		{"a list", teacher("a@b.example, c@d.example"), "one bare address"},
		{"a look-alike letter", teacher("dt@m\u0430rl.democheshire.sch.uk"), "outside plain ASCII"},
		{"a look-alike name", teacher("dt@heronswhin-primary-democheshire-sch.example"), "hyphens where"},
		{"agreed post", posted, "registered post"},
		{"a lapsed row", teacher("dt@lapsed-clinic.example"), "its review was due"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t)
			s.enter(child("1"), row.who)
			s.send()
			s.send()
			all := s.stored()
			if len(all) != 1 || all[0].State != outbox.Held || !strings.Contains(all[0].Reason, row.reason) {
				t.Fatalf("%d deliveries: %+v", len(all), all)
			}
			if all[0].SHA256 != "" || len(s.relay.taken) != 0 {
				t.Error("bytes were made of what must not go")
			}
			_, err := s.Act(t.Context(), all[0].ID, outbox.Approve, pipeline.By{Name: "O", Why: "go"})
			var nothing *pipeline.NothingSealedError
			if !errors.As(err, &nothing) {
				t.Errorf("approving nothing: %v", err)
			}
		})
	}
}

func TestAFormAfterItsMeetingWaitsForAPersonAndMayThenGo(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher(trusted))
	s.on("2026-03-09")
	s.send()
	d := s.stored()[0]
	if d.State != outbox.Held || !strings.Contains(d.Reason, "the meeting was on") || len(s.relay.taken) != 0 {
		t.Fatalf("%s: %s", d.State, d.Reason)
	}
	must(s.Act(t.Context(), d.ID, outbox.Approve, pipeline.By{Name: "O", Why: "they asked for it"}))(t)
	s.send()
	if d := cmp.Diff([]string{trusted}, s.recipients()); d != "" {
		t.Error(d)
	}
}

func TestWhoeverLeavesTheRegisterIsNotWrittenToAndMayComeBack(t *testing.T) {
	s := newStage(t)
	s.ByHand = true
	s.enter(child("1"), teacher(trusted))
	s.send()
	s.enter(child("1"), teacher("new@marl.democheshire.sch.uk"))
	s.send()
	s.enter(child("1"), teacher(trusted))
	s.send()
	want := []string{"form designated teacher cancelled", "form designated teacher cancelled", "form designated teacher drafted"}
	if d := cmp.Diff(want, s.list()); d != "" {
		t.Fatal(d)
	}
	must(s.Send(t.Context(), pep.DateOf(s.now), &pipeline.By{Name: "O", Why: "go"}))(t)
	if d := cmp.Diff([]string{trusted}, s.recipients()); d != "" {
		t.Error(d)
	}
}

func TestNeitherAMovedMeetingNorANewPackSendsASecondForm(t *testing.T) {
	s := newStage(t)
	c := child("1")
	s.enter(c, teacher(trusted))
	s.send()
	c.Meeting.Date, c.JoinedSetting, c.Setting.Name = pep.MustDate("2026-03-05"), pep.MustDate("2026-01-12"), "Other School"
	s.enter(c, teacher(trusted))
	s.on("2026-02-06")
	s.send()
	if len(s.relay.taken) != 1 {
		t.Errorf("%d forms went out", len(s.relay.taken))
	}
}

func TestALapsedGuaranteeSealsWhatIsDraftedAndHoldsWhatWasSealedOpen(t *testing.T) {
	s := newStage(t)
	s.ByHand = true
	s.enter(child("1"), teacher(trusted))
	s.send()
	s.Means.Relay.ReviewBy = pep.MustDate("2026-02-01")
	must(s.Send(t.Context(), pep.DateOf(s.now), &pipeline.By{Name: "O", Why: "go"}))(t)
	if d := s.stored()[0]; d.State != outbox.Held || len(s.relay.taken) != 0 {
		t.Fatalf("%s: %d messages left in the open", d.State, len(s.relay.taken))
	}
	s.ByHand = false
	s.enter(child("2"), teacher(trusted))
	s.send()
	for _, d := range s.stored() {
		if d.State == outbox.Accepted && (d.Decision.Verdict != route.Encrypt || d.Decision.Method != route.MethodProtectedDocument) {
			t.Errorf("%+v", d.Decision)
		}
	}
	if len(s.relay.taken) != 1 {
		t.Errorf("%d messages", len(s.relay.taken))
	}
}

func TestNothingOfAChildIsReadableInASealedMessage(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(stranger))
	s.send()
	message := s.relay.taken[0].Bytes
	phrases := must(s.Deliveries.Phrases(t.Context(), ref))(t)
	for _, word := range []string{"Ottoline", "Quillfeather", "ZZ99", "Marl School", "2015", phrases[s.stored()[0].ID]} {
		if word == "" || bytes.Contains(message, []byte(word)) {
			t.Errorf("the message holds %q", word)
		}
	}
}

// failing is a store whose nth Add fails, as a full disk or a crash would.
type failing struct {
	pipeline.Deliveries
	left int
}

var errFull = errors.New("disk full")

func (f *failing) Add(ctx context.Context, d outbox.Delivery, c pipeline.Contents) (bool, error) {
	if f.left--; f.left < 0 {
		return false, errFull
	}
	return f.Deliveries.Add(ctx, d, c)
}

func TestADraftThatBreaksOffIsFinishedByTheNextAndDoublesNothing(t *testing.T) {
	for stop := range 4 {
		s := newStage(t)
		for _, id := range []string{"1", "2", "3"} {
			s.enter(child(id), teacher("dt"+id+"@marl.democheshire.sch.uk"))
		}
		whole := s.Deliveries
		s.Deliveries = &failing{Deliveries: whole, left: stop}
		if _, err := s.Send(t.Context(), pep.DateOf(s.now), nil); (err == nil) != (stop == 3) {
			t.Fatalf("stop %d: %v", stop, err)
		}
		s.Deliveries = whole
		s.send()
		if got := s.recipients(); len(got) != 3 {
			t.Errorf("stop %d: %v", stop, got)
		}
	}
}
