package plans_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/plans"
	"github.com/pepost/pepost/internal/store/storetest"
	"github.com/pepost/pepost/internal/timetable"
)

func at() time.Time { return time.Date(2026, 3, 12, 16, 4, 5, 6000, time.UTC) }

// course is one with something in every field.
func course(ref pep.Ref) timetable.Course {
	day := pep.MustDate("2026-03-03")
	return timetable.Course{
		Plan: pep.Plan{
			Ref: ref, Phase: pep.Statutory, Variant: pep.VariantReview, Circumstances: []pep.Circumstance{pep.Moved}, YearGroup: 5,
			Term: pep.Term{Year: 2025, Name: pep.Spring}, Meeting: pep.Meeting{Date: day, Time: "10:00", Place: "Marl School"}, Again: 2, Why: []string{"Year 1 to Year 11"},
		},
		Fixed: true, Opened: pep.MustDate("2026-01-05"), Known: pep.MustDate("2026-01-06"), Setting: pep.Setting{Name: "Marl School"},
		Seen:   timetable.Seen{Meeting: pep.Meeting{Date: day}, Status: pep.MeetingBooked, Forward: pep.NewSchool, Custody: true},
		Status: pep.MeetingBooked, Meetings: []timetable.MeetingEvent{{On: day, Status: pep.MeetingBooked, Meeting: pep.Meeting{Date: day}, By: "O", Why: "rang"}},
		Forward: pep.NewSchool, Transfer: &timetable.Transfer{On: day, From: pep.Setting{Name: "Old School"}, Authorised: day, By: "O", To: "dt@marl.example"},
		Marks:  []timetable.Mark{{Milestone: timetable.ChildCopy, On: day, By: "O", Note: "given by hand"}},
		Closed: pep.MustDate("2026-07-01"), ClosedWhy: "left care",
	}
}

func change(ref pep.Ref, was int, courses ...timetable.Course) pipeline.PlanChange {
	return pipeline.PlanChange{Ref: ref, Was: was, Courses: courses, At: at(), By: "O", Why: "they rang", News: "the meeting is booked"}
}

func each(t *testing.T, run func(t *testing.T, db *store.DB, x *plans.Plans)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		run(t, db, plans.New(db))
	})
}

// save stores changes and gives the conflicts.
func save(t *testing.T, x *plans.Plans, changes ...pipeline.PlanChange) []pep.Ref {
	t.Helper()
	conflicts, err := x.SaveCourses(t.Context(), changes)
	if err != nil {
		t.Fatal(err)
	}
	return conflicts
}

func kept(t *testing.T, x *plans.Plans, refs ...pep.Ref) map[pep.Ref]pipeline.Kept {
	t.Helper()
	all, err := x.Courses(t.Context(), refs)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

const one, two, three = pep.Ref("PEP-7F3K-2Q"), pep.Ref("PEP-7F3K-2R"), pep.Ref("PEP-7F3K-2S")

func TestCoursesComeBackAsTheyWereStoredAndOnlyThoseAskedFor(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *plans.Plans) {
		save(t, x, change(two, 0, course(two), timetable.Course{Plan: pep.Plan{Ref: two, Circumstances: []pep.Circumstance{}}}), change(one, 0, course(one)))
		want := map[pep.Ref]pipeline.Kept{two: {
			Version: 1, Courses: []timetable.Course{course(two), {Plan: pep.Plan{Ref: two, Circumstances: []pep.Circumstance{}}}},
		}}
		if d := cmp.Diff(want, kept(t, x, two, three)); d != "" {
			t.Error(d)
		}
		if all := kept(t, x); len(all) != 0 {
			t.Errorf("nobody was asked for: %d", len(all))
		}
	})
}

