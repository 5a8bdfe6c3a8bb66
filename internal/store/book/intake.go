package book

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/store"
)

// batch is how many rows one statement reads or writes.
const batch = 500

// Intake gathers what one import says of addresses. Only children who are new
// or whose contacts changed are given to it; it writes only what is new.
type Intake struct {
	keys      store.Keys
	at        int64
	addresses map[string]seen
	// people are pairs of a person and an address; true in a change of one address
	// to another.
	people map[[2]string]bool
	// moved are the people whose postal address is another one now.
	moved map[string]bool
}

// seen is an address as the import first named it.
type seen struct {
	address      pep.Address
	organisation string
}

// NewIntake begins an import of a moment, in microseconds since 1970.
func NewIntake(keys store.Keys, at int64) *Intake {
	return &Intake{keys: keys, at: at, addresses: map[string]seen{}, people: map[[2]string]bool{}, moved: map[string]bool{}}
}

// Child takes in the contacts of one child as they were known before and as
// they are now.
func (x *Intake) Child(ref pep.Ref, was, is []pep.Contact) {
	for _, c := range is {
		x.postal(ref, c, was)
		key := addressbook.Key(c.Email)
		if key == "" {
			continue
		}
		if _, known := x.addresses[key]; !known {
			x.addresses[key] = seen{c.Email, c.Organisation}
		}
		if name, organisation := folded(c.Name), folded(c.Organisation); c.Role.Professional() && name != "" && organisation != "" {
			x.people[[2]string{"at\x00" + organisation + "\x00" + name, key}] = false
		}
		x.changed(ref, c, was, is)
	}
}

// postal notes that a contact's postal address is another one than the same
// person's was.
func (x *Intake) postal(ref pep.Ref, c pep.Contact, was []pep.Contact) {
	for _, before := range was {
		old, now := postalText(before), postalText(c)
		if before.Role == c.Role && folded(before.Name) == folded(c.Name) && old != "" && now != "" && old != now {
			x.moved[postalPerson(ref, c)] = true
		}
	}
}

func postalText(c pep.Contact) string {
	return strings.TrimSpace(folded(c.Address1) + " " + folded(c.Address2) + " " + folded(c.Town) + " " + strings.ReplaceAll(folded(c.Postcode), " ", ""))
}

func postalPerson(ref pep.Ref, c pep.Contact) string {
	return strings.Join([]string{"post", string(ref), string(c.Role), folded(c.Name)}, "\x00")
}

