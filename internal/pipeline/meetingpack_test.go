package pipeline_test

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pack"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
	"github.com/pepost/pepost/templates"
)

// versions is the seam in memory.
type versions map[string]pipeline.InvitationVersion

func (v versions) Version(_ context.Context, asked pipeline.InvitationVersion, _ string) (pipeline.InvitationVersion, bool, error) {
	was, found := v[asked.UID]
	switch {
	case !found && asked.Cancelled:
		return asked, false, nil
	case found && was.Details == asked.Details && was.Cancelled == asked.Cancelled:
		return was, true, nil
	case found:
		asked.Sequence = was.Sequence + 1
	}
	v[asked.UID] = asked
	return asked, true, nil
}

const placement = "9 Heron Lane, Marlford, ZZ99 7QX"

// atTheMeeting is a stage with one child whose meeting is where the child
// lives, and the people invited: a carer who lives there, a parent who may not
// know it, the teacher and one without an address.
func atTheMeeting(t *testing.T) (*stage, pep.Record) {
	t.Helper()
	s := newStage(t)
	s.Invitations = versions{}
	s.Agenda, _ = pack.ReadAgenda(must(templates.FS.ReadFile("agenda.txt"))(t))
	c := child("1")
	c.Meeting.Time, c.Meeting.Place = "3.30pm", placement
	people := []pep.Contact{teacher(trusted)}
	people = append(
		people,
		pep.Contact{Role: pep.FosterCarer, Name: "Wilhelmina Carerson", Email: pep.ParseAddress("carer@mail.example"), Phone: "01632 960222", Address1: "9 Heron Lane", Town: "Marlford", Postcode: "ZZ99 7QX"},
		pep.Contact{Role: pep.Parent, Name: "Pat Quillfeather", Email: pep.ParseAddress("pat@mail.example"), WithholdPlacementAddress: pep.Yes},
		pep.Contact{Role: pep.SocialWorker, Name: "Kim Worker"},
	)
	for i := range people {
		people[i].Invited = pep.Yes
	}
	ref := s.enter(c, people...)
	return s, must(s.Register.Record(t.Context(), ref))(t)
}

func (s *stage) pack(record pep.Record, role pep.Role) pipeline.MeetingPack {
	s.t.Helper()
	return must(s.MeetingPack(s.t.Context(), record, pipeline.PackAsk{Role: role, By: "an officer"}))(s.t)
}

func TestEveryPersonInvitedGetsAnInvitationOfTheirOwnThatTellsNothingOfTheChild(t *testing.T) {
	s, record := atTheMeeting(t)
	made := s.pack(record, "")
	if !made.Booked || made.Pages < 10 || !bytes.HasPrefix(made.PDF, []byte("%PDF-")) {
		t.Fatalf("booked %v, %d pages", made.Booked, made.Pages)
	}
	people := []string{trusted, "carer@mail.example", "pat@mail.example"}
	if len(made.Invitations) != 4 {
		t.Fatalf("%d invitations for four people", len(made.Invitations))
	}
	for i, one := range made.Invitations[:3] {
		text := strings.ReplaceAll(string(one.File), "\r\n ", "")
		for j, address := range people {
			if strings.Contains(text, address) != (i == j) {
				t.Errorf("the invitation of %s and %s", one.Role, address)
			}
		}
		for _, told := range []string{"Ottoline", "Quillfeather", "Heron", "Marlford", "ZZ99", "Carerson", "PEP-", "Marl School"} {
			if strings.Contains(strings.ReplaceAll(text, "peps@", ""), told) {
				t.Errorf("the invitation of %s tells %s", one.Role, told)
			}
		}
		if !strings.Contains(text, "DTSTART;TZID=Europe/London:20260303T153000") || strings.Contains(text, "LOCATION") {
			t.Errorf("%s", text)
		}
	}
	if last := made.Invitations[3]; last.File != nil || last.Why == "" {
		t.Errorf("one without an address: %+v", last)
	}
}

