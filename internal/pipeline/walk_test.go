package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/rehearsal"
	"github.com/pepost/pepost/internal/route"
)

// walk is a stage on which things happen by chance; every message is checked
// at the relay's door.
type walk struct {
	*stage
	chance *rand.Rand
	whole  pipeline.Deliveries
	// entered is the register as it stands: the child and the people of each.
	entered map[pep.Ref]household
}

type household struct {
	child  pep.Child
	people []pep.Contact
}

// addresses are good, to be sealed, to be held and refused.
func addresses() []string {
	return []string{
		trusted, trusted, trusted, workerAddress, parentAddress, "office@heron.democheshire.sch.uk", "DT@marl.democheshire.sch.uk", stranger, "carer@mail.example",
		"dt@lapsed-clinic.example", "dt@heronswhin-primary-democheshire-sch.example", "a@b.example, c@d.example",
		"dt@m\u0430rl.democheshire.sch.uk", "", workerAddress,
	}
}

func (w *walk) pick(n int) int { return w.chance.IntN(n) }

// importing enters a child anew, or changes what is known of one.
func (w *walk) importing() {
	c := child(fmt.Sprint(w.pick(5)))
	c.LegalStatus = []pep.LegalStatus{"C2", "C2", "C2", "C2", "C2", "C2", "V4", "J1"}[w.pick(8)]
	var people []pep.Contact
	for _, role := range []pep.Role{pep.DesignatedTeacher, pep.SocialWorker, pep.FosterCarer, pep.Parent}[:1+w.pick(4)] {
		people = append(people, pep.Contact{
			Role: role, Name: "Made Up " + role.Words(), Email: pep.ParseAddress(addresses()[w.pick(len(addresses()))]),
			ReceivesForm: pep.Yes, ReceivesFinal: []pep.Answer{pep.Yes, pep.No}[w.pick(2)], Invited: pep.Yes,
			WithholdPlacementAddress: []pep.Answer{pep.No, pep.No, pep.Yes}[w.pick(3)],
			AgreedDelivery:           []pep.AgreedDelivery{pep.AgreedNone, pep.AgreedNone, pep.AgreedNone, pep.AgreedNone, pep.AgreedProtected, pep.AgreedPost}[w.pick(6)],
		})
	}
	w.entered[w.enter(c, people...)] = household{c, people}
}

// drafting may break off at any delivery, as a full disk or a kill would.
func (w *walk) drafting() {
	w.Deliveries = &failing{Deliveries: w.whole, left: w.pick(6)}
	if _, err := w.Draft(w.t.Context(), pep.DateOf(w.now), false); err != nil && !errors.Is(err, errFull) {
		w.t.Fatal(err)
	}
	w.Deliveries = w.whole
}

// sending is a run in which the relay does as it likes.
func (w *walk) sending() {
	var by *pipeline.By
	if w.pick(2) == 0 {
		by = &pipeline.By{Name: "O", Why: "go"}
	}
	must(w.Send(w.t.Context(), pep.DateOf(w.now), by))(w.t)
}

// answer checks a message at the relay's door, and takes it or not.
func (w *walk) answer(e dispatch.Envelope, beforeDot func() error) outbox.Outcome {
	w.check(e)
	switch w.pick(6) {
	case 0:
		return outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseEnvelope, Code: 451}
	case 1:
		return outbox.Outcome{Result: outbox.ResultRefused, Phase: outbox.PhaseEnvelope, Code: 550}
	}
	if err := beforeDot(); err != nil {
		return outbox.Outcome{Result: outbox.ResultCrashed, Phase: outbox.PhaseData}
	}
	w.relay.taken = append(w.relay.taken, e)
	if w.pick(8) == 0 {
		return outbox.Outcome{Result: outbox.ResultUncertain, Phase: outbox.PhaseDot}
	}
	return outbox.Outcome{Result: outbox.ResultAccepted, Phase: outbox.PhaseReply, Code: 250}
}

// check says what must be true of whatever reaches a relay.
func (w *walk) check(e dispatch.Envelope) {
	d := must(w.whole.Get(w.t.Context(), named(e)))(w.t)
	if e.To != d.Decision.Canonical || e.To != d.Recipient.Address.Canonical() {
		w.t.Errorf("RCPT is not the address that was decided on")
	}
	verdict := w.Policy.Decide(route.Question{To: d.Recipient.Address, From: w.From, On: pep.DateOf(w.now), Means: w.Means}).Verdict
	if verdict != route.Secure && verdict != route.Encrypt {
		w.t.Errorf("%s reached the relay", verdict)
	}
	w.checkRecipient(d)
	if verdict == route.Encrypt || d.Decision.Verdict == route.Encrypt {
		w.checkSealed(d, e.Bytes)
	}
}

// checkRecipient compares with the register as the walk itself remembers it.
func (w *walk) checkRecipient(d outbox.Delivery) {
	home := w.entered[d.Ref]
	at := slices.IndexFunc(home.people, func(c pep.Contact) bool {
		return strings.EqualFold(c.Email.Canonical(), d.Recipient.Address.Canonical())
	})
	switch {
	case home.child.LegalStatus == "V4":
		w.t.Errorf("a %s left for a child without a plan", d.Kind)
	case at < 0:
		w.t.Errorf("a %s left for somebody whom the register does not name", d.Kind)
	}
	for _, c := range home.people {
		same := strings.EqualFold(c.Email.Canonical(), d.Recipient.Address.Canonical())
		if hidden := c.Role == pep.Parent || c.WithholdPlacementAddress == pep.Yes; same && hidden && d.Kind != outbox.KindChase && w.tells(d) {
			w.t.Errorf("a %s tells a %s where the child lives", d.Kind, c.Role)
		}
	}
}

