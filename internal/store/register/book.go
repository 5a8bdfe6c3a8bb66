package register

import (
	"context"
	"fmt"

	"github.com/pepost/pepost/internal/store/book"
)

// beginBook fills an address book that is still empty with the contacts of a
// register that an older version kept. They are all of one moment, before this
// import: each was vouched for by an export, and none of them is newer than
// another.
func (r *run) beginBook(ctx context.Context) error {
	empty, err := book.Empty(ctx, r.tx.SQL)
	if err != nil || r.first || !empty {
		return err
	}
	before := book.NewIntake(r.register.db.Keys, r.at-1)
	for last := int64(0); ; {
		var rows []row
		err := r.tx.SQL.NewSelect().Model(&rows).Column("serial", "ref", "record").
			Where("serial > ?", last).Order("serial").Limit(batch).Scan(ctx)
		if err != nil {
			return fmt.Errorf("reading the register: %w", err)
		}
		if len(rows) == 0 {
			return before.Write(ctx, r.tx)
		}
		for _, stored := range rows {
			record, err := r.register.open(stored)
			if err != nil {
				return err
			}
			before.Child(record.Ref, nil, record.Contacts)
			last = stored.Serial
		}
	}
}
