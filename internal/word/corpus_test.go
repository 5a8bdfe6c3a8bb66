package word_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word"
)

// damage is one thing that happens to forms on their way back. It reports
// whether the form has what it spoils.
type damage struct {
	name  string
	spoil func(*paper) bool
}

func damages() []damage {
	return slices.Concat(lostMarks(), editorsHabits(), handsOnText(), handsOnKinds(), handsOnTables(), otherEditors())
}

// tally counts what became of answers.
type tally struct{ answers, read, told int }

func (c *tally) add(other tally) {
	c.answers += other.answers
	c.read += other.read
	c.told += other.told
}

// TestDamagedReturnsAreReadAndEveryLossIsTold is the corpus: every damage on
// every form, in every language by turns, with the hidden copy and without.
func TestDamagedReturnsAreReadAndEveryLossIsTold(t *testing.T) {
	all, returns := tally{}, 0
	var buckets [11]tally
	names, at := tongueNames(), 0
	for _, id := range []string{"early-years", "statutory", "post-16"} {
		f, papers := formByID(t, id), map[string]*paper{}
		for _, d := range damages() {
			tongue := names[at%len(names)]
			if papers[tongue] == nil {
				papers[tongue] = newPaper(t, f, tongue, uint64(len(papers)))
			}
			p := papers[tongue].copy()
			if at++; at%2 == 0 {
				p.others[storePart] = []byte{}
			}
			if !d.spoil(p) {
				continue
			}
			returns++
			name := fmt.Sprintf("%s, %s, %s", d.name, id, tongue)
			reading, err := word.Read(p.bytes(t), known{f})
			if err != nil {
				t.Errorf("%s: refused: %v", name, err)
				continue
			}
			one := measure(t, name, p, reading)
			all.add(one)
			buckets[int(reading.Confidence*10)].add(one)
		}
	}
	share := float64(all.read) / float64(all.answers)
	t.Logf("%d damaged returns, %d answers, %.3f %% read, %d lost, all told", returns, all.answers, 100*share, all.answers-all.read)
	if returns < 200 || share < 0.99 {
		t.Errorf("%d returns, %.3f of the answers read", returns, share)
	}
	calibrated(t, buckets)
}

// calibrated holds the confidence against what was truly read: of forms that
// are sure in some degree, at least that share of the answers is right.
func calibrated(t *testing.T, buckets [11]tally) {
	t.Helper()
	for i, b := range buckets {
		if b.answers == 0 {
			continue
		}
		share := float64(b.read) / float64(b.answers)
		t.Logf("confidence from %.1f: %.4f of %d answers read", float64(i)/10, share, b.answers)
		if share < float64(i)/10-0.001 {
			t.Errorf("forms read with confidence %.1f and more have %.3f of their answers", float64(i)/10, share)
		}
	}
}

// measure compares every answer that the form has with what was read. One that
// differs must be told: as unreadable, by a problem of its own, or by the
// count of places that are gone.
func measure(t *testing.T, name string, p *paper, reading word.Reading) tally {
	t.Helper()
	var c tally
	if math.IsNaN(reading.Confidence) || reading.Confidence < 0 || reading.Confidence > 1 {
		t.Errorf("%s: confidence %v", name, reading.Confidence)
	}
	check := func(key, table, want, got string) {
		c.answers++
		switch {
		case want == got && !p.may[key]:
			c.read++
		case told(reading, key) || table != "" && told(reading, table):
			c.told++
			if !p.may[key] && want != got && !p.may[table] {
				t.Logf("%s: %s is lost: %q, want %q", name, key, got, want)
			}
		default:
			t.Errorf("%s: %s is %q, want %q, and nobody is told: confidence %v, %v", name, key, got, want, reading.Confidence, reading.Problems)
		}
	}
	for field := range p.form.Fields() {
		if field.Kind != form.Table {
			check(field.Key, "", p.want.Fields[field.Key], reading.Values.Fields[field.Key])
			continue
		}
		want, got := field.Rows(p.want), field.Rows(reading.Values)
		for i := range max(len(want), len(got)) {
			for _, column := range field.Columns {
				check(form.CellKey(field.Key, i+1, column.Key), field.Key, cellAt(want, i, column.Key), cellAt(got, i, column.Key))
			}
		}
	}
	return c
}

func cellAt(rows []form.Row, i int, column string) string {
	if i < len(rows) {
		return rows[i][column]
	}
	return ""
}

// told reports whether a reading names an answer, or says how many are gone
// without being able to name them.
func told(reading word.Reading, key string) bool {
	return slices.Contains(reading.Unreadable, key) || slices.ContainsFunc(reading.Problems, func(p word.Problem) bool {
		return p.Field == key || p.Field == "" && p.Code == word.ControlLost && strings.Contains(p.Detail, "are gone")
	})
}
