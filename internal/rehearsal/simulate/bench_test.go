package simulate

import "testing"

// BenchmarkTerm plays the term of the sample register once.
func BenchmarkTerm(b *testing.B) {
	s := stageOf(b, "cheshire-west", sample(b))
	b.ReportAllocs()
	for b.Loop() {
		must(once(b.Context(), s, nil))(b)
	}
}
