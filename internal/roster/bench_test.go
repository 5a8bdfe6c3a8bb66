package roster_test

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/roster"
)

// bigExport makes rows in the mix of a real export: a tenth children, the rest
// the people around them, with the columns of the sample.
func bigExport(rows int) roster.Input {
	var children, contacts bytes.Buffer
	children.WriteString("Person ID,Forename,Surname,Gender,Date of Birth,Ethnicity,UPN,NC Year,Legal Status,Date Became Looked After,Placement Type,Placement Postcode,Setting Name,URN,LAEstab,On Roll,PEP Type,Previous PEP Date,PEP Meeting Date,PEP Meeting Time,Notes\r\n")
	contacts.WriteString("Person ID,Role,Title,Name,Organisation,Email,Phone,Mobile,Address 1,Address 2,Town,Postcode,Invited,Receives Form,Receives Final,Withhold Placement Address,Agreed Delivery\r\n")
	roles := pep.Roles()
	for i := range rows / 10 {
		fmt.Fprintf(&children, "%d,Name%d,Family%d,F,%02d/03/2013,WBRI,B801200005001,Year 7,C2,01/02/2020,U4,CH97 2GP,Setting %d,100%03d,8961234,Yes,Review,22/09/2025,17/03/2026,13:30,nobody asked for this\r\n",
			100000+i, i, i, 1+i%28, i%300, i%300)
		for j := range 9 {
			fmt.Fprintf(&contacts, "%d,%s,Ms,Person Number%d,Setting %d,p%d@setting%d.example,01632 960%03d,07700 900%03d,%d Mill Brow,,Frodsley,CH97 7EZ,Yes,,Yes,No,\r\n",
				100000+i, roles[j], i*9+j, i%300, i*9+j, i%300, j, j, i)
		}
	}
	return roster.Input{AsOf: pep.MustDate("2026-02-02"), Files: []roster.File{
		{Name: "children.csv", Data: children.Bytes()}, {Name: "contacts.csv", Data: contacts.Bytes()},
	}}
}

// asWorkbook writes the same rows into the sheets of one workbook.
func asWorkbook(tb testing.TB, in roster.Input) roster.Input {
	tb.Helper()
	book := excelize.NewFile()
	for _, file := range in.Files {
		sheet := strings.TrimSuffix(file.Name, ".csv")
		if _, err := book.NewSheet(sheet); err != nil {
			tb.Fatal(err)
		}
		w, err := book.NewStreamWriter(sheet)
		if err != nil {
			tb.Fatal(err)
		}
		for i, line := range strings.Split(strings.TrimSpace(string(file.Data)), "\r\n") {
			var cells []any
			for _, text := range strings.Split(line, ",") {
				cells = append(cells, text)
			}
			if err := w.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
				tb.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			tb.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		tb.Fatal(err)
	}
	return roster.Input{AsOf: in.AsOf, Files: []roster.File{{Name: "export.xlsx", Data: out.Bytes()}}}
}

// asLines writes the same rows as JSON Lines.
func asLines(in roster.Input) roster.Input {
	out := roster.Input{AsOf: in.AsOf}
	for _, file := range in.Files {
		var b bytes.Buffer
		lines := strings.Split(strings.TrimSpace(string(file.Data)), "\r\n")
		header := strings.Split(lines[0], ",")
		for _, line := range lines[1:] {
			b.WriteByte('{')
			for i, text := range strings.Split(line, ",") {
				if i > 0 {
					b.WriteByte(',')
				}
				fmt.Fprintf(&b, "%q:%q", header[i], text)
			}
			b.WriteString("}\n")
		}
		out.Files = append(out.Files, roster.File{Name: file.Name + ".jsonl", Data: b.Bytes()})
	}
	return out
}

func BenchmarkRead100000Rows(b *testing.B) {
	csv := bigExport(100_000)
	for _, form := range []struct {
		name string
		in   roster.Input
	}{{"csv", csv}, {"xlsx", asWorkbook(b, csv)}, {"jsonl", asLines(csv)}} {
		b.Run(form.name, func(b *testing.B) {
			b.ReportAllocs()
			// One read alone: in the loop the batch before is still there.
			peak := peakOf(b)
			roster.Read(form.in)
			highest := peak()
			for b.Loop() {
				if batch := roster.Read(form.in); len(batch.Taken) != 100_000 {
					b.Fatalf("%d rows taken, %d rejected", len(batch.Taken), len(batch.Rejects))
				}
			}
			b.ReportMetric(highest, "peak-MiB")
			b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// peakOf watches the heap until it is asked for the highest use since, above
// what was in use before, in MiB.
func peakOf(b *testing.B) func() float64 {
	b.Helper()
	debug.FreeOSMemory()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		highest := before.HeapInuse
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			highest = max(highest, now.HeapInuse)
			select {
			case <-done:
				peak <- highest
				return
			case <-tick.C:
			}
		}
	}()
	return func() float64 {
		close(done)
		return float64(<-peak-before.HeapInuse) / (1 << 20)
	}
}

// TestHundredThousandRowsKeepLittle holds what stays in memory to a third of
// what a whole import may take: no row, and no column that is not read, hangs
// on to it. Time and peak are the benchmark's affair: here they would measure
// what else the machine does.
func TestHundredThousandRowsKeepLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 100,000 rows")
	}
	in := bigExport(100_000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	batch := roster.Read(in)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if len(batch.Taken) != 100_000 {
		t.Fatalf("%d rows taken", len(batch.Taken))
	}
	if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > 100<<20 {
		t.Errorf("%d MiB are kept, want at most 100", kept>>20)
	}
	runtime.KeepAlive(in)
}
