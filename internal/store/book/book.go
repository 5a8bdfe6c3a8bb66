package book

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
)

var _ pipeline.Book = (*Book)(nil)

// Book is the address book in one database.
type Book struct {
	db *store.DB
}

// New gives the address book of a database.
func New(db *store.DB) *Book { return &Book{db} }

// Around gives the facts around some addresses, by their keys. An address that
// the book never saw has facts too: the known domains that its own is like.
func (b *Book) Around(ctx context.Context, addresses []pep.Address) (map[string]addressbook.Facts, error) {
	all := make(map[string]addressbook.Facts, len(addresses))
	for start := 0; start < len(addresses); start += batch {
		q := question{book: b, ctx: ctx, entries: map[string]addressbook.Entry{}}
		if err := q.ask(addresses[start:min(start+batch, len(addresses))], all); err != nil {
			return nil, fmt.Errorf("reading the address book: %w", err)
		}
	}
	return all, nil
}

// PostChanged is when an export last changed the postal address of a child's
// contact; zero where none did.
func (b *Book) PostChanged(ctx context.Context, ref pep.Ref, c pep.Contact) (time.Time, error) {
	hash, err := b.db.Keys.Lookup(personField, postalPerson(ref, c))
	if err != nil {
		return time.Time{}, err
	}
	var rows []postRow
	if err := b.db.Read().NewSelect().Model(&rows).Where("person_hash = ?", hash).Scan(ctx); err != nil {
		return time.Time{}, fmt.Errorf("reading the address book: %w", err)
	}
	if len(rows) == 0 {
		return time.Time{}, nil
	}
	return moment(rows[0].Changed), nil
}

// Note keeps in the book what became of a message to an address, in the
// transaction that stores it. Other states change nothing.
func Note(ctx context.Context, tx store.Tx, keys store.Keys, to pep.Address, state outbox.State, at int64) error {
	r := row{}
	columns := []string{"used_at"}
	switch state {
	case outbox.Accepted, outbox.Uncertain:
		r.Used = at
	case outbox.Delivered:
		r.Used, r.Delivered = at, at
		columns = append(columns, "delivered_at")
	case outbox.Bounced:
		r.Bounced, columns = at, []string{"bounced_at"}
	case outbox.Drafted, outbox.Approved, outbox.Held, outbox.Sending, outbox.Deferred, outbox.Refused, outbox.Posted, outbox.Cancelled:
		return nil
	}
	if addressbook.Key(to) == "" {
		return nil
	}
	if err := unvouched(keys, &r, told{Address: to}); err != nil {
		return err
	}
	insert := tx.SQL.NewInsert().Model(&r).On("CONFLICT (address_hash) DO UPDATE")
	for _, column := range columns {
		insert = insert.Set("? = EXCLUDED.?", bun.Ident(column), bun.Ident(column))
	}
	if _, err := insert.Exec(ctx); err != nil {
		return fmt.Errorf("writing the address book: %w", err)
	}
	return nil
}

// unvouched fills the row of an address that no export named.
func unvouched(keys store.Keys, r *row, t told) error {
	var err error
	if r.Hash, err = addressHash(keys, t.Address); err != nil {
		return err
	}
	if r.Domain, err = keys.Lookup(domainField, t.Address.Domain()); err != nil {
		return err
	}
	return t.seal(keys, r)
}
