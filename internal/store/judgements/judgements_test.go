package judgements_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/quality"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/judgements"
	"github.com/pepost/pepost/internal/store/storetest"
)

const ref = pep.Ref("PEP-7F3K-2Q")

func judgement(id string, minute int) pipeline.Judgement {
	return pipeline.Judgement{
		ID: id, Ref: ref, PlanKey: string(ref) + "/2025/26-spring/review", Return: "r1", Answers: "ab12", Overall: "green", Overridden: true,
		Parts: map[string]quality.Rating{"voice": "gold", "funding": "red"}, Account: "alex.head", Why: "the drawing says it",
		At: time.Date(2026, 3, 4, 9, minute, 5, 6000, time.UTC),
	}
}

func TestJudgementsStandBesideEachOtherAndLeaveEvidence(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		kept := judgements.New(db)
		other := judgement("j3", 0)
		other.Ref = "PEP-0000-00"
		for _, j := range []pipeline.Judgement{judgement("j2", 7), judgement("j1", 5), other} {
			if err := kept.AddJudgement(t.Context(), j); err != nil {
				t.Fatal(err)
			}
		}
		if err := kept.AddJudgement(t.Context(), judgement("j1", 9)); err == nil {
			t.Error("a judgement was overwritten")
		}
		all, err := kept.ListJudgements(t.Context(), []pep.Ref{ref})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]pipeline.Judgement{judgement("j1", 5), judgement("j2", 7)}, all); diff != "" {
			t.Error(diff)
		}
		if none, err := kept.ListJudgements(t.Context(), nil); err != nil || len(none) != 0 {
			t.Errorf("%v %v", none, err)
		}
		records, err := evidence.New(db).All(t.Context())
		if err != nil || len(records) != 3 || records[0].Action != audit.QualityJudged || records[0].By != "alex.head" || records[0].Why == "" {
			t.Errorf("%+v %v", records, err)
		}
	})
}

func TestAMovedOrForgedJudgementIsNotRead(t *testing.T) {
	for _, statement := range []string{
		"UPDATE judgements SET sealed = (SELECT o.sealed FROM judgements o WHERE o.id = 'j2') WHERE id = 'j1'",
		"UPDATE judgements SET given_at = 5 WHERE id = 'j1'",
		"UPDATE judgements SET ref = 'PEP-0000-00' WHERE id = 'j1'",
	} {
		storetest.Each(t, func(t *testing.T, o store.Options) {
			db := storetest.Open(t, o)
			kept := judgements.New(db)
			for i, id := range []string{"j1", "j2"} {
				if err := kept.AddJudgement(t.Context(), judgement(id, i)); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := db.Read().ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
			if _, err := kept.ListJudgements(t.Context(), []pep.Ref{ref, "PEP-0000-00"}); err == nil {
				t.Errorf("read after %s", statement)
			}
		})
	}
}

func TestNothingOfAJudgementStandsInClear(t *testing.T) {
	o := storetest.SQLite(t)
	db := storetest.Open(t, o)
	j := judgement("j1", 1)
	j.Account, j.Why = "heron.headteacher", ""
	if err := judgements.New(db).AddJudgement(t.Context(), j); err != nil {
		t.Fatal(err)
	}
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
		for _, secret := range []string{"2025/26-spring", "funding"} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s has %q in clear", filepath.Base(file), secret)
			}
		}
	}
}
