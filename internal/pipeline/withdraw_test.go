package pipeline_test

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/office"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pdf/pdftest"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/rehearsal"
)

const (
	workerAddress = "wren@democheshire.gov.uk"
	parentAddress = "sam@mail.example"
)

func worker() pep.Contact {
	return pep.Contact{Role: pep.SocialWorker, Name: "Wren Worker", Email: pep.ParseAddress(workerAddress), ReceivesForm: pep.Yes, Invited: pep.Yes}
}

func parent() pep.Contact {
	return pep.Contact{Role: pep.Parent, Name: "Sam Parent", Email: pep.ParseAddress(parentAddress), ReceivesForm: pep.Yes, ReceivesFinal: pep.Yes}
}

// draft drafts what is due and hands nothing over.
func (s *stage) draft(dry bool) pipeline.Drafted {
	s.t.Helper()
	return must(s.Draft(s.t.Context(), pep.DateOf(s.now), dry))(s.t)
}

// release approves every draft, as an officer does.
func (s *stage) release() {
	s.t.Helper()
	must(s.Release(s.t.Context(), pipeline.By{Name: "O", Why: "go"}))(s.t)
}

// handOver runs the relay alone, as the daemon does between two drafts.
func (s *stage) handOver() {
	s.t.Helper()
	must(s.Outgoing.Run(s.t.Context()))(s.t)
}

// changes are what a newer export may say of somebody who was to get a form,
// with the reason for which the form they were to get is taken back, and who is
// mailed in its place.
func changes() []struct {
	name    string
	change  func(*pep.Child, *pep.Contact)
	why     string
	instead []string
} {
	return []struct {
		name    string
		change  func(*pep.Child, *pep.Contact)
		why     string
		instead []string
	}{
		{"another address", func(_ *pep.Child, c *pep.Contact) { c.Email = pep.ParseAddress("new@democheshire.gov.uk") }, "no longer names", []string{"new@democheshire.gov.uk"}},
		{"not to have it", func(_ *pep.Child, c *pep.Contact) { c.ReceivesForm = pep.No }, "no longer names", nil},
		{"placement kept from them", func(_ *pep.Child, c *pep.Contact) { c.WithholdPlacementAddress = pep.Yes }, "where the child lives", []string{workerAddress}},
		{"a parent after all", func(_ *pep.Child, c *pep.Contact) { c.Role = pep.Parent }, "another role", []string{workerAddress}},
		{"agreed to a protected document", func(_ *pep.Child, c *pep.Contact) { c.AgreedDelivery = pep.AgreedProtected }, "agreed to another delivery", []string{workerAddress}},
		{"no plan any more", func(c *pep.Child, _ *pep.Contact) { c.LegalStatus = "V4" }, "no plan is made", nil},
		{"another plan", func(c *pep.Child, _ *pep.Contact) { c.LegalStatus = "J1" }, "another plan", []string{workerAddress}},
	}
}

func TestADraftIsTakenBackWhereTheRegisterSaysOtherwiseSince(t *testing.T) {
	for _, row := range changes() {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t)
			s.ByHand = true
			c, to := child("1"), worker()
			s.enter(c, to)
			s.draft(false)
			first := s.deliveryTo(workerAddress)
			row.change(&c, &to)
			s.enter(c, to)
			dry := s.draft(true)
			if len(dry.Withdrawn) == 0 || s.deliveryTo(workerAddress).State != outbox.Drafted {
				t.Errorf("a dry run tells of %d withdrawn, and the draft is %s", len(dry.Withdrawn), s.deliveryTo(workerAddress).State)
			}
			drafted := s.draft(false)
			if d := cmp.Diff(sums(dry.Drafts), sums(drafted.Drafts)); d != "" {
				t.Errorf("the dry run told of other bytes: %s", d)
			}
			s.release()
			s.handOver()
			d := must(s.Deliveries.Get(t.Context(), first.ID))(t)
			if d.State != outbox.Cancelled || !strings.Contains(d.Reason, row.why) {
				t.Errorf("%s: %s", d.State, d.Reason)
			}
			mailed := slices.DeleteFunc(s.recipients(), func(a string) bool { return a == trusted })
			if d := cmp.Diff(row.instead, mailed); d != "" {
				t.Error(d)
			}
			s.draft(false)
			if s.release(); len(s.draft(false).Withdrawn) != 0 {
				t.Error("it is taken back again and again")
			}
		})
	}
}

