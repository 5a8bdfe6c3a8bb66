package roster

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/pep"
)

// codeOf is the code of a fault, empty where there is none.
func codeOf(err error) pep.Code {
	var invalid *pep.Invalid
	if errors.As(err, &invalid) {
		return invalid.Code
	}
	return ""
}

func TestDates(t *testing.T) {
	for text, want := range map[string]struct {
		date string
		code pep.Code
	}{
		"17/03/2026":          {"2026-03-17", ""},
		"7/3/2026":            {"2026-03-07", ""},
		"07/03/2026":          {"2026-03-07", ""},
		"2026-03-17":          {"2026-03-17", ""},
		"29/02/2024":          {"2024-02-29", ""},
		"17/03/2026 00:00":    {"2026-03-17", ""},
		"2026-03-17T09:30:00": {"2026-03-17", ""},
		"2026-03-17T09:30:00.000Z": {
			"2026-03-17", "",
		},
		"46098":            {"2026-03-17", ""},
		"46098.75":         {"2026-03-17", ""},
		"20000":            {"1954-10-03", ""},
		"60000":            {"2064-04-08", ""},
		"19999":            {"", pep.BadDate},
		"60001":            {"", pep.BadDate},
		"03/17/2026":       {"", pep.AmbiguousDate},
		"12/31/2026":       {"", pep.AmbiguousDate},
		"29/02/2025":       {"", pep.BadDate},
		"31/04/2026":       {"", pep.BadDate},
		"13/13/2026":       {"", pep.BadDate},
		"2026-17-03":       {"", pep.BadDate},
		"2026/03/17":       {"", pep.BadDate},
		"17/03/26":         {"", pep.BadDate},
		"17.03.2026":       {"", pep.BadDate},
		"17/03/0026":       {"", pep.BadDate},
		"17/03/1899":       {"", pep.BadDate},
		"17/03/2101":       {"", pep.BadDate},
		"0/3/2026":         {"", pep.BadDate},
		"17 March 2026":    {"", pep.BadDate},
		"17/03/2026 later": {"", pep.BadDate},
		"tomorrow":         {"", pep.BadDate},
		"-1":               {"", pep.BadDate},
		"//":               {"", pep.BadDate},
		"1/2/3/4":          {"", pep.BadDate},
		"17/03/2026x":      {"", pep.BadDate},
		"١٧/٠٣/٢٠٢٦":       {"", pep.BadDate},
	} {
		got, err := parseDate(text, false)
		if got.String() != want.date || codeOf(err) != want.code {
			t.Errorf("%s is %q with %q, want %q with %q", text, got, codeOf(err), want.date, want.code)
		}
	}
	if d, err := parseDate("44636", true); err != nil || d != pep.MustDate("2026-03-17") {
		t.Errorf("day 44636 since 1904 is %v, %v", d, err)
	}
}

func TestDatesWrittenInAnyWayAreTheSameDay(t *testing.T) {
	first := pep.MustDate("1954-10-03")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, lastSerial-firstSerial).Draw(t, "day")
		want := first.AddDays(n)
		for _, text := range []string{
			want.String(), want.Slashed(), fmt.Sprint(firstSerial + n), want.Time().Format("2/1/2006"), want.Time().Format(time.RFC3339), want.Time().Format("02/01/2006 15:04:05"),
		} {
			if got, err := parseDate(text, false); err != nil || got != want {
				t.Errorf("%s is %v, %v", text, got, err)
			}
		}
		// Written with the month first it is never taken for sure where only
		// that order is possible.
		if got, err := parseDate(want.Time().Format("01/02/2006"), false); want.Day > 12 && codeOf(err) != pep.AmbiguousDate {
			t.Errorf("month first is %v, %v", got, err)
		}
		if turned, is := monthFirst(want.Time().Format("01/02/2006")); !is || turned != want {
			t.Errorf("month first is %v", turned)
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, seed := range []string{"17/03/2026", "2026-03-17 10:00", "46098", "1/1/1", "", "9999999999", "--", "/ /"} {
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, text string, epoch1904 bool) {
		d, err := parseDate(text, epoch1904)
		if (err == nil) == d.IsZero() || err == nil && (d.Year < firstYear || d.Year > lastYear) {
			t.Errorf("%q is %v, %v", text, d, err)
		}
		if again, err := parseDate(d.String(), epoch1904); !d.IsZero() && (err != nil || again != d) {
			t.Errorf("%v is not read back", d)
		}
	})
}

