package returns_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/returns"
	"github.com/pepost/pepost/internal/store/storetest"
)

const ref = pep.Ref("PEP-7F3K-2Q")

func at() time.Time { return time.Date(2026, 3, 12, 16, 4, 5, 6000, time.UTC) }

func returned(id string) pipeline.Returned {
	return pipeline.Returned{
		ID: id, Ref: ref, PlanKey: string(ref) + "/2025/26-spring/custody", Form: "statutory", Version: "ab12",
		MessageID: "<reply-" + id + "@nowhere.example>", SHA256: "00" + id, At: at(), State: pipeline.ReturnWaiting,
		Values: form.Values{
			Fields: map[string]string{"attainment": "works well at fractions"},
			Tables: map[string][]form.Row{"targets": {{"t.text": "reads a chapter a day"}}},
		},
		Unreadable: []string{"attendance"}, Confidence: 0.75,
	}
}

func document(id string) []byte { return []byte("filled-document " + id) }

func each(t *testing.T, run func(t *testing.T, db *store.DB, x *returns.Returns)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		run(t, db, returns.New(db))
	})
}

func add(t *testing.T, x *returns.Returns, r pipeline.Returned, wanted bool) {
	t.Helper()
	if added, err := x.AddReturn(t.Context(), r, document(r.ID)); err != nil || added != wanted {
		t.Fatalf("adding %s: %v %v", r.ID, added, err)
	}
}

func TestAReturnedFormComesBackAsItWasStored(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *returns.Returns) {
		add(t, x, returned("r1"), true)
		got, bytes, err := x.GetReturn(t.Context(), "r1")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(returned("r1"), got); diff != "" || string(bytes) != string(document("r1")) {
			t.Errorf("%s%q", diff, bytes)
		}
		var missing *pipeline.NotFoundError
		if _, _, err := x.GetReturn(t.Context(), "r2"); !errors.As(err, &missing) || missing.What != pipeline.NoReturn {
			t.Errorf("%v", err)
		}
	})
}

func TestTheSameDocumentInTheSameMessageIsTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *returns.Returns) {
		add(t, x, returned("r1"), true)
		again := returned("r1")
		again.ID = "r2"
		add(t, x, again, false)
		second := again
		second.SHA256 = "another document of the same message"
		add(t, x, second, true)
		resent := again
		resent.ID, resent.MessageID = "r3", "<again@nowhere.example>"
		add(t, x, resent, true)
		records, err := evidence.New(db).All(t.Context())
		if err != nil || len(records) != 3 {
			t.Errorf("%d records: %v", len(records), err)
		}
	})
}

func TestListChoosesAndOrders(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *returns.Returns) {
		late, other := returned("a"), returned("b")
		late.At = at().Add(time.Hour)
		other.Ref, other.State = "PEP-0000-00", pipeline.ReturnAccepted
		add(t, x, late, true)
		add(t, x, other, true)
		add(t, x, returned("c"), true)
		for _, c := range []struct {
			filter pipeline.ReturnFilter
			want   []string
		}{
			{pipeline.ReturnFilter{}, []string{"b", "c", "a"}},
			{pipeline.ReturnFilter{Ref: ref}, []string{"c", "a"}},
			{pipeline.ReturnFilter{Refs: []pep.Ref{"PEP-0000-00"}}, []string{"b"}},
			{pipeline.ReturnFilter{Refs: []pep.Ref{"PEP-0000-00", ref}}, []string{"b", "c", "a"}},
			{pipeline.ReturnFilter{States: []pipeline.ReturnState{pipeline.ReturnAccepted}}, []string{"b"}},
			{pipeline.ReturnFilter{Ref: ref, States: []pipeline.ReturnState{pipeline.ReturnFinalised}}, nil},
		} {
			all, err := x.ListReturns(t.Context(), c.filter)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range all {
				got = append(got, r.ID)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		}
	})
}