func TestAPackForEverybodyIsMadeForWhoeverMaySeeTheLeast(t *testing.T) {
	s, record := atTheMeeting(t)
	all, carer := s.pack(record, ""), s.pack(record, pep.FosterCarer)
	if all.Audience != "everybody who is invited" || carer.Audience != "the foster carer" {
		t.Errorf("%q, %q", all.Audience, carer.Audience)
	}
	// Text stands in the file as glyph numbers, so that the sizes are compared
	// here, and the words by poppler.
	if len(all.PDF) >= len(carer.PDF) {
		t.Errorf("the pack for all has %d bytes, the carer's own %d", len(all.PDF), len(carer.PDF))
	}
}

func TestAMovedMeetingIsAnUpdateAndACancelledOneIsTakenBack(t *testing.T) {
	s, record := atTheMeeting(t)
	first := s.pack(record, "").Invitations[0]
	again := s.pack(record, "").Invitations[0]
	if !bytes.Equal(first.File, again.File) || first.Sequence != 0 {
		t.Error("the same meeting asked for twice is another version")
	}
	uid := func(file []byte) string {
		_, rest, _ := strings.Cut(string(file), "\r\nUID:")
		value, _, _ := strings.Cut(rest, "\r\n")
		return value
	}
	move := func(meeting pep.Meeting, status pep.MeetingStatus) pipeline.Invited {
		c := record.Child
		c.Meeting, c.MeetingStatus = meeting, status
		in := pipeline.Intake{Children: []pep.Child{c}, Contacts: map[string][]pep.Contact{"1": record.Contacts}, Rows: []pipeline.Row{{
			ChildID: "1", Kind: "children", Digest: [32]byte([]byte("moved to " + meeting.Date.String() + string(status) + strings.Repeat(".", 32))),
		}}}
		must(s.Register.Import(t.Context(), in, s.now))(t)
		return s.pack(must(s.Register.Record(t.Context(), record.Ref))(t), "").Invitations[0]
	}
	moved := move(pep.Meeting{Date: pep.MustDate("2026-03-05"), Time: "10:00", Place: "Room 4"}, pep.MeetingBooked)
	if moved.Sequence != 1 || uid(moved.File) != uid(first.File) || !strings.Contains(string(moved.File), "20260305T100000") || !strings.Contains(string(moved.File), "LOCATION:Room 4") {
		t.Errorf("version %d\n%s", moved.Sequence, moved.File)
	}
	off := move(pep.Meeting{Date: pep.MustDate("2026-03-05"), Time: "10:00", Place: "Room 4"}, pep.MeetingCancelled)
	if !off.Cancelled || off.Sequence != 2 || uid(off.File) != uid(first.File) || !strings.Contains(string(off.File), "METHOD:CANCEL") {
		t.Errorf("version %d\n%s", off.Sequence, off.File)
	}
}

func TestBirthParentsOfAChildPlacedForAdoptionAreNotInvited(t *testing.T) {
	s, record := atTheMeeting(t)
	record.Child.Placement = "A3"
	made := s.pack(record, "")
	for _, one := range made.Invitations {
		if one.Role == pep.Parent {
			t.Error("a birth parent has an invitation")
		}
	}
	if len(made.Blocked) != 1 || made.Blocked[0].Role != pep.Parent {
		t.Errorf("%+v", made.Blocked)
	}
}

func TestWithoutAMeetingThereIsThePackAlone(t *testing.T) {
	s := newStage(t)
	c := child("2")
	c.Meeting = pep.Meeting{}
	record := must(s.Register.Record(t.Context(), s.enter(c, teacher(trusted))))(t)
	made := s.pack(record, "")
	if made.Booked || len(made.Invitations) != 0 || made.Pages < 5 {
		t.Errorf("booked %v, %d invitations, %d pages", made.Booked, len(made.Invitations), made.Pages)
	}
}

