package rehearsal

import (
	"testing"
	"time"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
)

func TestDev(t *testing.T) {
	keys := must(store.NewKeys())(t)
	began := time.Now()
	s := prepared(t, keys, t.TempDir())
	t.Log("prepared", time.Since(began))
	s.Told = func(l Line) { t.Log(l.Day, l.Text) }
	story, err := Play(t.Context(), s, pep.MustDate("2026-01-05"), pep.MustDate("2026-04-01"))
	if err != nil {
		t.Fatal(err)
	}
	t.Log("played", time.Since(began), story.Days, len(story.Messages), story.Calls, story.Unreached, story.Expired)
	t.Logf("%+v", func() Story { x := story; x.Back, x.Messages, x.Lines = nil, nil, nil; return x }())
	all, _ := s.Runner.Deliveries.List(t.Context(), pipeline.Filter{})
	n := map[string]int{}
	for _, d := range all {
		n[string(d.Kind)+" "+string(d.State)+" "+string(d.Decision.Method)]++
	}
	for k, v := range n {
		t.Log(k, v)
	}
}
