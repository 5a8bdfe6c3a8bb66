package register_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/store/register"
)

func TestAnImportTellsWhomItTouchedAndTheyAreReadAlone(t *testing.T) {
	each(t, func(t *testing.T, r *register.Register) {
		both := map[string][]string{"C-1": {"a@x.example"}, "C-2": {"b@x.example"}}
		first := take(t, r, intake(both), 4, 0, 0).Touched
		if len(first) != 2 {
			t.Fatalf("the first import touched %d children", len(first))
		}
		if again := take(t, r, intake(both), 0, 0, 4).Touched; len(again) != 0 {
			t.Errorf("the same import touched %v", again)
		}
		both["C-2"] = []string{"new@x.example"}
		touched := take(t, r, intake(both), 1, 0, 3).Touched
		var ids []string
		err := r.Chosen(t.Context(), append(touched, "PEP-0000-00"), func(record pep.Record) error {
			ids = append(ids, record.Child.ID)
			return nil
		})
		if d := cmp.Diff([]string{"C-2"}, ids); d != "" || err != nil {
			t.Errorf("%v %s", err, d)
		}
		if n, err := r.Count(t.Context()); n != 2 || err != nil {
			t.Errorf("%d children: %v", n, err)
		}
		stop := errors.New("enough")
		if err := r.Chosen(t.Context(), slices.Clone(first), func(pep.Record) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("%v", err)
		}
	})
}