// An import may come between a release and the relay's next attempt, with no
// draft between them.
func TestWhatTheRegisterSaysCountsWhenTheMessageLeaves(t *testing.T) {
	for _, row := range changes() {
		t.Run(row.name, func(t *testing.T) {
			s := newStage(t)
			s.ByHand = true
			c, to := child("1"), worker()
			s.enter(c, to)
			s.draft(false)
			s.release()
			row.change(&c, &to)
			s.enter(c, to)
			s.handOver()
			d := s.deliveryTo(workerAddress)
			if d.State != outbox.Held || !strings.Contains(d.Reason, row.why) && row.name != "agreed to a protected document" {
				t.Errorf("%s: %s", d.State, d.Reason)
			}
			if slices.Contains(s.recipients(), workerAddress) {
				t.Error("it left all the same")
			}
		})
	}
}

func TestWhatAnOfficerHeldStaysHeldWhenItIsMadeAnew(t *testing.T) {
	s := newStage(t)
	s.ByHand = true
	to := worker()
	s.enter(child("1"), to)
	s.draft(false)
	must(s.Act(t.Context(), s.deliveryTo(workerAddress).ID, outbox.Hold, pipeline.By{Name: "O", Why: "ring the police first"}))(t)
	s.ByHand = false
	to.WithholdPlacementAddress = pep.Yes
	s.enter(child("1"), to)
	s.send()
	var held []string
	for _, d := range s.stored() {
		if d.Recipient.Address.Canonical() == workerAddress && d.State == outbox.Held {
			held = append(held, d.Reason)
		}
	}
	if d := cmp.Diff([]string{"ring the police first"}, held); d != "" || slices.Contains(s.recipients(), workerAddress) {
		t.Errorf("%s, mailed %v", d, s.recipients())
	}
}

func (s *stage) deliveryTo(address string) outbox.Delivery {
	s.t.Helper()
	for _, d := range s.stored() {
		if d.Recipient.Address.Canonical() == address {
			return d
		}
	}
	s.t.Fatalf("nothing is stored for the address")
	return outbox.Delivery{}
}

// sums are the digests of what was drafted, by delivery.
func sums(drafts []pipeline.Draft) map[string]string {
	all := map[string]string{}
	for _, d := range drafts {
		all[d.Delivery.ID] = d.Delivery.SHA256
	}
	return all
}

func TestAnAddressSpeltWithCapitalsIsTheSameMailbox(t *testing.T) {
	s := newStage(t)
	s.enter(child("1"), teacher("DT@marl.democheshire.sch.uk"))
	s.send()
	s.enter(child("1"), teacher(trusted))
	s.send()
	if len(s.relay.taken) != 1 {
		t.Errorf("the form went to %v", s.recipients())
	}
}

func TestADraftWhoseMeetingIsOverIsHeldAndNotReleasedWithTheOthers(t *testing.T) {
	s := newStage(t)
	s.ByHand = true
	s.enter(child("1"), teacher(trusted))
	s.draft(false)
	s.on("2026-03-09")
	must(s.Send(t.Context(), pep.DateOf(s.now), &pipeline.By{Name: "O", Why: "go"}))(t)
	d := s.deliveryTo(trusted)
	if d.State != outbox.Held || !strings.Contains(d.Reason, "the meeting was on") || len(s.relay.taken) != 0 {
		t.Fatalf("%s: %s", d.State, d.Reason)
	}
	must(s.Act(t.Context(), d.ID, outbox.Approve, pipeline.By{Name: "O", Why: "they asked for it"}))(t)
	if s.send(); len(s.relay.taken) != 1 {
		t.Error("an officer's word after the meeting does not count")
	}
}

