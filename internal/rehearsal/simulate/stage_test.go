package simulate

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/forms"
	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/rehearsal"
	"github.com/pepost/pepost/internal/roster"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
	"github.com/pepost/pepost/schedules"
	"github.com/pepost/pepost/templates"
)

type officer = letter.Officer

var update = flag.Bool("update", false, "write the golden files anew")

func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// sample is the sample register of Cheshire West as records, each with a
// reference of its own, at the beginning of the spring term of 2026.
func sample(t testing.TB) []pep.Record {
	t.Helper()
	folder := filepath.Join("..", "..", "roster", "testdata", "cheshire-west")
	var files []roster.File
	for _, name := range []string{"children.csv", "children.xlsx", "contacts.csv", "targets.csv"} {
		files = append(files, roster.File{Name: name, Data: must(os.ReadFile(filepath.Join(folder, name)))(t)})
	}
	batch := roster.Read(roster.Input{Files: files, AsOf: pep.MustDate("2026-02-02")})
	var all []pep.Record
	for i, child := range batch.Children {
		all = append(all, pep.Record{
			Ref: pep.Ref(fmt.Sprintf("PEP-%04d", i)), Child: child, Contacts: batch.Contacts[child.ID], Targets: batch.Targets[child.ID],
		})
	}
	return all
}

// stageOf is a stage of an authority's rules, with nothing sent before.
func stageOf(t testing.TB, authority string, records []pep.Record) Stage {
	t.Helper()
	cal := must(calendar.Load(schedules.FS, authority))(t)
	r := &pipeline.Runner{
		Now: func() time.Time { t.Error("a played term looks at the clock"); return time.Time{} }, Calendar: cal,
		Rules: must(timetable.Load(schedules.FS, authority))(t), Forms: must(form.Load(forms.FS))(t),
		Policy: must(route.Load(schedules.FS, "cheshire-west"))(t), Templates: must(letter.Load(templates.FS))(t),
		From:  pep.ParseAddress("peps@cheshirewestandchester.gov.uk"),
		Means: route.Means{Relay: route.RelayFacts{Name: "relay", OnwardTLS: true, ReviewBy: pep.MustDate("2026-12-31")}},
		Words: pipeline.Words{Authority: "Cheshire West and Chester", VirtualSchool: "Virtual School", Officer: letter.Officer{Name: "An Officer", Telephone: "01632 960001"}},
		Owner: "a test",
	}
	return Stage{
		Runner: r, Held: Held{Records: records}, Term: must(cal.Term(pep.MustDate("2026-01-20")))(t),
		Zone: must(time.LoadLocation("Europe/London"))(t), Scenario: rehearsal.Usual(),
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s:\n%s", name, diff)
	}
}
