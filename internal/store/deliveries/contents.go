package deliveries

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
)

// part is one of the things stored with a delivery.
type part string

const (
	parcelPart     part = "parcel"
	passphrasePart part = "passphrase"
	documentPart   part = "document"
)

// content is one part as stored.
type content struct {
	bun.BaseModel `bun:"table:contents"`

	Delivery string `bun:"delivery,pk"`
	Kind     string `bun:"kind,pk"`
	Sealed   []byte `bun:"sealed"`
}

func partCell(id string, p part) store.Cell {
	return store.Cell{Table: "contents", Row: id + " " + string(p), Column: "sealed"}
}

// putContents stores what there is of a delivery's contents.
func (x *Deliveries) putContents(ctx context.Context, tx store.Tx, id string, c pipeline.Contents) error {
	var rows []content
	for _, p := range []struct {
		kind  part
		plain []byte
	}{{parcelPart, c.Parcel}, {passphrasePart, []byte(c.Passphrase)}, {documentPart, c.Document}} {
		if len(p.plain) == 0 {
			continue
		}
		sealed, err := x.db.Keys.Seal(partCell(id, p.kind), p.plain)
		if err != nil {
			return err
		}
		rows = append(rows, content{Delivery: id, Kind: string(p.kind), Sealed: sealed})
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.SQL.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("storing the contents of delivery %s: %w", id, err)
	}
	return nil
}

// part opens one part, or gives a [pipeline.NotFoundError].
func (x *Deliveries) part(ctx context.Context, from bun.IDB, id string, p part) ([]byte, error) {
	c := content{Delivery: id, Kind: string(p)}
	err := from.NewSelect().Model(&c).WherePK().Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, &pipeline.NotFoundError{What: pipeline.NoContents, Name: id}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the %s of delivery %s: %w", p, id, err)
	}
	return x.db.Keys.Open(partCell(id, p), c.Sealed)
}

// Parcel gives the sealed bytes of one delivery, or a
// [pipeline.NotFoundError].
func (x *Deliveries) Parcel(ctx context.Context, id string) ([]byte, error) {
	return x.part(ctx, x.db.Read(), id, parcelPart)
}
