package simulate

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/rehearsal"
	"github.com/pepost/pepost/internal/report/workload"
	"github.com/pepost/pepost/internal/timetable"
)

func asJSON(t *testing.T, term workload.Term) []byte {
	t.Helper()
	return append(must(json.MarshalIndent(term, "", " "))(t), '\n')
}

func march(from, to int) *Span {
	return &Span{pep.Date{Year: 2026, Month: 3, Day: from}, pep.Date{Year: 2026, Month: 3, Day: to}}
}

// TestTheTermOfTheSampleIsPlayedAsItWas: whoever changes the rules or the walk
// sees here what it does to a term.
func TestTheTermOfTheSampleIsPlayedAsItWas(t *testing.T) {
	s := stageOf(t, "cheshire-west", sample(t))
	got := asJSON(t, must(Run(t.Context(), s, march(2, 6)))(t))
	golden(t, "spring-2026.json", got)
	noPersonalData(t, string(got), s.Held.Records)
}

// noPersonalData finds what must not be in the numbers: references, roles and
// reasons only.
func noPersonalData(t *testing.T, text string, records []pep.Record) {
	t.Helper()
	if strings.Contains(text, "@") {
		t.Error("an address is in the numbers")
	}
	for _, record := range records {
		private := []string{record.Child.Surname, string(record.Child.UPN), record.Child.DateOfBirth.String()}
		for _, contact := range record.Contacts {
			private = append(private, contact.Name)
		}
		for _, own := range private {
			if len(own) > 5 && strings.Contains(text, own+" ") {
				t.Errorf("%s: something personal is in the numbers", record.Ref)
			}
		}
	}
}

// TestATermIsPlayedAlikeEachTime: the same input gives the same bytes, whatever
// the installation's seed.
func TestATermIsPlayedAlikeEachTime(t *testing.T) {
	s := stageOf(t, "cheshire-west", few(t, 40))
	first := asJSON(t, must(Run(t.Context(), s, march(2, 6)))(t))
	s.Runner.Seed[0] = 1
	if second := asJSON(t, must(Run(t.Context(), s, march(2, 6)))(t)); string(first) != string(second) {
		t.Errorf("the same term was played in two ways: %s", cmp.Diff(string(first), string(second)))
	}
}

// TestLaterRunsOfADayMissNothing: a play whose every run looks at every child
// gives the same term.
func TestLaterRunsOfADayMissNothing(t *testing.T) {
	s := stageOf(t, "cheshire-west", few(t, 30))
	quick := asJSON(t, must(Run(t.Context(), s, nil))(t))
	s.whole = true
	if diff := cmp.Diff(string(asJSON(t, must(Run(t.Context(), s, nil))(t))), string(quick)); diff != "" {
		t.Error(diff)
	}
}

// few is a part of the sample that is played in a moment.
func few(t testing.TB, n int) []pep.Record {
	all := sample(t)
	var some []pep.Record
	for i := 0; i < len(all); i += len(all) / n {
		some = append(some, all[i])
	}
	return some
}

// delivered is what left in a term, however late, without the key's last part
// where that only tells one occasion from another.
func delivered(all []workload.Message, kinds ...outbox.Kind) []string {
	var out []string
	for _, m := range all {
		if !m.Left.IsZero() && slices.Contains(kinds, m.Kind) {
			out = append(out, m.Key)
		}
	}
	slices.Sort(out)
	return out
}

// tries is how many days without the program are tried.
const tries = 6

// TestAShortOutageLosesNothing: where the program did not run for a day, the
// same forms and reminders reach the same people in the end as if it had run.
func TestAShortOutageLosesNothing(t *testing.T) {
	s := stageOf(t, "cheshire-west", few(t, 40))
	s.Scenario = rehearsal.Scenario{Never: 100} // nobody's answer depends on the day the form came
	plain := must(once(t.Context(), s, nil))(t)
	want := delivered(plain.messages, outbox.KindForm, outbox.KindChase)
	if len(want) < 40 {
		t.Fatalf("only %d messages", len(want))
	}
	luck := rand.New(rand.NewPCG(2026, 3))
	for range tries {
		day := s.Term.From.AddDays(luck.IntN(s.Term.From.DaysUntil(s.Term.To)))
		with := must(once(t.Context(), s, &Span{day, day}))(t)
		if diff := cmp.Diff(want, delivered(with.messages, outbox.KindForm, outbox.KindChase)); diff != "" {
			t.Errorf("without %s: %s", day.Long(), diff)
		}
	}
}

