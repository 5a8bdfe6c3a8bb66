package deliveries

import (
	"context"
	"fmt"

	"github.com/pepost/pepost/internal/outbox"
)

// Page gives some deliveries in the order of their identifiers, after the one
// that is named; the first ones where none is. Whoever goes through all of
// them need not hold them at once.
func (x *Deliveries) Page(ctx context.Context, after string, most int) ([]outbox.Delivery, error) {
	var rows []row
	if err := x.db.Read().NewSelect().Model(&rows).Where("id > ?", after).Order("id").Limit(int64(most)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	return readAll(x.db.Keys, rows)
}