func TestAChangeMadeFromAnOldVersionIsRefusedAndTheOthersStand(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *plans.Plans) {
		save(t, x, change(one, 0, course(one)), change(two, 0, course(two)))
		save(t, x, change(one, 1, course(one), course(one)))
		for was := range 2 {
			stale := save(t, x, change(one, was), change(two, 1), change(three, 0, course(three)))
			if d := cmp.Diff([]pep.Ref{one, two, three}[:1+2*was], stale); d != "" {
				t.Errorf("from version %d: %s", was, d)
			}
		}
		all := kept(t, x, one, two, three)
		if len(all[one].Courses) != 2 || all[one].Version != 2 || all[two].Version != 2 || all[three].Version != 1 {
			t.Errorf("%d courses of version %d, then %d and %d", len(all[one].Courses), all[one].Version, all[two].Version, all[three].Version)
		}
		records, err := evidence.New(db).All(t.Context())
		if err != nil || len(records) != 5 {
			t.Fatalf("%d records: %v", len(records), err)
		}
		want := audit.Record{At: at(), Action: audit.PlanChanged, Ref: one, By: "O", Why: "they rang", Facts: []audit.Fact{{Name: "news", Value: "the meeting is booked"}}}
		got := records[2]
		got.Seq, got.Prev, got.Hash = 0, "", ""
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

func TestAChangeWithoutNewsLeavesNoEvidence(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *plans.Plans) {
		silent := change(one, 0, course(one))
		silent.News = ""
		save(t, x, silent)
		if records, err := evidence.New(db).All(t.Context()); err != nil || len(records) != 0 {
			t.Errorf("%d records: %v", len(records), err)
		}
	})
}

// Every writer adds one mark and tries again where another was first: no mark
// is lost.
func TestWritersAtTheSameTimeLoseNoMark(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *plans.Plans) {
		const writers, marks = 4, 5
		var work sync.WaitGroup
		for n := range writers {
			work.Go(func() {
				for i := range marks {
					if err := mark(t, x, fmt.Sprint(n, i)); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		work.Wait()
		stored := kept(t, x, one)[one]
		if len(stored.Courses[0].Marks) != writers*marks || stored.Version != writers*marks {
			t.Errorf("%d marks at version %d", len(stored.Courses[0].Marks), stored.Version)
		}
	})
}

func mark(t *testing.T, x *plans.Plans, by string) error {
	for {
		all, err := x.Courses(t.Context(), []pep.Ref{one})
		if err != nil {
			return err
		}
		was := all[one]
		next := timetable.Course{}
		if len(was.Courses) > 0 {
			next = was.Courses[0]
		}
		next.Marks = append(slices.Clone(next.Marks), timetable.Mark{By: by})
		conflicts, err := x.SaveCourses(t.Context(), []pipeline.PlanChange{{Ref: one, Was: was.Version, Courses: []timetable.Course{next}, At: at()}})
		if err != nil || len(conflicts) == 0 {
			return err
		}
	}
}

func TestNothingOfAPlanIsReadableInTheDatabaseFile(t *testing.T) {
	o := storetest.SQLite(t)
	db := storetest.Open(t, o)
	save(t, plans.New(db), change(one, 0, course(one)))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(o.URL + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"Marl School", "left care", "dt@marl", "statutory"} {
			if bytes.Contains(data, []byte(text)) {
				t.Errorf("%q stands in %s", text, filepath.Base(path))
			}
		}
	}
}

func TestARowPutInTheWrongPlaceDoesNotOpen(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *plans.Plans) {
		save(t, x, change(one, 0, course(one)), change(two, 0, course(two)))
		for _, forged := range []string{
			"UPDATE plans SET version = 7 WHERE ref = 'PEP-7F3K-2Q'",
			"UPDATE plans SET sealed = (SELECT sealed FROM plans WHERE ref = 'PEP-7F3K-2R'), version = 1 WHERE ref = 'PEP-7F3K-2Q'",
		} {
			if _, err := db.Read().ExecContext(t.Context(), forged); err != nil {
				t.Fatal(err)
			}
			if _, err := x.Courses(t.Context(), []pep.Ref{one}); err == nil {
				t.Errorf("it opens after %s", forged)
			}
		}
	})
}

func BenchmarkSavingTenThousandPlans(b *testing.B) {
	o := storetest.SQLite(b)
	x := plans.New(storetest.Open(b, o))
	for round := 0; b.Loop(); round++ {
		var changes []pipeline.PlanChange
		for n := range 10_000 {
			ref := pep.Ref(fmt.Sprintf("PEP-%04d-%04d", n, round))
			changes = append(changes, change(ref, 0, course(ref)))
		}
		if conflicts, err := x.SaveCourses(b.Context(), changes); err != nil || len(conflicts) > 0 {
			b.Fatal(len(conflicts), err)
		}
	}
}