// TestALongOutageLosesNoForm: what left without the outage leaves with it too,
// or is held before a person.
func TestALongOutageLosesNoForm(t *testing.T) {
	s := stageOf(t, "cheshire-west", few(t, 40))
	plain := must(once(t.Context(), s, nil))(t)
	for _, down := range []*Span{march(2, 6), march(2, 13), {pep.MustDate("2026-01-19"), pep.MustDate("2026-02-06")}} {
		with := must(once(t.Context(), s, down))(t)
		known := map[string]workload.Message{}
		for _, m := range with.messages {
			known[m.Key] = m
		}
		for _, key := range delivered(plain.messages, outbox.KindForm) {
			if m := known[key]; m.Left.IsZero() && m.Held.IsZero() {
				t.Errorf("%s to %s: %s neither left nor was held", down.From, down.To, key)
			} else if down.has(m.Left) {
				t.Errorf("%s left on %s, when the program did not run", key, m.Left)
			}
		}
	}
}

// TestWhatCameTooLateIsHeldAndTold: by the authority's rule of how long a thing
// that was missed is still useful.
func TestWhatCameTooLateIsHeldAndTold(t *testing.T) {
	s := stageOf(t, "cheshire-west", few(t, 80))
	s.Runner.Rules.Useful = timetable.Clock{N: 2, Unit: calendar.WorkingDays, Source: "a test"}
	outage := must(Run(t.Context(), s, march(2, 6)))(t).Outage
	held := 0
	for _, shift := range outage.Held {
		if shift.Kind == outbox.KindForm && strings.Contains(shift.Why, "missed: its day was") {
			held++
		}
	}
	if held == 0 {
		t.Errorf("nothing was held as missed: %+v", outage.Held)
	}
	for _, shift := range outage.Later {
		if shift.Kind == outbox.KindForm && shift.Is == pep.MustDate("2026-03-07") && shift.Was.Before(pep.MustDate("2026-03-05")) {
			t.Errorf("%s was missed for more than two working days and left by itself", shift.Ref)
		}
	}
}

func TestNothingHappensWhileTheProgramDoesNotRun(t *testing.T) {
	s := stageOf(t, "cheshire-west", few(t, 40))
	term := must(Run(t.Context(), s, march(2, 6)))(t)
	for _, day := range term.Days {
		if closed := !officesOpen(day.Kind); closed && day.Work.Total() > 0 {
			t.Errorf("%s is a %s with work: %+v", day.Date, day.Kind, day.Work)
		}
		if down := march(2, 6).has(day.Date); down != day.Down || down && (day.Work != workload.Amounts{} || day.Sent.All()+day.Held+day.Returned > 0) {
			t.Errorf("%+v", day)
		}
	}
	if o := term.Outage; o == nil || o.Without == term.Totals || len(o.Later) == 0 {
		t.Errorf("%+v", o)
	}
}

// TestTheNumbersOfATermAddUp: days, officers, rows and totals are the same
// things counted in different ways.
func TestTheNumbersOfATermAddUp(t *testing.T) {
	s := stageOf(t, "cheshire-west", few(t, 40))
	s.Runner.ByHand = true
	term := must(Run(t.Context(), s, nil))(t)
	late, held := 0, 0
	for _, day := range term.Days {
		late, held = late+day.Late, held+day.Held
		var officers workload.Amounts
		for _, a := range day.Officers {
			officers = officers.Plus(a)
		}
		if officers != day.Work {
			t.Errorf("%s: officers have %+v of %+v", day.Date, officers, day.Work)
		}
	}
	if late != len(term.Late) || held != len(term.Held) || term.Totals != term.Sum() {
		t.Errorf("%d of %d late, %d of %d held", late, len(term.Late), held, len(term.Held))
	}
	work := term.Totals.Work
	if work.Release < 30 || work.Calls < 10 || work.Returns < 10 || work.Finals < 10 || work.Tasks == 0 || work.Holds != held {
		t.Errorf("%+v", work)
	}
}

func TestEachTeamHasItsOwnWork(t *testing.T) {
	s := stageOf(t, "cheshire-west", few(t, 40))
	for i, record := range s.Held.Records {
		contacts := slices.Clone(record.Contacts)
		for n := range contacts {
			if contacts[n].Role == pep.SocialWorker && i%2 == 0 {
				contacts[n].Organisation = " North Team"
			}
		}
		s.Held.Records[i].Contacts = contacts
	}
	s.Runner.Words.Teams = map[string]officer{"north team": {Name: "Another Officer"}}
	term := must(Run(t.Context(), s, nil))(t)
	if diff := cmp.Diff([]string{"north team", "no team"}, term.Officers); diff != "" {
		t.Fatal(diff)
	}
	var sums [2]workload.Amounts
	for _, day := range term.Days {
		for i, a := range day.Officers {
			sums[i] = sums[i].Plus(a)
		}
	}
	if sums[0].Total() == 0 || sums[1].Total() == 0 {
		t.Errorf("%+v", sums)
	}
	if text := string(asJSON(t, term)); strings.Contains(text, "Another Officer") {
		t.Error("the officer's name is in the numbers")
	}
}
