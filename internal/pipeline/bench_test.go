package pipeline_test

import (
	"fmt"
	"testing"

	"github.com/pepost/pepost/internal/pep"
)

// BenchmarkDraft is the run of an ordinary day: the forms of 240 children went
// out before, and nothing is due.
func BenchmarkDraft(b *testing.B) {
	s := newStage(b)
	for i := range 240 {
		id := fmt.Sprint(i)
		worker := pep.Contact{Role: pep.SocialWorker, Name: "Wren Worker", Email: pep.ParseAddress("wren" + id + "@democheshire.gov.uk"), ReceivesForm: pep.Yes}
		s.enter(child(id), teacher("dt"+id+"@marl.democheshire.sch.uk"), worker)
	}
	s.send()
	s.on("2026-02-04")
	today := pep.DateOf(s.now)
	b.ReportAllocs()
	for b.Loop() {
		drafted, err := s.Draft(b.Context(), today, false)
		if err != nil || len(drafted.Drafts) != 480 {
			b.Fatalf("%d drafts: %v", len(drafted.Drafts), err)
		}
		for _, d := range drafted.Drafts {
			if !d.Known {
				b.Fatal("something was made twice")
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N)/240, "ms/child")
}
