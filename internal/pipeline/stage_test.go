package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/pepost/pepost/forms"
	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pdf"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/book"
	"github.com/pepost/pepost/internal/store/deliveries"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/freezes"
	"github.com/pepost/pepost/internal/store/mailbox"
	"github.com/pepost/pepost/internal/store/phrases"
	"github.com/pepost/pepost/internal/store/plans"
	"github.com/pepost/pepost/internal/store/register"
	"github.com/pepost/pepost/internal/store/returns"
	"github.com/pepost/pepost/internal/store/storetest"
	"github.com/pepost/pepost/internal/timetable"
	"github.com/pepost/pepost/schedules"
	"github.com/pepost/pepost/templates"
)

// stage is a runner of the sample authority on a database of the test's own,
// with a clock that stands still and a relay that takes everything.
type stage struct {
	*pipeline.Runner
	t     testing.TB
	now   time.Time
	relay *relay
	db    *store.DB
}

// relay keeps what it was given, and answers as it is told to.
type relay struct {
	mu     sync.Mutex
	taken  []dispatch.Envelope
	answer func(dispatch.Envelope) outbox.Outcome
}

func (r *relay) Send(_ context.Context, e dispatch.Envelope, beforeDot func() error) outbox.Outcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.answer != nil {
		return r.answer(e)
	}
	if err := beforeDot(); err != nil {
		return outbox.Outcome{Result: outbox.ResultCrashed, Phase: outbox.PhaseData}
	}
	r.taken = append(r.taken, e)
	return outbox.Outcome{Result: outbox.ResultAccepted, Phase: outbox.PhaseReply, Code: 250}
}

const sender = "peps@democheshire.gov.uk"

// newStage is a stage on 3 February 2026, when the forms for meetings on
// 3 March are due.
func newStage(t testing.TB) *stage {
	t.Helper()
	return stageWith(t, must(sample())(t))
}

// sample is the sample authority's rules, which nobody changes once they are
// loaded.
var sample = sync.OnceValues(func() (loaded pipeline.Runner, err error) {
	var faults [6]error
	loaded.Calendar, faults[0] = calendar.Load(schedules.FS, "sample")
	loaded.Rules, faults[1] = timetable.Load(schedules.FS, "sample")
	loaded.Forms, faults[2] = form.Load(forms.FS)
	loaded.Policy, faults[3] = route.Load(schedules.FS, "sample")
	loaded.Templates, faults[4] = letter.Load(templates.FS)
	loaded.PDF, faults[5] = pdf.New()
	return loaded, errors.Join(faults[:]...)
})

// stageWith is a stage by rules that were loaded before.
func stageWith(t testing.TB, loaded pipeline.Runner) *stage {
	t.Helper()
	zone := must(time.LoadLocation("Europe/London"))(t)
	s := &stage{t: t, now: pep.MustDate("2026-02-03").In(zone, 9, 0), relay: &relay{}}
	options := storetest.SQLite(t)
	db := storetest.Open(t, options)
	s.db = db
	s.Runner = &pipeline.Runner{
		Register: register.New(db), Deliveries: deliveries.New(db), Returns: returns.New(db), Mails: mailbox.New(db), Evidence: evidence.New(db), Plans: plans.New(db), Book: book.New(db), Phrases: phrases.New(db), Freezes: freezes.New(db),
		Now:      func() time.Time { return s.now },
		Calendar: loaded.Calendar, Rules: loaded.Rules, Forms: loaded.Forms, Policy: loaded.Policy,
		Templates: loaded.Templates, PDF: loaded.PDF, From: pep.ParseAddress(sender),
		Means: route.Means{Relay: route.RelayFacts{Name: "relay", OnwardTLS: true, ReviewBy: pep.MustDate("2026-12-31")}},
		Words: pipeline.Words{Authority: "Democheshire", VirtualSchool: "Democheshire Virtual School", Officer: letter.Officer{Name: "Demo Officer", Telephone: "01632 960001"}},
		Owner: "test",
	}
	copy(s.Seed[:], must(options.Keys.Lookup("sealing seed", "pepost"))(t))
	s.Outgoing = s.Dispatcher(s.relay)
	return s
}

func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// teacher is a designated teacher at a school whose domain is trusted.
func teacher(mailbox string) pep.Contact {
	return pep.Contact{Role: pep.DesignatedTeacher, Name: "Robin Teacher", Organisation: "Marl School", Email: pep.ParseAddress(mailbox), Phone: "01632 960111"}
}

const (
	trusted  = "dt@marl.democheshire.sch.uk"
	stranger = "office@nursery.example"
)

// child is a child of Year 5 whose meeting is on 3 March 2026.
func child(id string) pep.Child {
	return pep.Child{
		ID: id, Forename: "Ottoline", Surname: "Quillfeather", DateOfBirth: pep.MustDate("2015-11-04"),
		YearGroup: pep.YearGroup{Known: true, Year: 5}, LegalStatus: "C2", BecameLookedAfter: pep.MustDate("2020-01-06"),
		Placement: "U1", PlacementPostcode: "ZZ99 7QX", SEN: "N", Setting: pep.Setting{Name: "Marl School"}, OnRoll: pep.Yes,
		PEPType: "Review", PreviousPEP: pep.MustDate("2025-10-01"), Meeting: pep.Meeting{Date: pep.MustDate("2026-03-03")},
	}
}

// enter puts a child and their people into the register and gives the
// reference.
func (s *stage) enter(c pep.Child, people ...pep.Contact) pep.Ref {
	s.t.Helper()
	row := pipeline.Row{ChildID: c.ID, Kind: "children", Digest: [32]byte([]byte(fmt.Sprintf("%-32s", c.ID)[:32]))}
	in := pipeline.Intake{Children: []pep.Child{c}, Contacts: map[string][]pep.Contact{c.ID: people}, Rows: []pipeline.Row{row}}
	must(s.Register.Import(s.t.Context(), in, s.now))(s.t)
	return must(s.Register.ByChildID(s.t.Context(), c.ID))(s.t).Ref
}

// on moves the clock to nine o'clock of a day.
func (s *stage) on(day string) { s.now = pep.MustDate(day).In(s.now.Location(), 9, 0) }

// send is a sending run of today.
func (s *stage) send() pipeline.Sent {
	s.t.Helper()
	return must(s.Send(s.t.Context(), pep.DateOf(s.now), nil))(s.t)
}

// list is all deliveries as "kind role state", sorted.
func (s *stage) list() []string {
	s.t.Helper()
	var all []string
	for _, d := range s.stored() {
		all = append(all, strings.Join([]string{string(d.Kind), string(d.Recipient.Role), string(d.State)}, " "))
	}
	slices.Sort(all)
	return all
}

func (s *stage) stored() []outbox.Delivery {
	s.t.Helper()
	return must(s.Deliveries.List(s.t.Context(), pipeline.Filter{}))(s.t)
}

// recipients are those who were mailed, in order.
func (s *stage) recipients() []string {
	var all []string
	for _, e := range s.relay.taken {
		all = append(all, e.To)
	}
	return all
}

// named is the delivery that an envelope belongs to.
func named(e dispatch.Envelope) string {
	id, _, _ := strings.Cut(e.ID, ".")
	return id
}
