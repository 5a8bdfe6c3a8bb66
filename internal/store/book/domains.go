package book

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/store"
)

// writeDomains stores the domains that the book has not, each with the known
// ones, and those of the same import, that it is like. What a domain is like is
// told once, when it is first seen: an earlier one is never measured by a later
// one.
func writeDomains(ctx context.Context, tx store.Tx, keys store.Keys, names []string, at int64) error {
	fresh, err := freshDomains(ctx, tx, keys, names)
	if err != nil || len(fresh) == 0 {
		return err
	}
	all, err := neighbours(ctx, tx.SQL, keys)
	if err != nil {
		return err
	}
	for _, name := range fresh {
		all.Add(name)
	}
	for start := 0; start < len(fresh); start += batch {
		part := fresh[start:min(start+batch, len(fresh))]
		rows := make([]domainRow, len(part))
		for i, name := range part {
			if rows[i], err = domainOf(keys, name, all.Of(name), at); err != nil {
				return err
			}
		}
		if _, err := tx.SQL.NewInsert().Model(&rows).On("CONFLICT (domain_hash) DO NOTHING").Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

func domainOf(keys store.Keys, name string, near []string, at int64) (domainRow, error) {
	hash, err := keys.Lookup(domainField, name)
	if err != nil {
		return domainRow{}, err
	}
	sealed, err := keys.SealJSON(cell("address_domains", hash), namedDomain{name, near})
	return domainRow{Hash: hash, Seen: at, Sealed: sealed}, err
}

// freshDomains are those of some that are not stored.
func freshDomains(ctx context.Context, tx store.Tx, keys store.Keys, names []string) ([]string, error) {
	var fresh []string
	for start := 0; start < len(names); start += batch {
		part := names[start:min(start+batch, len(names))]
		all := make([][]byte, len(part))
		for i, name := range part {
			hash, err := keys.Lookup(domainField, name)
			if err != nil {
				return nil, err
			}
			all[i] = hash
		}
		var stored []domainRow
		if err := tx.SQL.NewSelect().Model(&stored).Column("domain_hash").Where("domain_hash IN (?)", bun.List(all)).Scan(ctx); err != nil {
			return nil, err
		}
		known := map[string]bool{}
		for _, r := range stored {
			known[string(r.Hash)] = true
		}
		for i, name := range part {
			if !known[string(all[i])] {
				fresh = append(fresh, name)
			}
		}
	}
	return fresh, nil
}

// neighbours are all domains of the book.
func neighbours(ctx context.Context, from bun.IDB, keys store.Keys) (addressbook.Neighbours, error) {
	var all addressbook.Neighbours
	var rows []domainRow
	if err := from.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return all, err
	}
	for _, r := range rows {
		var d namedDomain
		if err := keys.OpenJSON(cell("address_domains", r.Hash), r.Sealed, &d); err != nil {
			return all, err
		}
		all.Add(d.Name)
	}
	return all, nil
}
