package deliveries

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
)

// errProof says that a proof that was stored would be lost.
var errProof = errors.New("the number and the day of a posted letter stay as they are")

// number is the Royal Mail number of one delivery as stored, for finding one
// that was used before.
type number struct {
	bun.BaseModel `bun:"table:postings"`

	Number   string `bun:"number,pk"`
	Delivery string `bun:"delivery"`
}

// putPosting keeps the number of a letter in the transaction that records its
// posting. The error is a [pipeline.NumberTakenError] where another letter has
// it.
func putPosting(ctx context.Context, tx store.Tx, was, is outbox.Delivery) error {
	switch {
	case was.Posting.Number == is.Posting.Number:
		return nil
	case was.Posting.Number != "":
		return errProof
	}
	kept := number{Number: string(is.Posting.Number), Delivery: is.ID}
	result, err := tx.SQL.NewInsert().Model(&kept).On("CONFLICT (number) DO NOTHING").Exec(ctx)
	if err != nil {
		return fmt.Errorf("keeping the number of delivery %s: %w", is.ID, err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	var other number
	if err := tx.SQL.NewSelect().Model(&other).Where("number = ?", kept.Number).Scan(ctx); err != nil {
		return fmt.Errorf("looking for the number of delivery %s: %w", is.ID, err)
	}
	return &pipeline.NumberTakenError{Number: is.Posting.Number, Delivery: other.Delivery}
}

// posting is what evidence says of a letter that was posted.
func posting(d outbox.Delivery) []audit.Fact {
	facts := []audit.Fact{{Name: "number", Value: string(d.Posting.Number)}, {Name: "posted_on", Value: d.Posting.PostedOn.String()}}
	if d.Posting.Reference != "" {
		facts = append(facts, audit.Fact{Name: "proof", Value: d.Posting.Reference})
	}
	if !d.Posting.DeliveredOn.IsZero() {
		facts = append(facts, audit.Fact{Name: "delivered_on", Value: d.Posting.DeliveredOn.String()})
	}
	return facts
}
