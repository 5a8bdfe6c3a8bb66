package report

import (
	"cmp"
	"slices"

	"github.com/pepost/pepost/internal/outbox"
)

// Numbers count deliveries. Each is in exactly one of Sent, Waiting, Held,
// Refused, Uncertain, Bounced and Cancelled.
type Numbers struct {
	Deliveries int `json:"deliveries"`
	// Sent is taken by the relay, delivered or posted: whatever left and has not
	// come back.
	Sent int `json:"sent"`
	// Accepted, Delivered and Posted part Sent by what is known.
	Accepted  int `json:"accepted"`
	Delivered int `json:"delivered"`
	Posted    int `json:"posted"`
	// OnTime and LateSent part Sent; without a due date a delivery is in
	// neither.
	OnTime   int `json:"on_time"`
	LateSent int `json:"late"`
	// Waiting goes on by itself, once it is released.
	Waiting   int `json:"waiting"`
	Held      int `json:"held"`
	Refused   int `json:"refused"`
	Uncertain int `json:"uncertain"`
	Bounced   int `json:"bounced"`
	Cancelled int `json:"cancelled"`
	// Overdue is not known to have been sent, and its due date has passed.
	Overdue int `json:"overdue"`
	// PassphrasePending has been sent, but nobody can open it yet.
	PassphrasePending int `json:"passphrase_pending"`
}

func (n *Numbers) add(r Row) {
	n.Deliveries++
	switch r.State {
	case outbox.Accepted:
		n.Sent, n.Accepted = n.Sent+1, n.Accepted+1
	case outbox.Delivered:
		n.Sent, n.Delivered = n.Sent+1, n.Delivered+1
	case outbox.Posted:
		n.Sent, n.Posted = n.Sent+1, n.Posted+1
	case outbox.Held:
		n.Held++
	case outbox.Refused:
		n.Refused++
	case outbox.Uncertain:
		n.Uncertain++
	case outbox.Bounced:
		n.Bounced++
	case outbox.Cancelled:
		n.Cancelled++
	default:
		n.Waiting++
	}
	switch {
	case r.Sent() && r.Late:
		n.LateSent++
	case r.Sent() && !r.Due.IsZero():
		n.OnTime++
	case r.Late && !r.Sent():
		n.Overdue++
	}
	if r.Sent() && r.Passphrase == outbox.PassphrasePending {
		n.PassphrasePending++
	}
}

// Group is the numbers of all deliveries that share something.
type Group[K ~string] struct {
	Of K `json:"of"`
	Numbers
}

// groups parts rows by what they share, in the order given, others after it.
func groups[K ~string](rows []Row, order []K, of func(Row) K) []Group[K] {
	counted := make(map[K]*Numbers)
	for _, r := range rows {
		k := of(r)
		if counted[k] == nil {
			counted[k] = new(Numbers)
		}
		counted[k].add(r)
	}
	var list []Group[K]
	for k, n := range counted {
		list = append(list, Group[K]{Of: k, Numbers: *n})
	}
	place := func(k K) int {
		if at := slices.Index(order, k); at >= 0 {
			return at
		}
		return len(order)
	}
	slices.SortFunc(list, func(a, b Group[K]) int {
		return cmp.Or(cmp.Compare(place(a.Of), place(b.Of)), cmp.Compare(a.Of, b.Of))
	})
	return list
}

// WhyNot is one reason for which deliveries have not been sent, and how many.
type WhyNot struct {
	State outbox.State `json:"state"`
	Why   string       `json:"why"`
	Count int          `json:"count"`
}

// whyNots counts the reasons, the most frequent first.
func whyNots(rows []Row) []WhyNot {
	counted := make(map[WhyNot]int)
	for _, r := range rows {
		if r.WhyNot != "" {
			counted[WhyNot{State: r.State, Why: r.WhyNot}]++
		}
	}
	list := make([]WhyNot, 0, len(counted))
	for w, n := range counted {
		w.Count = n
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b WhyNot) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.State, b.State), cmp.Compare(a.Why, b.Why))
	})
	return list
}
