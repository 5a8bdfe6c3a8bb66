package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// past is what is stored of one child, read once however much is asked of it.
type past struct {
	deliveries []outbox.Delivery // earliest due date first
	returns    []Returned        // the first to come first
}

// pasts reads what is stored of some children, by reference: two questions to
// the store, however many children there are.
func (r *Runner) pasts(ctx context.Context, records []pep.Record) (map[pep.Ref]*past, error) {
	all := make(map[pep.Ref]*past, len(records))
	refs := make([]pep.Ref, len(records))
	for i, record := range records {
		refs[i], all[record.Ref] = record.Ref, &past{}
	}
	if len(refs) == 0 {
		return all, nil
	}
	deliveries, err := r.Deliveries.List(ctx, Filter{Refs: refs})
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	for _, d := range deliveries {
		all[d.Ref].deliveries = append(all[d.Ref].deliveries, d)
	}
	returns, err := r.Returns.ListReturns(ctx, ReturnFilter{Refs: refs})
	if err != nil {
		return nil, fmt.Errorf("reading the returned forms: %w", err)
	}
	for _, back := range returns {
		all[back.Ref].returns = append(all[back.Ref].returns, back)
	}
	return all, nil
}

// mostAgain bounds how often one delivery may be withdrawn and made again.
const mostAgain = 100

// stored is the delivery of an errand as an earlier run left it; false where
// there is none. One that the program itself withdrew does not count once the
// errand is due again: the errand gets an occasion of its own, and stays before
// the person who kept the earlier one from going.
func (r *Runner) stored(p *past, e *errand) (d outbox.Delivery, found bool, err error) {
	occasion := e.occasion
	for n := range mostAgain {
		if n > 0 {
			e.occasion = fmt.Sprintf("%s again %d", occasion, n)
		}
		id := r.deliveryID(*e)
		at := slices.IndexFunc(p.deliveries, func(d outbox.Delivery) bool { return d.ID == id })
		if at < 0 {
			return d, false, nil
		}
		last := p.inPlaceOf(p.deliveries[at])
		if !withdrawn(last) {
			return last, true, nil
		}
		e.hold = firstOf(e.hold, heldBefore(last))
	}
	return d, false, fmt.Errorf("a delivery of %s was withdrawn and made again %d times", e.record.Ref, mostAgain)
}

// inPlaceOf is the delivery that stands for another one by now: what it was
// sealed again as, or itself.
func (p *past) inPlaceOf(d outbox.Delivery) outbox.Delivery {
	for range mostAgain {
		at := slices.IndexFunc(p.deliveries, func(other outbox.Delivery) bool { return d.ReplacedBy != "" && other.ID == d.ReplacedBy })
		if at < 0 {
			break
		}
		d = p.deliveries[at]
	}
	return d
}

// heldBefore is why a sealed delivery was held when it was withdrawn; empty
// where it was not, or only because its decision no longer stood or a part of
// it was missing: the new one is decided on anew, and waits anew.
func heldBefore(d outbox.Delivery) string {
	last := len(d.Events) - 1
	if d.SHA256 == "" || last < 0 || d.Events[last].From != outbox.Held {
		return ""
	}
	for _, event := range slices.Backward(d.Events) {
		if event.To == outbox.Held && event.From != outbox.Held {
			if strings.HasPrefix(event.Why, notAsSealed) || strings.HasPrefix(event.Why, byPost) || strings.HasSuffix(event.Why, timetable.FormWaits) {
				return ""
			}
			return event.Why
		}
	}
	return ""
}
