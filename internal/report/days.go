package report

import (
	"maps"
	"slices"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

// Day is what happened on one day. A delivery is counted as often as
// something happened to it.
type Day struct {
	Date pep.Date `json:"date"`
	// Forms, Chases, Finals and Packs left, or may have left.
	Forms  int `json:"forms"`
	Chases int `json:"chases"`
	Finals int `json:"finals"`
	Packs  int `json:"packs"`
	// Returned counts filled forms that came back.
	Returned int `json:"returned"`
	// PutOff counts attempts that are to be made again.
	PutOff    int `json:"deferred"`
	Held      int `json:"held"`
	Refused   int `json:"refused"`
	Uncertain int `json:"uncertain"`
	Bounced   int `json:"bounced"`
}

// Out is all that left on the day.
func (d Day) Out() int { return d.Forms + d.Chases + d.Finals + d.Packs }

// Trouble is all that went another way than wished on the day.
func (d Day) Trouble() int { return d.PutOff + d.Held + d.Refused + d.Uncertain + d.Bounced }

// days lists the days on which something happened, in order.
func (f Facts) days() []Day {
	found := make(map[pep.Date]*Day)
	on := func(date pep.Date) *Day {
		if found[date] == nil {
			found[date] = &Day{Date: date}
		}
		return found[date]
	}
	for _, d := range f.Deliveries {
		for _, e := range d.Events {
			if e.From != e.To {
				on(f.day(e.At)).happened(d.Kind, e.To)
			}
		}
	}
	for _, r := range f.Returns {
		on(r.On).Returned++
	}
	list := make([]Day, 0, len(found))
	for _, d := range slices.SortedFunc(maps.Values(found), func(a, b *Day) int { return a.Date.Compare(b.Date) }) {
		if d.Out()+d.Trouble()+d.Returned > 0 {
			list = append(list, *d)
		}
	}
	return list
}

func (d *Day) happened(kind outbox.Kind, to outbox.State) {
	switch to {
	case outbox.Accepted, outbox.Posted:
		d.left(kind)
	case outbox.Uncertain:
		d.left(kind)
		d.Uncertain++
	case outbox.Deferred:
		d.PutOff++
	case outbox.Held:
		d.Held++
	case outbox.Refused:
		d.Refused++
	case outbox.Bounced:
		d.Bounced++
	}
}

func (d *Day) left(kind outbox.Kind) {
	switch kind {
	case outbox.KindForm:
		d.Forms++
	case outbox.KindChase:
		d.Chases++
	case outbox.KindFinal, outbox.KindTransfer:
		d.Finals++
	case outbox.KindPack:
		d.Packs++
	}
}
