package word_test

import (
	"math/rand/v2"
	"testing"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/word"
)

func BenchmarkWrite(b *testing.B) {
	f := formByID(b, "statutory")
	doc := draw(b, f, prefilled(b, f), document.BlankForm)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := word.Write(doc); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "documents/s")
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
	for b.Loop() {
		if _, err := word.Read(data, forms); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reads/s")
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
	for b.Loop() {
		if _, err := word.Fill(data, answers); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "fills/s")
}
