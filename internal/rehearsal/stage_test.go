package rehearsal

import (
	"context"
	"path/filepath"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/pepost/pepost/forms"
	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/mailsink"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pdf"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/post"
	"github.com/pepost/pepost/internal/roster"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/smtpout"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/book"
	"github.com/pepost/pepost/internal/store/deliveries"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/plans"
	"github.com/pepost/pepost/internal/store/register"
	"github.com/pepost/pepost/internal/store/returns"
	"github.com/pepost/pepost/internal/timetable"
	"github.com/pepost/pepost/schedules"
	"github.com/pepost/pepost/templates"
)

// smtp hands envelopes to the sink over real SMTP with TLS.
type smtp struct{ client *smtpout.Client }

func (s smtp) Send(ctx context.Context, e dispatch.Envelope, beforeDot func() error) outbox.Outcome {
	return s.client.Send(ctx, smtpout.Message{From: e.From, ReportTo: e.ReportTo, To: e.To, Bytes: e.Bytes, ID: e.ID}, beforeDot)
}

// overheard is an outbox of which the passphrases that were read out are still
// known when they were destroyed.
type overheard struct {
	pipeline.Deliveries
	phrases map[string]string // by delivery
}

// Passphrase gives the passphrase of one delivery and keeps it in mind.
func (o *overheard) Passphrase(ctx context.Context, id string, by pipeline.Reading) (string, error) {
	phrase, err := o.Deliveries.Passphrase(ctx, id, by)
	if err == nil {
		o.phrases[id] = phrase
	}
	return phrase, err
}

// prepared is a stage with the sample imported on the first day of the term.
func prepared(t testing.TB, keys store.Keys, folder string) Stage {
	t.Helper()
	return preparedWith(t, keys, folder, exports(t))
}

// preparedWith is a stage with other exports imported on that day.
func preparedWith(t testing.TB, keys store.Keys, folder string, first []Export) Stage {
	t.Helper()
	zone := must(time.LoadLocation("Europe/London"))(t)
	clock := &Clock{}
	clock.Set(at(pep.MustDate("2026-01-05"), zone, 7, 45))
	scenario := Usual()
	sink := must(mailsink.Start(must(scenario.SinkOptions(folder, clock))(t)))(t)
	t.Cleanup(func() { sink.Close() })
	client := must(smtpout.New(smtpout.Relay{Addr: sink.Addr(), Host: "localhost", Roots: must(smtpout.Roots(sink.CAPEM()))(t)}))(t)
	t.Cleanup(func() { client.Close() })
	db := must(store.Open(t.Context(), store.Options{URL: filepath.Join(folder, "pepost.db"), Keys: keys, Lock: true}))(t)
	t.Cleanup(func() { db.Close() })
	r := &pipeline.Runner{
		Register: register.New(db), Deliveries: &overheard{deliveries.New(db), map[string]string{}}, Returns: returns.New(db), Evidence: evidence.New(db), Plans: plans.New(db), Book: book.New(db), Now: clock.Now,
		Calendar: must(calendar.Load(schedules.FS, "sample"))(t), Rules: must(timetable.Load(schedules.FS, "sample"))(t),
		Forms: must(form.Load(forms.FS))(t), Policy: must(route.Load(schedules.FS, "sample"))(t),
		Templates: must(letter.Load(templates.FS))(t), PDF: must(pdf.New())(t),
		From:  pep.ParseAddress("peps@democheshire.gov.uk"),
		Means: route.Means{Relay: route.RelayFacts{Name: "relay", OnwardTLS: true, ReviewBy: pep.MustDate("2026-12-31")}},
		Words: pipeline.Words{
			Authority: "Democheshire", VirtualSchool: "Democheshire Virtual School",
			Officer: letter.Officer{Name: "Demo Officer", Telephone: "01632 960001", Mailbox: "peps@democheshire.gov.uk"},
		},
		Owner: "rehearsal",
		Post:  post.Rules{Service: "Royal Mail Special Delivery", Days: 5, ReturnAddress: post.Address{"Democheshire Virtual School", "1 Demo Street", "ZZ99 1AA"}},
	}
	copy(r.Seed[:], must(keys.Lookup("sealing seed", "pepost"))(t))
	r.Outgoing = r.Dispatcher(smtp{client})
	var files []roster.File
	for _, file := range first {
		files = append(files, roster.File{Name: file.Name, Data: file.Data})
	}
	must(r.Import(t.Context(), files))(t)
	return Stage{Runner: r, Clock: clock, Sink: sink, Zone: zone, Scenario: scenario, Later: must(LaterExports())(t), Officer: "Demo Officer", Folder: folder}
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
