package book

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
)

// Say keeps a person's word on an address, with evidence that names the address
// by its opaque identifier.
func (b *Book) Say(ctx context.Context, w pipeline.AddressWord) error {
	keys := b.db.Keys
	hash, err := addressHash(keys, w.Address)
	if err != nil {
		return err
	}
	err = b.db.InTx(ctx, func(tx store.Tx) error {
		var rows []row
		if err := tx.ForUpdate(tx.SQL.NewSelect().Model(&rows).Where("address_hash = ?", hash)).Scan(ctx); err != nil {
			return err
		}
		r, t := row{}, told{Address: w.Address, Source: string(addressbook.FromPerson)}
		if len(rows) == 1 {
			if r = rows[0]; len(r.Sealed) > 0 {
				if t, err = open(keys, r); err != nil {
					return err
				}
			}
		}
		t.take(w, r)
		if r.Seen == 0 {
			r.Seen = w.At.UnixMicro()
		}
		if err := unvouched(keys, &r, t); err != nil {
			return err
		}
		if err := put(ctx, tx, []row{r}); err != nil {
			return err
		}
		return evidence.AppendIn(ctx, tx, keys, record(w, hash))
	})
	if err != nil {
		return fmt.Errorf("writing the address book: %w", err)
	}
	return nil
}

// take puts a person's word into what is told of an address. The last word counts,
// and it is later than what it is about even where the clock stands still.
func (t *told) take(w pipeline.AddressWord, r row) {
	t.By, t.Why = w.By, w.Why
	switch {
	case w.Again:
		t.Doubted = max(w.At.UnixMicro(), t.Confirmed+1)
	case w.Right:
		t.Confirmed = max(w.At.UnixMicro(), t.Refused+1, r.Bounced+1, t.Doubted+1)
	default:
		t.Refused = max(w.At.UnixMicro(), t.Confirmed+1)
	}
}

func record(w pipeline.AddressWord, hash []byte) audit.Record {
	word := "refused"
	switch {
	case w.Again:
		word = "to be confirmed again"
	case w.Right:
		word = "confirmed"
	}
	return audit.Record{At: w.At, Action: audit.AddressJudged, By: w.By, Why: w.Why, Facts: []audit.Fact{
		{Name: "address", Value: id(hash)}, {Name: "word", Value: word},
	}}
}

// Addresses gives every address of the book, the newest first. One that only
// the outbox of an older version knows cannot be named and is left out.
func (b *Book) Addresses(ctx context.Context) ([]pipeline.KnownAddress, error) {
	var rows []row
	if err := b.db.Read().NewSelect().Model(&rows).OrderExpr("seen_at DESC, address_hash").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the address book: %w", err)
	}
	var all []pipeline.KnownAddress
	for _, r := range rows {
		if len(r.Sealed) == 0 {
			continue
		}
		t, err := open(b.db.Keys, r)
		if err != nil {
			return nil, fmt.Errorf("reading the address book: %w", err)
		}
		all = append(all, pipeline.KnownAddress{ID: id(r.Hash), Entry: entryOf(r, t), By: t.By, Why: t.Why})
	}
	return all, nil
}

// ByID gives the address of an opaque identifier, or a [pipeline.NotFoundError].
func (b *Book) ByID(ctx context.Context, text string) (pep.Address, error) {
	none := &pipeline.NotFoundError{What: pipeline.NoAddress, Name: text}
	if raw, err := hex.DecodeString(text); err != nil || len(raw) != idBytes {
		return pep.Address{}, none
	}
	all, err := b.Addresses(ctx)
	if err != nil {
		return pep.Address{}, err
	}
	at := slices.IndexFunc(all, func(k pipeline.KnownAddress) bool { return k.ID == text })
	if at < 0 {
		return pep.Address{}, none
	}
	return all[at].Entry.Address, nil
}

// Empty reports whether the book has nothing that an export said.
func Empty(ctx context.Context, from bun.IDB) (bool, error) {
	found, err := from.NewSelect().Model((*row)(nil)).Where("source = ?", string(addressbook.FromExport)).Exists(ctx)
	return !found, err
}