// sendingPacks is a stage whose authority sends the pack five working days
// before the meeting, and whose daemon is at work.
func sendingPacks(t *testing.T) (*stage, pep.Record) {
	t.Helper()
	s, record := atTheMeeting(t)
	s.Rules.Pack = timetable.Clock{N: 5, Unit: calendar.WorkingDays, Source: "made up"}
	s.Unattended = true
	return s, record
}

func packs(s *stage) map[pep.Role]outbox.Delivery {
	all := map[pep.Role]outbox.Delivery{}
	for _, d := range s.stored() {
		if d.Kind == outbox.KindPack && d.State != outbox.Cancelled {
			all[d.Recipient.Role] = d
		}
	}
	return all
}

func TestPacksGoToThoseInvitedWhoMayHaveThePapersOnTheirDay(t *testing.T) {
	s, _ := sendingPacks(t)
	s.on("2026-02-23")
	s.send()
	if early := packs(s); len(early) != 0 {
		t.Fatalf("%d packs six working days before the meeting", len(early))
	}
	s.on("2026-02-24")
	s.send()
	made := packs(s)
	if _, parent := made[pep.Parent]; len(made) != 3 || parent {
		t.Fatalf("packs for %v", slices.Sorted(maps.Keys(made)))
	}
	if d := made[pep.DesignatedTeacher]; d.State != outbox.Accepted || d.Decision.Method != route.MethodTLS {
		t.Errorf("the teacher's: %s by %s", d.State, d.Decision.Method)
	}
	if d := made[pep.FosterCarer]; d.Decision.Method != route.MethodProtectedDocument || d.Passphrase != outbox.PassphrasePending {
		t.Errorf("the carer's by %s, passphrase %s", d.Decision.Method, d.Passphrase)
	}
	if d := made[pep.SocialWorker]; d.State != outbox.Held {
		t.Errorf("one without an address: %s", d.State)
	}
	for _, e := range s.relay.taken {
		switch named(e) {
		case made[pep.DesignatedTeacher].ID:
			if text := string(e.Bytes); !strings.Contains(text, "text/calendar") || !strings.Contains(text, "application/pdf") {
				t.Error("the teacher's message has no pack or no invitation")
			}
		case made[pep.FosterCarer].ID:
			if text := string(e.Bytes); strings.Contains(text, "text/calendar") || !strings.Contains(text, "application/pdf") {
				t.Error("the carer's message has an invitation beside the protected pack, or no pack")
			}
		}
	}
	sent := len(s.relay.taken)
	s.send()
	if len(s.relay.taken) != sent || len(packs(s)) != 3 {
		t.Error("a second run sent or made something again")
	}
}

func TestNobodySendsPacksByHandAndAMovedMeetingHasItsOwn(t *testing.T) {
	s, record := sendingPacks(t)
	s.Unattended = false
	s.on("2026-02-24")
	s.send()
	if made := packs(s); len(made) != 0 {
		t.Fatalf("an officer's run made %d packs", len(made))
	}
	s.Unattended, s.ByHand = true, true
	s.send()
	first := packs(s)[pep.DesignatedTeacher]
	c := record.Child
	c.Meeting.Date = pep.MustDate("2026-03-04")
	in := pipeline.Intake{Children: []pep.Child{c}, Contacts: map[string][]pep.Contact{"1": record.Contacts}, Rows: []pipeline.Row{{
		ChildID: "1", Kind: "children", Digest: [32]byte([]byte("moved by a day" + strings.Repeat(".", 32))),
	}}}
	must(s.Register.Import(t.Context(), in, s.now))(t)
	s.on("2026-02-25")
	s.send()
	second := packs(s)[pep.DesignatedTeacher]
	if first.ID == "" || second.ID == "" || first.ID == second.ID || second.State != outbox.Drafted {
		t.Errorf("first %q, then %q %s", first.ID, second.ID, second.State)
	}
	if old := must(s.Deliveries.Get(t.Context(), first.ID))(t); old.State != outbox.Cancelled {
		t.Errorf("the pack of the old date is %s", old.State)
	}
}
