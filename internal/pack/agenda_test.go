package pack_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/pack"
)

func TestTheAgendaThatComesWithTheProgramIsSound(t *testing.T) {
	data, err := os.ReadFile("../../templates/agenda.txt")
	if err != nil {
		t.Fatal(err)
	}
	agenda, faults := pack.ReadAgenda(data)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if len(agenda) < 8 || agenda.Minutes() < 45 || agenda.Minutes() > 120 {
		t.Errorf("%d items of %d minutes together", len(agenda), agenda.Minutes())
	}
}

func TestAnAgendaIsReadLineByLine(t *testing.T) {
	got, faults := pack.ReadAgenda([]byte("\ufeff# ours\r\n\r\nHello | chair | 5\nTargets|all|20|targets, last-targets\n"))
	want := pack.Agenda{{What: "Hello", Lead: "chair", Minutes: 5}, {What: "Targets", Lead: "all", Minutes: 20, Needs: []string{"targets", "last-targets"}}}
	if diff := cmp.Diff(want, got); diff != "" || len(faults) > 0 {
		t.Errorf("%v\n%s", faults, diff)
	}
}

func TestEveryFaultOfAnAgendaNamesItsLine(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing in it", "# only words\n", "no item"},
		{"too few parts", "Hello | chair", "line 1: an item is"},
		{"too many parts", "\nHello | chair | 5 | targets | more", "line 2: an item is"},
		{"no words", " | chair | 5", "line 1: an item is"},
		{"minutes in words", "Hello | chair | five", "line 1: the minutes"},
		{"minutes beyond a day's meeting", "Hello | chair | 241", "line 1: the minutes"},
		{"a very long item", strings.Repeat("é", 201) + " | chair | 5", "line 1: an item has at most"},
		{"too many items", strings.Repeat("Hello | chair | 5\n", 41), "more than 40 items"},
		{"not UTF-8", "Hello \xff| chair | 5", "not UTF-8"},
		{"too large", strings.Repeat("#", 33<<10), "larger than 32 KiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, faults := pack.ReadAgenda([]byte(c.text))
			if len(faults) != 1 || !strings.Contains(faults[0].Error(), c.want) {
				t.Errorf("got %v, want one with %q", faults, c.want)
			}
		})
	}
}

func FuzzReadAgenda(f *testing.F) {
	f.Add([]byte("Hello | chair | 5\n| | |\n# x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		agenda, faults := pack.ReadAgenda(data)
		if len(faults) == 0 && (len(agenda) == 0 || len(agenda) > 40) {
			t.Errorf("%d items and no fault", len(agenda))
		}
		for _, item := range agenda {
			if item.What == "" || item.Minutes < 0 {
				t.Errorf("%+v", item)
			}
		}
	})
}
