package pdf

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pepost/pepost/forms"
	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// statutoryFinal is the shipped form of statutory age as a final copy of nine
// pages, with an answer of its own in every field for each number.
func statutoryFinal(t testing.TB, n int) document.Document {
	t.Helper()
	library, err := form.Load(forms.FS)
	if err != nil {
		t.Fatal(err)
	}
	f, known := library.ByID("statutory")
	if !known {
		t.Fatal("no form of statutory age")
	}
	return finalOf(f, n)
}

func finalOf(f form.Form, n int) document.Document {
	v := form.Values{Fields: map[string]string{}, Tables: map[string][]form.Row{}}
	serial := n * 7919
	answer := func(field form.Field) string {
		serial++
		switch field.Kind {
		case form.Text:
			return fmt.Sprintf("Zoë Łukasz-Ngũgĩ %d", serial)
		case form.LongText:
			return fmt.Sprintf("%s %d", prose[:20+serial%len(prose)/4], serial)
		case form.Date:
			return fmt.Sprintf("2026-%02d-%02d", 1+serial%12, 1+serial%28)
		case form.YesNo:
			return []string{"yes", "no"}[serial%2]
		}
		return ""
	}
	for field := range f.Fields() {
		if field.Kind != form.Table {
			v.Fields[field.Key] = strings.ToValidUTF8(answer(field), "")
			continue
		}
		for range 1 + serial%2 {
			row := form.Row{}
			for _, column := range field.Columns {
				row[column.Key] = strings.ToValidUTF8(answer(column), "")
			}
			v.Tables[field.Key] = append(v.Tables[field.Key], row)
		}
	}
	reader := document.Reader{Role: pep.SocialWorker, Purpose: document.FinalCopy}
	doc, _ := document.Build(f, v, reader, document.Head{Ref: "PEP-7F3K-2Q", Authority: "Demo Cheshire Council"})
	return doc
}

func TestANinePageFormInLatinScriptTakesLessThan60Kilobytes(t *testing.T) {
	file := write(t, writer(t), statutoryFinal(t, 1))
	if file.Pages != 9 || len(file.Bytes) > 60_000 {
		t.Errorf("%d pages take %d bytes", file.Pages, len(file.Bytes))
	}
	passes(t, file.Bytes)
}

// BenchmarkNinePages draws the form of statutory age, with other data each
// time; run it with GOMAXPROCS=1 for the figure of one core.
func BenchmarkNinePages(b *testing.B) {
	w := writer(b)
	docs := make([]document.Document, 64)
	for i := range docs {
		docs[i] = statutoryFinal(b, i)
	}
	b.ReportAllocs()
	pages, size := 0, 0
	before := processor(b)
	for i := 0; b.Loop(); i++ {
		file := write(b, w, docs[i%len(docs)])
		pages, size = pages+file.Pages, size+len(file.Bytes)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "documents/s")
	b.ReportMetric(float64(b.N)/(processor(b)-before).Seconds(), "documents/cpu-s")
	b.ReportMetric(float64(pages)/float64(b.N), "pages")
	b.ReportMetric(float64(size)/float64(b.N), "bytes")
}

// processor is the time that the process has had of its processors, which other
// work on the machine does not change.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkTenThousand draws ten thousand documents in a row and tells how much
// memory the process took from the system for it.
func BenchmarkTenThousand(b *testing.B) {
	w := writer(b)
	library, err := form.Load(forms.FS)
	if err != nil {
		b.Fatal(err)
	}
	f, _ := library.ByID("statutory")
	for b.Loop() {
		for i := range 10_000 {
			write(b, w, finalOf(f, i))
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MB")
}
