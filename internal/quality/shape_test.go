package quality_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/quality"
)

func TestTargetsInTheShapeOfEachSystem(t *testing.T) {
	a := ask(t, form.Row{}, with("t.no", "2", "t.by_who", "school"))
	findings := quality.Find(a, shipped(t, "st-helens"))
	for shape, want := range map[quality.Shape][]string{
		quality.Mosaic: {
			"reads 90 words a minute\ntwo timed readings", "20/03/2026\n19/06/2026", "school", "", "Pupil Premium Plus: £25.50 x 2 a week x 10 weeks: total £510.00",
		},
		quality.Liquidlogic: {
			"2", "English", "reads slowly", "reads 90 words a minute", "two timed readings", "reading with an adult, twice a week", "school",
			"20/03/2026", "19/06/2026", "Pupil Premium Plus", "510.00",
		},
		quality.WelfareCall: {
			"reads 90 words a minute\ntwo timed readings", "reads slowly", "reading with an adult, twice a week", "school", "19/06/2026",
			"Pupil Premium Plus: £25.50 x 2 a week x 10 weeks: total £510.00", "Who does it: no person is named: write who does it, not only where",
		},
	} {
		table := shape.Targets(a.Form, a.Values, findings)
		if len(table.Rows) != 1 || len(table.Heading) != len(table.Rows[0]) {
			t.Fatalf("%s: %+v", shape, table)
		}
		got := table.Rows[0]
		for i := range got {
			got[i], want[i] = strings.ToLower(got[i]), strings.ToLower(want[i])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", shape, diff)
		}
	}
}

func TestAllShapesAreKnownAndNoOtherIs(t *testing.T) {
	for _, shape := range quality.Shapes() {
		if len(shape.Targets(composed(t, "post-16"), form.Values{}, nil).Heading) == 0 {
			t.Errorf("%s has no columns", shape)
		}
	}
	if h := quality.Shape("excel").Targets(composed(t, "post-16"), form.Values{}, nil).Heading; slices.Contains(quality.Shapes(), "excel") || len(h) != 0 {
		t.Error(h)
	}
}