// writePosts keeps when postal addresses changed last.
func (x *Intake) writePosts(ctx context.Context, tx store.Tx) error {
	for part := range slices.Chunk(sortedKeys(x.moved), batch) {
		rows := make([]postRow, len(part))
		for i, person := range part {
			hash, err := x.keys.Lookup(personField, person)
			if err != nil {
				return err
			}
			rows[i] = postRow{Person: hash, Changed: x.at}
		}
		if _, err := tx.SQL.NewInsert().Model(&rows).On("CONFLICT (person_hash) DO UPDATE").Set("changed_at = EXCLUDED.changed_at").Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// changed notes that a contact's address stands where the same person of the
// child had another one that is named no more.
func (x *Intake) changed(ref pep.Ref, c pep.Contact, was, is []pep.Contact) {
	key := addressbook.Key(c.Email)
	if slices.ContainsFunc(was, func(before pep.Contact) bool { return addressbook.Key(before.Email) == key }) {
		return
	}
	for _, before := range was {
		old := addressbook.Key(before.Email)
		gone := !slices.ContainsFunc(is, func(now pep.Contact) bool { return addressbook.Key(now.Email) == old })
		if old == "" || before.Role != c.Role || !gone || !samePerson(before.Name, c.Name) {
			continue
		}
		person := strings.Join([]string{"of", string(ref), string(c.Role), old}, "\x00")
		x.people[[2]string{person, old}], x.people[[2]string{person, key}] = true, true
	}
}

// samePerson reports whether two names may be one person's: blank, equal, or of
// one surname with first names that begin alike.
func samePerson(a, b string) bool {
	a, b = folded(a), folded(b)
	if a == "" || b == "" || a == b {
		return true
	}
	wordsA, wordsB := strings.Fields(a), strings.Fields(b)
	return wordsA[len(wordsA)-1] == wordsB[len(wordsB)-1] && wordsA[0][0] == wordsB[0][0]
}

// Write stores what is new, in the transaction of the import.
func (x *Intake) Write(ctx context.Context, tx store.Tx) error {
	domains := map[string]bool{}
	for part := range slices.Chunk(sortedKeys(x.addresses), batch) {
		if err := x.writeAddresses(ctx, tx, part, domains); err != nil {
			return fmt.Errorf("writing the address book: %w", err)
		}
	}
	if err := x.writePeople(ctx, tx); err != nil {
		return fmt.Errorf("writing the address book: %w", err)
	}
	if err := x.writePosts(ctx, tx); err != nil {
		return fmt.Errorf("writing the address book: %w", err)
	}
	if err := writeDomains(ctx, tx, x.keys, sortedKeys(domains), x.at); err != nil {
		return fmt.Errorf("writing the address book: %w", err)
	}
	return nil
}

// sortedKeys fixes the order of writing, so that two processes cannot wait for
// each other.
func sortedKeys[T any](m map[string]T) []string {
	all := make([]string, 0, len(m))
	for key := range m {
		all = append(all, key)
	}
	slices.Sort(all)
	return all
}

// writeAddresses stores the addresses of one batch that the book has not, or
// that no export vouched for yet, and gathers the domains of those.
func (x *Intake) writeAddresses(ctx context.Context, tx store.Tx, keys []string, domains map[string]bool) error {
	byHash, all := make(map[string]string, len(keys)), make([][]byte, len(keys))
	for i, key := range keys {
		hash, err := addressHash(x.keys, x.addresses[key].address)
		if err != nil {
			return err
		}
		byHash[string(hash)], all[i] = key, hash
	}
	var stored []row
	if err := tx.ForUpdate(tx.SQL.NewSelect().Model(&stored).Where("address_hash IN (?)", bun.List(all))).Scan(ctx); err != nil {
		return err
	}
	before := make(map[string]row, len(stored))
	for _, r := range stored {
		before[string(r.Hash)] = r
	}
	var rows []row
	for _, hash := range all {
		r, known := before[string(hash)]
		if known && r.Source == string(addressbook.FromExport) {
			continue
		}
		r.Hash = hash
		if err := x.vouch(&r, x.addresses[byHash[string(hash)]], domains); err != nil {
			return err
		}
		rows = append(rows, r)
	}
	return put(ctx, tx, rows)
}

// vouch makes a row say that the export named its address.
func (x *Intake) vouch(r *row, s seen, domains map[string]bool) error {
	t, err := open(x.keys, *r)
	if err != nil {
		return err
	}
	t.Address, t.Organisation, t.Source = s.address, s.organisation, string(addressbook.FromExport)
	domains[s.address.Domain()] = true
	if r.Domain, err = x.keys.Lookup(domainField, s.address.Domain()); err != nil {
		return err
	}
	r.Seen = x.at
	return t.seal(x.keys, r)
}

// put writes rows of addresses whole.
func put(ctx context.Context, tx store.Tx, rows []row) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.SQL.NewInsert().Model(&rows).On("CONFLICT (address_hash) DO UPDATE").
		Set("domain_hash = EXCLUDED.domain_hash").Set("source = EXCLUDED.source").Set("seen_at = EXCLUDED.seen_at").
		Set("confirmed_at = EXCLUDED.confirmed_at").Set("refused_at = EXCLUDED.refused_at").Set("sealed = EXCLUDED.sealed").Exec(ctx)
	return err
}

func (x *Intake) writePeople(ctx context.Context, tx store.Tx) error {
	pairs := make([][2]string, 0, len(x.people))
	for pair := range x.people {
		pairs = append(pairs, pair)
	}
	slices.SortFunc(pairs, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	for part := range slices.Chunk(pairs, batch) {
		rows := make([]personRow, len(part))
		for i, pair := range part {
			var err error
			if rows[i].Person, err = x.keys.Lookup(personField, pair[0]); err != nil {
				return err
			}
			rows[i].Replaced = x.people[pair]
			if rows[i].Address, err = x.keys.Lookup(store.CanonicalAddress, pair[1]); err != nil {
				return err
			}
		}
		if _, err := tx.SQL.NewInsert().Model(&rows).On("CONFLICT (person_hash, address_hash) DO NOTHING").Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