// tells reports whether the form that was sealed shows the placement.
func (w *walk) tells(d outbox.Delivery) bool { return strings.Contains(w.shown(d), "ZZ99") }

func (w *walk) shown(d outbox.Delivery) string {
	parcel := must(w.whole.Parcel(w.t.Context(), d.ID))(w.t)
	opened := must(rehearsal.Opened(parcel))(w.t)
	file, ok := opened.Document()
	if !ok {
		w.t.Fatalf("a %s without a document", d.Kind)
	}
	return w.words(d, file.Data)
}

// checkSealed looks for the form, and for words of it, in what must hide it.
func (w *walk) checkSealed(d outbox.Delivery, message []byte) {
	if d.Decision.Method != route.MethodProtectedDocument {
		w.t.Errorf("sealed by %s", d.Decision.Method)
	}
	opened := must(rehearsal.Opened(message))(w.t)
	for _, file := range opened.Files {
		if bytes.HasPrefix(file.Data, []byte("PK")) || bytes.HasPrefix(file.Data, []byte("%PDF")) && !bytes.Contains(file.Data, []byte("/Encrypt ")) {
			w.t.Error("a document left in clear")
		}
	}
	if strings.Contains(opened.Text, "Quillfeather") || strings.Contains(opened.Subject, "PEP ") || bytes.Contains(message, []byte("Ottoline")) {
		w.t.Error("the letter names the child")
	}
}

// returning is a setting that sends the form back, or a mail server that does.
func (w *walk) returning() {
	all := w.stored()
	if len(all) == 0 {
		return
	}
	d := all[w.pick(len(all))]
	if d.Kind != outbox.KindForm || !d.State.Gone() || d.State == outbox.Posted {
		return
	}
	id := fmt.Sprint("m", w.chance.Uint32())
	message := w.bounced(d, id+"@mx.example")
	if w.pick(3) > 0 {
		message = mail(id, d.Recipient.Address.Canonical(), d.Ref, w.filled(d.Ref, nil))
	}
	must(w.TakeIn(w.t.Context(), message))(w.t)
	if again := must(w.TakeIn(w.t.Context(), message))(w.t); !again.Again {
		w.t.Error("the same message was taken in twice")
	}
}

// settling is an officer who looks at what came back.
func (w *walk) settling() {
	by := pipeline.By{Name: "O", Why: "read"}
	for _, back := range must(w.Returns.ListReturns(w.t.Context(), pipeline.ReturnFilter{}))(w.t) {
		var err error
		switch {
		case back.State == pipeline.ReturnWaiting && w.pick(4) == 0:
			err = w.SettleReturn(w.t.Context(), back.ID, pipeline.ReturnRejected, by)
		case back.State == pipeline.ReturnWaiting:
			err = w.SettleReturn(w.t.Context(), back.ID, pipeline.ReturnAccepted, by)
		case back.State == pipeline.ReturnAccepted:
			err = w.Finalise(w.t.Context(), back.ID, by)
		}
		var not *pipeline.NotThePlanError
		if err != nil && !errors.As(err, &not) {
			w.t.Fatal(err)
		}
	}
}

// passing moves the clock on, to beyond the relay's next attempt.
func (w *walk) passing() {
	w.now = w.now.AddDate(0, 0, 1+w.pick(6))
}

// TestWhateverHappensNothingReachesTheWrongPersonInClearOrTwice plays chance
// imports, drafts that break off, sending, returns and finals.
func TestWhateverHappensNothingReachesTheWrongPersonInClearOrTwice(t *testing.T) {
	first := newStage(t)
	messages, finals := 0, 0
	walks, least := uint64(12), 20
	if raced {
		walks, least = 2, 1
	}
	for seed := range walks {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := &walk{stage: stageWith(t, *first.Runner), chance: rand.New(rand.NewPCG(seed, 7)), entered: map[pep.Ref]household{}}
			w.whole, w.ByHand = w.Deliveries, seed%2 == 1
			w.Outgoing = w.Dispatcher(door{w})
			for range 4 {
				w.importing()
			}
			for range 36 {
				[]func(){
					w.importing, w.drafting, w.sending, w.sending, w.sending, w.returning, w.returning, w.returning, w.settling,
					w.settling, w.passing, w.sending,
				}[w.pick(12)]()
			}
			w.settling()
			w.sending()
			w.onceEach()
			messages += len(w.relay.taken)
			for _, line := range w.list() {
				if strings.HasPrefix(line, "final") && strings.HasSuffix(line, "accepted") {
					finals++
				}
			}
		})
	}
	t.Logf("%d messages left, %d of them final plans", messages, finals)
	if messages < least {
		t.Errorf("only %d messages left: the walk proves little", messages)
	}
}

// onceEach finds messages that say the same to the same person.
func (w *walk) onceEach() {
	counted := map[string]int{}
	for _, e := range w.relay.taken {
		d := must(w.whole.Get(w.t.Context(), named(e)))(w.t)
		counted[named(e)]++
		if d.Kind != outbox.KindFinal {
			counted[strings.ToLower(d.PlanKey+string(d.Kind)+d.Milestone+e.To)]++
		}
	}
	for what, n := range counted {
		if n > 1 {
			w.t.Errorf("%d times: %q", n, what)
		}
	}
}

// door is the relay's side of a walk.
type door struct{ *walk }

func (d door) Send(_ context.Context, e dispatch.Envelope, beforeDot func() error) outbox.Outcome {
	return d.answer(e, beforeDot)
}
