package book

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/pep"
)

// question is one batch of addresses that are asked about. Its entries are by
// the text of their hash.
type question struct {
	book    *Book
	ctx     context.Context
	entries map[string]addressbook.Entry
}

func (q *question) ask(addresses []pep.Address, all map[string]addressbook.Facts) error {
	own := map[string][][]byte{}
	var wanted [][]byte
	for _, a := range addresses {
		key := addressbook.Key(a)
		if key == "" || own[key] != nil {
			continue
		}
		h, err := hashes(q.book.db.Keys, a)
		if err != nil {
			return err
		}
		own[key], wanted = h, append(wanted, h...)
		all[key] = addressbook.Facts{Entry: addressbook.Entry{Address: a}}
	}
	if len(wanted) == 0 {
		return nil
	}
	rows, err := q.rows(wanted)
	if err != nil {
		return err
	}
	others, err := q.others(wanted)
	if err != nil {
		return err
	}
	for key, h := range own {
		f := all[key]
		if f.Entry, err = q.entry(f.Entry.Address, h, rows); err != nil {
			return err
		}
		f.Others = others[string(h[0])]
		all[key] = f
	}
	return q.domains(all)
}

// rows are those of some hashes.
func (q *question) rows(hashes [][]byte) (map[string]row, error) {
	byHash := make(map[string]row, len(hashes))
	var rows []row
	err := q.book.db.Read().NewSelect().Model(&rows).Where("address_hash IN (?)", bun.List(hashes)).Scan(q.ctx)
	for _, r := range rows {
		byHash[string(r.Hash)] = r
	}
	return byHash, err
}

// entry is one address as its rows have it together.
func (q *question) entry(a pep.Address, hashes [][]byte, rows map[string]row) (addressbook.Entry, error) {
	r := rows[string(hashes[0])]
	for _, other := range hashes[1:] {
		r.merge(rows[string(other)])
	}
	t, err := open(q.book.db.Keys, r)
	t.Address = a
	return entryOf(r, t), err
}

// others are the other addresses that were recorded for the people of some.
func (q *question) others(hashes [][]byte) (map[string][]addressbook.Other, error) {
	var pairs []struct {
		Own      []byte `bun:"own"`
		Other    []byte `bun:"other"`
		Replaced bool   `bun:"replaced"`
	}
	err := q.book.db.Read().NewSelect().TableExpr("address_people AS a").
		Join("JOIN address_people AS b ON b.person_hash = a.person_hash AND b.address_hash <> a.address_hash").
		ColumnExpr("DISTINCT a.address_hash AS own, b.address_hash AS other, b.replaced AS replaced").
		Where("a.address_hash IN (?)", bun.List(hashes)).OrderExpr("own, other").Scan(q.ctx, &pairs)
	if err != nil || len(pairs) == 0 {
		return nil, err
	}
	wanted := make([][]byte, len(pairs))
	for i, pair := range pairs {
		wanted[i] = pair.Other
	}
	rows, err := q.rows(wanted)
	if err != nil {
		return nil, err
	}
	all := map[string][]addressbook.Other{}
	for _, pair := range pairs {
		r, there := rows[string(pair.Other)]
		if !there {
			continue
		}
		t, err := open(q.book.db.Keys, r)
		if err != nil {
			return nil, err
		}
		all[string(pair.Own)] = append(all[string(pair.Own)], addressbook.Other{Entry: entryOf(r, t), Replaced: pair.Replaced})
	}
	return all, nil
}

// domains adds what is known of the addresses' domains.
func (q *question) domains(all map[string]addressbook.Facts) error {
	near := map[string][]string{}
	seen := map[string]addressbook.Domain{}
	var unknown []string
	for _, f := range all {
		name := f.Entry.Address.Domain()
		if _, done := near[name]; done || f.Domain.Name != "" {
			continue
		}
		d, like, found, err := q.domain(name)
		if err != nil {
			return err
		}
		near[name], seen[name] = like, d
		if !found {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		everything, err := neighbours(q.ctx, q.book.db.Read(), q.book.db.Keys)
		if err != nil {
			return err
		}
		for _, name := range unknown {
			near[name] = everything.Of(name)
		}
	}
	return q.describe(all, near, seen)
}

// domain reads one domain and what it was found to be like.
func (q *question) domain(name string) (d addressbook.Domain, near []string, found bool, err error) {
	d.Name = name
	hash, err := q.book.db.Keys.Lookup(domainField, name)
	if err != nil {
		return d, nil, false, err
	}
	var rows []domainRow
	err = q.book.db.Read().NewSelect().Model(&rows).Where("domain_hash = ?", hash).Scan(q.ctx)
	if err != nil || len(rows) == 0 {
		return d, nil, false, err
	}
	var plain namedDomain
	if err := q.book.db.Keys.OpenJSON(cell("address_domains", hash), rows[0].Sealed, &plain); err != nil {
		return d, nil, false, err
	}
	d.FirstSeen = moment(rows[0].Seen)
	return d, plain.Near, true, nil
}

// describe puts domains and those that they are like into the facts, with how
// each stands.
func (q *question) describe(all map[string]addressbook.Facts, near map[string][]string, seen map[string]addressbook.Domain) error {
	standing := map[string]addressbook.Domain{}
	for key, f := range all {
		name := f.Entry.Address.Domain()
		if f.Domain.Name != "" {
			continue
		}
		f.Domain = seen[name]
		for _, other := range near[name] {
			d, done := standing[other]
			if !done {
				var err error
				if d, err = q.standing(other); err != nil {
					return err
				}
				standing[other] = d
			}
			f.Near = append(f.Near, d)
		}
		if len(f.Near) > 0 {
			own, err := q.standing(name)
			if err != nil {
				return err
			}
			f.Domain.Established = own.Established
		}
		all[key] = f
	}
	return nil
}

// The state of an address in SQL, as package addressbook has it.
const (
	worksSQL     = "(used_at <> 0 AND (bounced_at = 0 OR delivered_at > bounced_at OR confirmed_at > bounced_at) OR confirmed_at > refused_at)"
	untaintedSQL = "(source = 'export' AND (refused_at = 0 OR confirmed_at > refused_at) AND (bounced_at = 0 OR delivered_at > bounced_at OR confirmed_at > bounced_at))"
)

// standing asks how a domain stands by its addresses.
func (q *question) standing(name string) (addressbook.Domain, error) {
	d, _, _, err := q.domain(name)
	if err != nil {
		return d, err
	}
	hash, err := q.book.db.Keys.Lookup(domainField, name)
	if err != nil {
		return d, err
	}
	of := func(where string) (bool, error) {
		return q.book.db.Read().NewSelect().Model((*row)(nil)).Where("domain_hash = ?", hash).Where(where).Exists(q.ctx)
	}
	if d.Established, err = of(worksSQL); err != nil || d.Established {
		d.Stands = d.Established
		return d, err
	}
	d.Stands, err = of(untaintedSQL)
	return d, err
}
