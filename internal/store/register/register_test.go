package register_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/register"
	"github.com/pepost/pepost/internal/store/storetest"
)

const (
	children = pipeline.RowKind("children")
	contacts = pipeline.RowKind("contacts")
)

func at() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) }

func child(id string) pep.Child {
	return pep.Child{
		ID: id, Forename: "Wilhelmina", Surname: "Testington" + id, DateOfBirth: pep.MustDate("2014-05-06"),
		UPN: "A123456789012", Setting: pep.Setting{Name: "Nowhere Primary", URN: "123456"},
	}
}

func contact(email string) pep.Contact {
	return pep.Contact{
		Role: pep.DesignatedTeacher, Name: "Thaddeus Example", Email: pep.ParseAddress(email),
		Phone: "01632 960123", Address1: "1 Invented Lane",
	}
}

func rowOf(id string, kind pipeline.RowKind, key string, said any) pipeline.Row {
	return pipeline.Row{ChildID: id, Kind: kind, Key: key, Digest: sha256.Sum256(fmt.Append(nil, said))}
}

// intake is a small export: each child with contacts at the addresses named.
func intake(of map[string][]string) pipeline.Intake {
	in := pipeline.Intake{Contacts: map[string][]pep.Contact{}}
	for id, emails := range of {
		in.Children = append(in.Children, child(id))
		in.Rows = append(in.Rows, rowOf(id, children, "", child(id)))
		in.Contacts[id] = []pep.Contact{}
		for _, email := range emails {
			in.Contacts[id] = append(in.Contacts[id], contact(email))
			in.Rows = append(in.Rows, rowOf(id, contacts, email, email))
		}
	}
	return in
}

func take(t *testing.T, r *register.Register, in pipeline.Intake, accepted, changed, unchanged int) pipeline.Intaken {
	t.Helper()
	got, err := r.Import(t.Context(), in, at())
	if err != nil {
		t.Fatal(err)
	}
	if got.Accepted != accepted || got.Changed != changed || got.Unchanged != unchanged {
		t.Errorf("accepted %d, changed %d, unchanged %d; want %d, %d, %d",
			got.Accepted, got.Changed, got.Unchanged, accepted, changed, unchanged)
	}
	return got
}

func each(t *testing.T, run func(t *testing.T, r *register.Register)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) { run(t, register.New(storetest.Open(t, o))) })
}

func TestTheSameImportTwiceChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *register.Register) {
		in := intake(map[string][]string{"C-2": {"a@x.example"}, "C-1": {"b@x.example", "c@x.example"}})
		take(t, r, in, 5, 0, 0)
		before, err := r.Records(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := take(t, r, in, 0, 0, 5); len(got.Changes) != 0 {
			t.Errorf("changes: %+v", got.Changes)
		}
		after, err := r.Records(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, after, cmp.Comparer(func(a, b pep.Address) bool { return a == b })); diff != "" {
			t.Error(diff)
		}
		if len(after) != 2 || after[0].Child.ID != "C-1" || after[1].Child.ID != "C-2" || after[0].Ref == after[1].Ref {
			t.Errorf("records: %d", len(after))
		}
	})
}

func TestAReExportChangesWhatChangedAndSaysSo(t *testing.T) {
	each(t, func(t *testing.T, r *register.Register) {
		in := intake(map[string][]string{"C-1": {"a@x.example", "b@x.example"}, "C-2": {"c@x.example"}})
		take(t, r, in, 5, 0, 0)
		was, err := r.ByChildID(t.Context(), "C-1")
		if err != nil {
			t.Fatal(err)
		}

		next := intake(map[string][]string{"C-1": {"a@x.example", "d@x.example"}})
		next.Children[0].Setting.Name = "Elsewhere Academy"
		next.Children[0].LegalStatus = "C2"
		next.Rows[0] = rowOf("C-1", children, "", next.Children[0])
		got := take(t, r, next, 1, 1, 1)
		want := []pipeline.Change{{Ref: was.Ref, Fields: []string{"legal_status", "setting", "contacts"}}}
		if diff := cmp.Diff(want, got.Changes); diff != "" {
			t.Error(diff)
		}
		is, err := r.Record(t.Context(), was.Ref)
		if err != nil {
			t.Fatal(err)
		}
		emails := []string{is.Contacts[0].Email.Canonical(), is.Contacts[1].Email.Canonical()}
		if is.Ref != was.Ref || is.Child.Setting.Name != "Elsewhere Academy" || !slices.Equal(emails, []string{"a@x.example", "d@x.example"}) {
			t.Errorf("record: %v", emails)
		}
		if other, err := r.ByChildID(t.Context(), "C-2"); err != nil || len(other.Contacts) != 1 {
			t.Errorf("a child that the export does not name was changed: %v", err)
		}

		take(t, r, in, 1, 1, 3) // b@ is new again, the child's row is as it was first
	})
}

