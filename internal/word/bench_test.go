package word_test

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/word"
)

// processorTime is what the process has used of all cores so far: on a busy
// machine the clock on the wall says nothing.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// perCore is how many pieces one core does in a second.
func perCore(b *testing.B, start time.Duration) float64 {
	b.Helper()
	return float64(b.N) / (processorTime(b) - start).Seconds()
}

func BenchmarkWrite(b *testing.B) {
	f := formByID(b, "statutory")
	doc := draw(b, f, prefilled(b, f), document.BlankForm)
	b.ReportAllocs()
	start := processorTime(b)
	for b.Loop() {
		if _, err := word.Write(doc); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(perCore(b, start), "documents/s/core")
}

func BenchmarkRead(b *testing.B) {
	f := formByID(b, "statutory")
	values := chance{rand.New(rand.NewPCG(1, 1))}.values(f)
	data, err := word.Write(draw(b, f, values, document.BlankForm))
	if err != nil {
		b.Fatal(err)
	}
	forms := known{f}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	start := processorTime(b)
	for b.Loop() {
		if _, err := word.Read(data, forms); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(perCore(b, start), "reads/s/core")
}

func BenchmarkFill(b *testing.B) {
	f := formByID(b, "statutory")
	c := chance{rand.New(rand.NewPCG(1, 1))}
	data, err := word.Write(draw(b, f, prefilled(b, f), document.BlankForm))
	if err != nil {
		b.Fatal(err)
	}
	answers := mergeOpen(f, prefilled(b, f), c.values(f))
	b.ReportAllocs()
	start := processorTime(b)
	for b.Loop() {
		if _, err := word.Fill(data, answers); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(perCore(b, start), "fills/s/core")
}
