package pipeline

import (
	"context"
	"slices"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

// houseChanged is what must be looked at before something is posted: the
// register has another house for the recipient than it had, and nothing was
// posted to them since. It is empty where nothing changed.
func (r *Runner) houseChanged(ctx context.Context, c *child, to pep.Contact) (string, error) {
	if r.Book == nil {
		return "", nil
	}
	changed, err := r.Book.PostChanged(ctx, c.record.Ref, to)
	if err != nil || changed.IsZero() {
		return "", err
	}
	label := personLabel(to.Role, to.Name, to.Email)
	posted := func(d outbox.Delivery) bool {
		return personLabel(d.Recipient.Role, d.Recipient.Name, d.Recipient.Address) == label &&
			slices.ContainsFunc(d.Events, func(e outbox.Event) bool { return e.To == outbox.Posted && !e.At.Before(changed) })
	}
	if slices.ContainsFunc(c.past.deliveries, posted) {
		return "", nil
	}
	return "the export changed the postal address on " + pep.DateOf(changed.In(r.Now().Location())).Long() + ": ask the recipient which house is right before it is posted", nil
}