func TestContactsThatVanishVanish(t *testing.T) {
	each(t, func(t *testing.T, r *register.Register) {
		take(t, r, intake(map[string][]string{"C-1": {"a@x.example", "b@x.example"}}), 3, 0, 0)
		take(t, r, intake(map[string][]string{"C-1": {"b@x.example"}}), 0, 0, 2)
		if is, err := r.ByChildID(t.Context(), "C-1"); err != nil || len(is.Contacts) != 1 || is.Contacts[0].Email.Canonical() != "b@x.example" {
			t.Errorf("contacts: %d %v", len(is.Contacts), err)
		}
		take(t, r, intake(map[string][]string{"C-1": nil}), 0, 0, 1)
		if is, err := r.ByChildID(t.Context(), "C-1"); err != nil || len(is.Contacts) != 0 {
			t.Errorf("contacts: %d %v", len(is.Contacts), err)
		}
		// An import that does not speak of contacts leaves them.
		take(t, r, intake(map[string][]string{"C-1": {"a@x.example"}}), 1, 0, 1)
		take(t, r, pipeline.Intake{Children: []pep.Child{child("C-1")}, Rows: []pipeline.Row{rowOf("C-1", children, "", child("C-1"))}}, 0, 0, 1)
		if is, err := r.ByChildID(t.Context(), "C-1"); err != nil || len(is.Contacts) != 1 {
			t.Errorf("contacts: %d %v", len(is.Contacts), err)
		}
	})
}

func TestEqualRowsAreCountedOneByOne(t *testing.T) {
	each(t, func(t *testing.T, r *register.Register) {
		in := intake(map[string][]string{"C-1": {"a@x.example", "a@x.example"}})
		take(t, r, in, 3, 0, 0)
		take(t, r, in, 0, 0, 3)
	})
}

func TestReturnsStandBesideTheCaseSystem(t *testing.T) {
	each(t, func(t *testing.T, r *register.Register) {
		take(t, r, intake(map[string][]string{"C-1": nil}), 1, 0, 0)
		first := pep.Return903{LegalStatus: "C2", BecameLookedAfter: pep.MustDate("2024-01-02")}
		second := pep.Return903{Unaccompanied: true, LegalStatus: "V2"}
		for i, said := range []pep.Return903{first, second} {
			kind := pipeline.RowKind(fmt.Sprint("ssda903-", i))
			take(t, r, pipeline.Intake{
				Returns: map[string]pep.Return903{"C-1": said},
				Rows:    []pipeline.Row{rowOf("C-1", kind, "", said)},
			}, 1, 0, 0)
		}
		take(t, r, intake(map[string][]string{"C-1": nil}), 0, 0, 1)
		is, err := r.ByChildID(t.Context(), "C-1")
		want := pep.Return903{LegalStatus: "V2", BecameLookedAfter: pep.MustDate("2024-01-02"), Unaccompanied: true}
		if err != nil || is.Child.Return != want || is.Child.Surname == "" {
			t.Errorf("%+v %v", is.Child.Return, err)
		}
	})
}

func TestLeavingCareBelongsToTheEpisodeThatSaysIt(t *testing.T) {
	early, late, left := pep.MustDate("2020-01-02"), pep.MustDate("2024-03-04"), pep.MustDate("2026-02-01")
	for name, steps := range map[string]struct {
		said []pep.Return903
		want pep.Return903
	}{
		"the same episode is open after all": {
			[]pep.Return903{{LatestEpisode: late, LeftCare: left}, {LatestEpisode: late}}, pep.Return903{LatestEpisode: late},
		},
		"a newer episode": {
			[]pep.Return903{{LatestEpisode: early, LeftCare: left}, {LatestEpisode: late}}, pep.Return903{LatestEpisode: late},
		},
		"the file of an earlier year": {
			[]pep.Return903{{LatestEpisode: late, LeftCare: left}, {LatestEpisode: early}}, pep.Return903{LatestEpisode: late, LeftCare: left},
		},
		"a file without episodes": {
			[]pep.Return903{{LatestEpisode: late, LeftCare: left}, {LastReview: late}},
			pep.Return903{LatestEpisode: late, LeftCare: left, LastReview: late},
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, r *register.Register) {
				take(t, r, intake(map[string][]string{"C-1": nil}), 1, 0, 0)
				for i, said := range steps.said {
					take(t, r, pipeline.Intake{
						Returns: map[string]pep.Return903{"C-1": said},
						Rows:    []pipeline.Row{rowOf("C-1", pipeline.RowKind(fmt.Sprint("ssda903-", i)), "", said)},
					}, 1, 0, 0)
				}
				if is, err := r.ByChildID(t.Context(), "C-1"); err != nil || is.Child.Return != steps.want {
					t.Errorf("%+v %v", is.Child.Return, err)
				}
			})
		})
	}
}

func TestAnImportIsStoredWholeOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, r *register.Register) {
		in := intake(map[string][]string{"C-1": nil})
		in.Contacts["C-9"] = []pep.Contact{contact("a@x.example")}
		_, err := r.Import(t.Context(), in, at())
		if !errors.Is(err, register.ErrUnknownChild) || strings.Contains(err.Error(), "C-9") {
			t.Fatalf("%v", err)
		}
		if all, err := r.Records(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("%d records %v", len(all), err)
		}
		// The serial number of the undone import is given again, and only now.
		take(t, r, intake(map[string][]string{"C-1": nil}), 1, 0, 0)
	})
}

func TestReferencesAreUniqueAndForLife(t *testing.T) {
	each(t, func(t *testing.T, r *register.Register) {
		refs := map[pep.Ref]string{}
		for round := range 3 {
			of := map[string][]string{}
			for i := range 600 * (round + 1) {
				of[fmt.Sprintf("C-%04d", i)] = nil
			}
			if _, err := r.Import(t.Context(), intake(of), at()); err != nil {
				t.Fatal(err)
			}
			if err := r.Each(t.Context(), func(is pep.Record) error {
				if id, known := refs[is.Ref]; known && id != is.Child.ID {
					t.Errorf("%s was given twice", is.Ref)
				}
				refs[is.Ref] = is.Child.ID
				_, err := pep.ParseRef(string(is.Ref))
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if len(refs) != 1800 {
			t.Errorf("%d references for 1800 children", len(refs))
		}
	})
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	each(t, func(t *testing.T, r *register.Register) {
		var missing *pipeline.NotFoundError
		if _, err := r.Record(t.Context(), "PEP-0000-00"); !errors.As(err, &missing) || missing.Name != "PEP-0000-00" {
			t.Errorf("%v", err)
		}
		if _, err := r.ByChildID(t.Context(), "C-77"); !errors.As(err, &missing) || strings.Contains(err.Error(), "77") {
			t.Errorf("%v", err)
		}
		if ids, err := r.ChildIDs(t.Context()); err != nil || len(ids) != 0 {
			t.Errorf("%v %v", ids, err)
		}
	})
}

func TestEachMayUseTheRegisterAndStops(t *testing.T) {
	each(t, func(t *testing.T, r *register.Register) {
		take(t, r, intake(map[string][]string{"C-1": nil, "C-2": nil, "C-3": nil}), 3, 0, 0)
		errEnough := errors.New("enough")
		seen := 0
		err := r.Each(t.Context(), func(is pep.Record) error {
			if _, err := r.Record(t.Context(), is.Ref); err != nil {
				return err
			}
			if seen++; seen == 2 {
				return errEnough
			}
			return nil
		})
		if !errors.Is(err, errEnough) || seen != 2 {
			t.Errorf("%d %v", seen, err)
		}
	})
}

func TestChildIDsGiveTheDateOfBirth(t *testing.T) {
	each(t, func(t *testing.T, r *register.Register) {
		take(t, r, intake(map[string][]string{"C-1": nil}), 1, 0, 0)
		ids, err := r.ChildIDs(t.Context())
		if diff := cmp.Diff(map[string]pep.Date{"C-1": pep.MustDate("2014-05-06")}, ids); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}

func TestNothingPersonalStandsInTheFile(t *testing.T) {
	o := storetest.SQLite(t)
	db := storetest.Open(t, o)
	take(t, register.New(db), intake(map[string][]string{"CASE-4711": {"head.person@x.example"}}), 2, 0, 0)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(o.URL), "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{
			"CASE-4711", "Wilhelmina", "Testington", "2014-05-06", "A123456789012", "Nowhere", "123456\"",
			"head.person", "x.example", "Thaddeus", "960123", "Invented", "designated", "surname",
		} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s has %q in clear", filepath.Base(file), secret)
			}
		}
	}
}

func TestARowMovedToAnotherChildDoesNotOpen(t *testing.T) {
	db := storetest.Open(t, storetest.SQLite(t))
	r := register.New(db)
	take(t, r, intake(map[string][]string{"C-1": nil, "C-2": nil}), 2, 0, 0)
	if _, err := db.Read().ExecContext(t.Context(), "UPDATE children SET record = (SELECT record FROM children WHERE serial = 1)"); err != nil {
		t.Fatal(err)
	}
	var sealed *store.SealedError
	if _, err := r.Records(t.Context()); !errors.As(err, &sealed) {
		t.Errorf("%v", err)
	}
}
