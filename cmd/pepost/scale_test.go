//go:build linux

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// manyChildren is how many children the benchmark has where PEPOST_SCALE does
// not say; 84,000 is every looked-after child in England.
const manyChildren = 2_000

// writeCounty writes exports of invented children of every age, each with a
// designated teacher, a social worker and a carer.
func writeCounty(tb testing.TB, dir string, children int) (files []string) {
	tb.Helper()
	table := func(name, header string, row func(out *bufio.Writer, n int)) {
		path := filepath.Join(dir, name)
		file, err := os.Create(path)
		if err != nil {
			tb.Fatal(err)
		}
		defer file.Close()
		out := bufio.NewWriter(file)
		fmt.Fprintln(out, header)
		for n := range children {
			row(out, n)
		}
		if err := out.Flush(); err != nil {
			tb.Fatal(err)
		}
		files = append(files, path)
	}
	first := pep.MustDate("2026-01-12")
	table("children.csv", "Person ID,Forename,Surname,Gender,Date of Birth,Legal Status,Date Became Looked After,Placement Type,Placement Postcode,SEN Provision,Setting Name,On Roll,PEP Type,Previous PEP Date,PEP Meeting Date",
		func(out *bufio.Writer, n int) {
			meeting := first.AddDays(n % 90).String()
			if n%10 == 0 {
				meeting = ""
			}
			fmt.Fprintf(out, "%d,Child%d,Invented,F,%s,C2,2020-01-06,U1,CH97 2GP,N,School %d,Yes,Review,2025-10-01,%s\n",
				100_000+n, n, pep.MustDate("2008-09-01").AddDays(n%5_400), n%900, meeting)
		})
	table("contacts.csv", "Person ID,Role,Name,Organisation,Email,Phone,Invited,Receives Form,Receives Final", func(out *bufio.Writer, n int) {
		fmt.Fprintf(out, "%d,designated teacher,Teacher %d,School %d,dt%d@school%d.cheshire.sch.uk,01632 960111,Yes,,\n", 100_000+n, n%900, n%900, n%900, n%900)
		fmt.Fprintf(out, "%d,social worker,Worker %d,Council,worker%d@cheshirewestandchester.gov.uk,01632 960112,Yes,,\n", 100_000+n, n%300, n%300)
		fmt.Fprintf(out, "%d,foster carer,Carer %d,,carer%d@mail.example,01632 960113,Yes,,\n", 100_000+n, n, n)
	})
	return files
}

// measured is one run of the program: how long it took, how much of that the
// processors worked, and its largest memory in MB.
type measured struct {
	took, worked time.Duration
	memory       int64
}

func measure(b *testing.B, dir string, args ...string) measured {
	b.Helper()
	cmd := exec.Command("pepost", args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	began := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%v: %v", args, err)
	}
	state := cmd.ProcessState
	return measured{time.Since(began), state.UserTime() + state.SystemTime(), state.SysUsage().(*syscall.Rusage).Maxrss / 1024}
}

func (m measured) report(b *testing.B, what string) {
	b.ReportMetric(m.took.Seconds(), what+"-s")
	b.ReportMetric(m.worked.Seconds(), what+"-cpu-s")
	b.ReportMetric(float64(m.memory), what+"-MB")
}

// BenchmarkDueOfACountry measures whole programs: the import of exports, and
// what is due of every child.
func BenchmarkDueOfACountry(b *testing.B) {
	children := manyChildren
	if text := os.Getenv("PEPOST_SCALE"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		children = n
	}
	dir := b.TempDir()
	files := writeCounty(b, dir, children)
	measure(b, dir, "init", "here", "--authority", "cheshire-west", "--from", "peps@cheshirewestandchester.gov.uk", "--now", "2026-02-02")
	here := filepath.Join(dir, "here")
	taken := measure(b, here, append([]string{"import", "--quiet", "--now", "2026-02-02"}, files...)...)
	var due measured
	for b.Loop() {
		due = measure(b, here, "due", "--json", "--now", "2026-02-02")
	}
	taken.report(b, "import")
	due.report(b, "due")
}
