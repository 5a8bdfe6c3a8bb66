package template

import (
	"sync"
	"testing"

	"github.com/pepost/pepost/forms"
	"github.com/pepost/pepost/internal/form"
)

// read reads the shipped forms once for all tests; a library never changes.
var read = sync.OnceValues(func() (*form.Library, error) { return form.Load(forms.FS) })

func library(t testing.TB) *form.Library {
	t.Helper()
	l, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func whole(t testing.TB, id string) form.Form {
	t.Helper()
	f, ok := library(t).Whole(id)
	if !ok {
		t.Fatalf("no form %s", id)
	}
	return f
}

func exported(t testing.TB, f form.Form) []byte {
	t.Helper()
	data, err := Export(f, packsOf(f)[0])
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAnExportedFormIsSound(t *testing.T) {
	for _, id := range library(t).PhaseIDs() {
		f := whole(t, id)
		for _, fault := range Check(exported(t, f), f) {
			t.Errorf("%s: %+v", id, fault)
		}
	}
}