func TestAFormThatNoRelayTookBeforeItsMeetingIsNotSentAfterIt(t *testing.T) {
	s := newStage(t)
	s.relay.answer = func(dispatch.Envelope) outbox.Outcome {
		return outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseEnvelope, Code: 451}
	}
	s.enter(child("1"), teacher(trusted))
	s.send()
	s.relay.answer = nil
	s.on("2026-03-09")
	s.send()
	if d := s.deliveryTo(trusted); d.State != outbox.Held || len(s.relay.taken) != 0 {
		t.Errorf("%s: %s", d.State, d.Reason)
	}
}

func TestAReminderThatWaitsIsTakenBackWhenTheFormComesAndSentWhenItWasNotTheirs(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(trusted))
	s.send()
	s.ByHand = true
	s.on("2026-03-02")
	s.draft(false)
	taken := must(s.TakeIn(t.Context(), mail("m1", trusted, ref, s.filled(ref, nil))))(t)
	s.draft(false)
	want := []string{"chase designated teacher cancelled", "form designated teacher accepted"}
	if d := cmp.Diff(want, s.list()); d != "" {
		t.Fatal(d)
	}
	if err := s.SettleReturn(t.Context(), taken.ID, pipeline.ReturnRejected, pipeline.By{Name: "O", Why: "another child's"}); err != nil {
		t.Fatal(err)
	}
	s.draft(false)
	s.release()
	s.handOver()
	if d := cmp.Diff([]string{trusted, trusted}, s.recipients()); d != "" {
		t.Error(d)
	}
}

// finalise takes in a filled form and makes it the final plan.
func (s *stage) finalise(ref pep.Ref, message, answer string) {
	s.t.Helper()
	taken := must(s.TakeIn(s.t.Context(), mail(message, trusted, ref, s.filled(ref, map[string]string{s.openAnswer(ref): answer}))))(s.t)
	if err := s.SettleReturn(s.t.Context(), taken.ID, pipeline.ReturnAccepted, pipeline.By{Name: "O", Why: "read"}); err != nil {
		s.t.Fatal(err)
	}
	if err := s.Finalise(s.t.Context(), taken.ID, pipeline.By{Name: "O"}); err != nil {
		s.t.Fatal(err)
	}
}

func TestACorrectedFinalTakesThePlaceOfOneThatDidNotLeaveAndFollowsOneThatDid(t *testing.T) {
	s := newStage(t)
	lead := teacher(trusted)
	lead.Invited = pep.Yes
	ref := s.enter(child("1"), lead, worker())
	s.send()
	s.on("2026-03-04")
	s.finalise(ref, "m1", "The first word.")
	s.ByHand = true
	s.draft(false)
	must(s.Act(t.Context(), s.final(trusted).ID, outbox.Approve, pipeline.By{}))(t)
	s.handOver()
	s.on("2026-03-05")
	s.finalise(ref, "m2", "The better word.")
	s.draft(false)
	s.release()
	s.handOver()
	s.send()
	states := slices.DeleteFunc(s.list(), func(line string) bool { return !strings.HasPrefix(line, "final") })
	want := []string{"final designated teacher accepted", "final designated teacher accepted", "final social worker accepted", "final social worker cancelled"}
	if d := cmp.Diff(want, states); d != "" {
		t.Error(d)
	}
	last := s.relay.taken[len(s.relay.taken)-1]
	if text := s.readSent(named(last)); !strings.Contains(text, "The better word.") || strings.Contains(text, "The first word.") {
		t.Errorf("the corrected plan does not say what was corrected")
	}
}

func (s *stage) final(address string) outbox.Delivery {
	s.t.Helper()
	for _, d := range s.stored() {
		if d.Kind == outbox.KindFinal && d.Recipient.Address.Canonical() == address {
			return d
		}
	}
	s.t.Fatal("there is no final plan for the address")
	return outbox.Delivery{}
}

