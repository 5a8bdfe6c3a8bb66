package register_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store/register"
	"github.com/pepost/pepost/internal/store/storetest"
)

// export is a large import: so many rows of children, contacts and targets in
// the proportions of the sample export.
func export(rows int) pipeline.Intake {
	in := pipeline.Intake{Contacts: map[string][]pep.Contact{}, Targets: map[string][]pep.Target{}}
	for n := 0; len(in.Rows) < rows; n++ {
		id := fmt.Sprintf("C-%06d", n)
		in.Children = append(in.Children, child(id))
		in.Rows = append(in.Rows, rowOf(id, children, "", n))
		for i := range 2 {
			email := fmt.Sprintf("person%d.%d@x.example", n, i)
			in.Contacts[id] = append(in.Contacts[id], contact(email))
			in.Rows = append(in.Rows, rowOf(id, contacts, email, email))
		}
		target := pep.Target{PEPDate: pep.MustDate("2025-11-03"), Number: 1, Text: strings.Repeat("reads a chapter a day ", 8), TotalCost: 12050}
		in.Targets[id] = []pep.Target{target}
		in.Rows = append(in.Rows, rowOf(id, "targets", "1", n))
	}
	return in
}

// peak is the most memory this process ever had, in MB, or nought where the
// system does not tell.
func peak() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kib, _ := strconv.ParseFloat(strings.Fields(rest + " 0")[0], 64)
	return kib / 1024
}

// BenchmarkImport takes 100,000 rows into an empty register, takes them again
// and reads every child back.
func BenchmarkImport(b *testing.B) {
	const rows = 100_000
	in := export(rows)
	var first, second, each time.Duration
	for b.Loop() {
		r := register.New(storetest.Open(b, storetest.SQLite(b)))
		start := time.Now()
		if got, err := r.Import(b.Context(), in, at()); err != nil || got.Accepted != rows {
			b.Fatal(got, err)
		}
		first, start = first+time.Since(start), time.Now()
		if got, err := r.Import(b.Context(), in, at()); err != nil || got.Unchanged != rows {
			b.Fatal(got, err)
		}
		second, start = second+time.Since(start), time.Now()
		n := 0
		if err := r.Each(b.Context(), func(pep.Record) error { n++; return nil }); err != nil || n != len(in.Children) {
			b.Fatal(n, err)
		}
		each += time.Since(start)
	}
	runs := float64(b.N)
	b.ReportMetric(first.Seconds()/runs, "s/first-import")
	b.ReportMetric(second.Seconds()/runs, "s/same-again")
	b.ReportMetric(each.Seconds()/runs, "s/read-all")
	b.ReportMetric(peak(), "MB-peak-RSS")
}