func TestAmountsAndCounts(t *testing.T) {
	for text, want := range map[string]pep.Pence{
		"45": 4500, "45.5": 4550, "£45.50": 4550, "£ 1,200.05": 120005, "1,000,000": 100000000, "0": 0, "0.07": 7, "45.": 4500,
	} {
		if got, err := parsePence(text); err != nil || got != want {
			t.Errorf("%s is %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"n/a", "two hundred", "-5", "1,5", "1,20.00", "45.505", "1e3", "", "£", ",100", "1000001", "45,00", "99999999999999999999", "1.2.3", "£-1"} {
		if got, err := parsePence(text); codeOf(err) != pep.BadNumber {
			t.Errorf("%q is %d, %v", text, got, err)
		}
	}
	for text, want := range map[string]int{"0": 0, "10": 10, "10.0": 10, "10.00": 10, "1000": 1000} {
		if got, err := parseCount(text); err != nil || got != want {
			t.Errorf("%s is %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"twice", "-1", "+1", "1.5", "1001", "", ".0", "1 0", "0x1"} {
		if got, err := parseCount(text); codeOf(err) != pep.BadNumber {
			t.Errorf("%q is %d, %v", text, got, err)
		}
	}
}

func TestAmountsAreReadAsTheyArePrinted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := pep.Pence(rapid.IntRange(0, maxPounds*100).Draw(t, "pence"))
		for _, text := range []string{want.String(), strings.ReplaceAll(want.String(), ",", ""), strings.TrimPrefix(want.String(), "£")} {
			if got, err := parsePence(text); err != nil || got != want {
				t.Errorf("%s is %v, %v", text, got, err)
			}
		}
	})
}

func TestTimesOfASpreadsheet(t *testing.T) {
	for text, want := range map[string]string{
		"0.645833333333333": "15:30", "0.5": "12:00", "0.3541666667": "08:30", "15:30": "15:30", "3.30pm": "3.30pm", "0": "0", "1": "1", "": "", "9.15": "9.15",
	} {
		if got := clock(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestClassesOfValues(t *testing.T) {
	for text, want := range map[string]ValueClass{
		"": NoValue, "=1": FormulaValue, "a@b": AddressValue, "31/02/2025": DateValue, "2025-02-31": DateValue, "1,234.50": NumberValue, "£5": NumberValue,
		"twice": WordValue, "N\u00fa\u00f1ez O'Neill-Smith": WordValue, "C9": CodeValue, "n/a": TextValue, "?": TextValue, " ": NumberValue,
	} {
		if got := classOf(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestSharedTextsAreBounded(t *testing.T) {
	shared := texts{}
	for i := range maxShared + 10 {
		if text := fmt.Sprint(i); shared.one(text) != text {
			t.Fatalf("%s came back as another text", text)
		}
	}
	long := strings.Repeat("x", maxSharedText+1)
	if shared.one(long); len(shared) != maxShared {
		t.Errorf("%d texts are kept, want %d", len(shared), maxShared)
	}
}

func TestEverySynonymNamesOneColumn(t *testing.T) {
	for _, l := range layouts() {
		seen := map[string]string{}
		for _, c := range l.columns {
			for _, name := range append([]string{c.name}, c.others...) {
				if before, is := seen[folded(name)]; is {
					t.Errorf("%s: %q is both %s and %s", l.kind, name, before, c.name)
				}
				seen[folded(name)] = c.name
			}
		}
	}
}