func TestEveryStateMayBeFollowedOrNot(t *testing.T) {
	may := map[pipeline.ReturnState]map[pipeline.ReturnState]audit.Action{
		pipeline.ReturnWaiting:  {pipeline.ReturnAccepted: audit.ReturnSettled, pipeline.ReturnRejected: audit.ReturnSettled},
		pipeline.ReturnAccepted: {pipeline.ReturnFinalised: audit.PlanFinalised, pipeline.ReturnRejected: audit.ReturnSettled},
	}
	each(t, func(t *testing.T, db *store.DB, x *returns.Returns) {
		for _, from := range pipeline.ReturnStates() {
			for _, to := range pipeline.ReturnStates() {
				r := returned(string(from) + " " + string(to))
				r.State = from
				add(t, x, r, true)
				settling := pipeline.Settling{At: at().Add(time.Hour), By: "an officer", Why: "looked at"}
				err := x.MarkReturn(t.Context(), r.ID, to, settling)
				action, allowed := may[from][to]
				if allowed != (err == nil) || !allowed && !errors.Is(err, pipeline.ErrReturnSettled) {
					t.Errorf("%s to %s: %v", from, to, err)
				}
				got, kept, err := x.GetReturn(t.Context(), r.ID)
				if err != nil || string(kept) != string(document(r.ID)) {
					t.Fatalf("%q %v", kept, err)
				}
				if allowed && (got.State != to || !cmp.Equal(got.Settled, settling)) || !allowed && got.State != from {
					t.Errorf("%s to %s: is %s, %+v", from, to, got.State, got.Settled)
				}
				records, err := evidence.New(db).All(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if last := records[len(records)-1]; allowed && (last.Action != action || last.By != "an officer") {
					t.Errorf("evidence: %+v", last)
				}
			}
		}
	})
}

func TestNothingPersonalStandsInTheFiles(t *testing.T) {
	o := storetest.SQLite(t)
	db := storetest.Open(t, o)
	add(t, returns.New(db), returned("r1"), true)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(o.URL), "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v %v", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"nowhere.example", "custody", "fractions", "chapter a day", "filled-document", "attendance", "00r1"} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s has %q in clear", filepath.Base(file), secret)
			}
		}
	}
}

func TestWhatIsMovedOrForgedIsNotRead(t *testing.T) {
	for _, statement := range []string{
		"UPDATE returns SET sealed = (SELECT o.sealed FROM returns o WHERE o.id = 'r2')",
		"UPDATE returns SET document = (SELECT o.document FROM returns o WHERE o.id = 'r2')",
		"UPDATE returns SET state = 'accepted'",
	} {
		each(t, func(t *testing.T, db *store.DB, x *returns.Returns) {
			add(t, x, returned("r1"), true)
			add(t, x, returned("r2"), true)
			if _, err := db.Read().ExecContext(t.Context(), statement+" WHERE id = 'r1'"); err != nil {
				t.Fatal(err)
			}
			if _, _, err := x.GetReturn(t.Context(), "r1"); err == nil {
				t.Errorf("read after %s", statement)
			}
		})
	}
}

func TestAReturnInClearIsFoundUntilAPersonToldTheSetting(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *returns.Returns) {
		unsafe := returned("r1")
		unsafe.InClear, unsafe.TypedBy = true, "jo.smith"
		add(t, x, unsafe, true)
		add(t, x, returned("r2"), true)
		found, err := x.ListReturns(t.Context(), pipeline.ReturnFilter{InClear: true})
		if err != nil || len(found) != 1 || cmp.Diff(unsafe, found[0]) != "" {
			t.Fatalf("%v %v", found, err)
		}
		told := pipeline.Settling{At: at().Add(time.Hour), By: "A. Officer", Why: "rang them"}
		if err := x.NoteTold(t.Context(), "r1", told); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"r1", "r2"} {
			if err := x.NoteTold(t.Context(), id, told); !errors.Is(err, pipeline.ErrReturnSettled) {
				t.Errorf("%s: %v", id, err)
			}
		}
		got, _, err := x.GetReturn(t.Context(), "r1")
		if err != nil || !cmp.Equal(got.Told, told) || !got.InClear {
			t.Errorf("%+v %v", got.Told, err)
		}
		records, err := evidence.New(db).All(t.Context())
		if err != nil || records[0].By != "jo.smith" || records[len(records)-1].Action != audit.ReturnTold || audit.Verify(records) != nil {
			t.Errorf("%v %v", records, err)
		}
	})
}
