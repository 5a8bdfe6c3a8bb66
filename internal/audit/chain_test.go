package audit

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func chainOf(records ...Record) []Record {
	var prev Record
	for i, r := range records {
		prev = Chain(prev, r)
		records[i] = prev
	}
	return records
}

func sample() []Record {
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	return chainOf(
		Record{At: at, Action: Imported, By: "officer", Facts: []Fact{{"rows", "240"}}},
		Record{At: at.Add(time.Hour), Action: DeliveryAdded, Ref: "PEP-7F3K-2Q", Delivery: "d1", Facts: []Fact{{"state", "drafted"}, {"sha256", "ab"}}},
		Record{At: at.Add(2 * time.Hour), Action: DeliveryChanged, Ref: "PEP-7F3K-2Q", Delivery: "d1", By: "officer", Why: "released"},
		Record{At: at.Add(3 * time.Hour), Action: PassphraseRead, Ref: "PEP-7F3K-2Q", Delivery: "d1", By: "officer"},
	)
}

func TestChainIsVerifiedFromItsFirstRecord(t *testing.T) {
	records := sample()
	if err := Verify(records); err != nil {
		t.Fatal(err)
	}
	if records[0].Seq != 1 || records[0].Prev != "" || records[3].Prev != records[2].Hash {
		t.Errorf("links: %+v", records)
	}
	var v Verifier
	for _, r := range records {
		if err := v.Next(r); err != nil {
			t.Fatal(err)
		}
	}
	if seq, hash := v.Head(); seq != 4 || hash != records[3].Hash {
		t.Errorf("head: %d %s", seq, hash)
	}
	if err := Verify(nil); err != nil {
		t.Error(err)
	}
}

func TestVerifyNamesTheFirstBrokenLink(t *testing.T) {
	for name, c := range map[string]struct {
		tamper func([]Record) []Record
		want   BrokenError
	}{
		"a changed reason": {func(r []Record) []Record { r[2].Why = "x"; return r }, BrokenError{3, WrongHash}},
		"a changed time":   {func(r []Record) []Record { r[1].At = r[1].At.Add(time.Second); return r }, BrokenError{2, WrongHash}},
		"a changed fact":   {func(r []Record) []Record { r[1].Facts[1].Value = "ac"; return r }, BrokenError{2, WrongHash}},
		"facts swapped": {func(r []Record) []Record {
			f := r[1].Facts
			f[0], f[1] = f[1], f[0]
			return r
		}, BrokenError{2, WrongHash}},
		"a removed record":        {func(r []Record) []Record { return slices.Delete(r, 1, 2) }, BrokenError{2, OutOfPlace}},
		"the first removed":       {func(r []Record) []Record { return r[1:] }, BrokenError{1, OutOfPlace}},
		"a record twice":          {func(r []Record) []Record { return slices.Insert(r, 1, r[0]) }, BrokenError{2, OutOfPlace}},
		"a record made anew":      {func(r []Record) []Record { r[1].Why = "x"; r[1] = Chain(r[0], r[1]); return r }, BrokenError{3, WrongPrev}},
		"an end made anew is not": {func(r []Record) []Record { r[3] = Chain(r[2], Record{Action: Imported}); return r }, BrokenError{}},
	} {
		t.Run(name, func(t *testing.T) {
			err := Verify(c.tamper(sample()))
			var got *BrokenError
			if !errors.As(err, &got) {
				got = &BrokenError{}
			}
			if diff := cmp.Diff(c.want, *got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNoFieldCanBeChangedUnseen(t *testing.T) {
	text := rapid.StringMatching(`[a-z |]{0,6}`)
	draw := func(t *rapid.T) Record {
		r := Record{
			At:     time.UnixMicro(rapid.Int64Range(0, 1<<40).Draw(t, "at")),
			Action: Action(text.Draw(t, "action")), Delivery: text.Draw(t, "delivery"),
			By: text.Draw(t, "by"), Why: text.Draw(t, "why"),
		}
		for range rapid.IntRange(0, 2).Draw(t, "facts") {
			r.Facts = append(r.Facts, Fact{text.Draw(t, "name"), text.Draw(t, "value")})
		}
		return r
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := Chain(Record{}, draw(t)), Chain(Record{}, draw(t))
		same := cmp.Equal(a, b, cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "Hash" }, cmp.Ignore()))
		if same != (a.Hash == b.Hash) {
			t.Fatalf("same %v, hashes %v:\n%+v\n%+v", same, a.Hash == b.Hash, a, b)
		}
	})
}

func TestReasonsCarryNoMailAddress(t *testing.T) {
	r := Chain(Record{}, Record{Action: DeliveryChanged, Why: "asked head@x.example, then <b@y.example>; meet @ noon"})
	if strings.Contains(r.Why, "example") || r.Why != "asked [address] then [address] meet @ noon" {
		t.Errorf("reason kept as %q", r.Why)
	}
	if err := Verify([]Record{r}); err != nil {
		t.Error(err)
	}
}

func TestEveryActionIsListedOnceAndNamed(t *testing.T) {
	seen := map[Action]bool{}
	for _, a := range Actions() {
		if a == "" || seen[a] {
			t.Errorf("action %q", a)
		}
		seen[a] = true
	}
}