func TestAFinalPlanThatWaitsIsNotReleasedToACarerWhoLeft(t *testing.T) {
	s := newStage(t)
	carer := pep.Contact{Role: pep.FosterCarer, Name: "Merrion Hollowbrook", Email: pep.ParseAddress("merrion@mail.example"), ReceivesFinal: pep.Yes}
	ref := s.enter(child("1"), teacher(trusted), carer)
	s.send()
	s.on("2026-03-04")
	s.finalise(ref, "m1", "Reads aloud.")
	s.ByHand = true
	s.draft(false)
	s.enter(child("1"), teacher(trusted))
	must(s.Send(t.Context(), pep.DateOf(s.now), &pipeline.By{Name: "O", Why: "go"}))(t)
	if d := s.final("merrion@mail.example"); d.State != outbox.Cancelled || slices.Contains(s.recipients(), "merrion@mail.example") {
		t.Errorf("%s: %v", d.State, s.recipients())
	}
}

// readSent is all text of the form in a message that left, with the parts of
// the file that are not shown.
func (s *stage) readSent(id string) string {
	s.t.Helper()
	at := slices.IndexFunc(s.relay.taken, func(e dispatch.Envelope) bool { return named(e) == id })
	if at < 0 {
		s.t.Fatal("the delivery did not leave")
	}
	opened := must(rehearsal.Opened(s.relay.taken[at].Bytes))(s.t)
	file, ok := opened.Document()
	if !ok {
		s.t.Fatal("the message has no document")
	}
	return s.words(must(s.Deliveries.Get(s.t.Context(), id))(s.t), file.Data)
}

// words are what a document says, opened with the passphrase of its delivery
// where it has one: a form's parts as they stand, a PDF's as they are drawn.
func (s *stage) words(d outbox.Delivery, file []byte) string {
	s.t.Helper()
	if bytes.HasPrefix(file, []byte("%PDF")) {
		return must(pdftest.Text(file, must(s.Deliveries.Phrases(s.t.Context(), d.Ref))(s.t)[d.ID]))(s.t)
	}
	return unzipped(s.t, s.unlocked(d, file))
}

// unlocked is a form opened with the passphrase of its delivery, where it has
// one.
func (s *stage) unlocked(d outbox.Delivery, file []byte) []byte {
	s.t.Helper()
	if phrase := must(s.Deliveries.Phrases(s.t.Context(), d.Ref))(s.t)[d.ID]; phrase != "" {
		return must(office.Decrypt(file, phrase))(s.t)
	}
	return file
}

func unzipped(t testing.TB, file []byte) string {
	t.Helper()
	var all strings.Builder
	for _, part := range must(zip.NewReader(bytes.NewReader(file), int64(len(file))))(t).File {
		r := must(part.Open())(t)
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
	}
	return all.String()
}

func TestAFormThatWaitsIsMadeAnewWhereItsMeetingMovesAndItIsStillDue(t *testing.T) {
	s := newStage(t)
	s.ByHand = true
	c := child("1")
	s.enter(c, teacher(trusted))
	s.draft(false)
	s.on("2026-02-05")
	c.Meeting.Date = pep.MustDate("2026-03-02")
	s.enter(c, teacher(trusted))
	s.draft(false)
	s.draft(false)
	if d := cmp.Diff([]string{"form designated teacher cancelled", "form designated teacher drafted"}, s.list()); d != "" {
		t.Fatal(d)
	}
	s.release()
	s.handOver()
	last := s.relay.taken[len(s.relay.taken)-1]
	if sent := s.readSent(named(last)); len(s.relay.taken) != 1 || !strings.Contains(sent, "02/03/2026") || strings.Contains(sent, "03/03/2026") {
		t.Errorf("%d messages; the form has the old date", len(s.relay.taken))
	}
}
