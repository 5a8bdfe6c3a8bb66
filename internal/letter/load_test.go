package letter

import (
	"testing"

	"github.com/pepost/pepost/templates"
)

func load(tb testing.TB) Templates {
	tb.Helper()
	all, err := Load(templates.FS)
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

func TestTheShippedTemplatesLoad(t *testing.T) {
	for what := range purposes() {
		if _, ok := load(t).letters[what]; !ok {
			t.Errorf("no letter for %+v", what)
		}
	}
}
