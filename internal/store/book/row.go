package book

import (
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/store"
)

// What rows of the book are found by. An address is found by the hash by which
// its deliveries are.
const (
	domainField store.Field = "mail domain"
	personField store.Field = "person of an address"
)

// errForged says that a row does not say what its sealed cell says.
var errForged = errors.New("a row of the address book was changed by something else than this program: put a backup back")

// row is one address. The moments of the sealed cell's words stand in columns
// too, for asking about a whole domain.
type row struct {
	bun.BaseModel `bun:"table:addresses"`

	Hash      []byte `bun:"address_hash,pk"`
	Domain    []byte `bun:"domain_hash"`
	Source    string `bun:"source"`
	Seen      int64  `bun:"seen_at"`
	Used      int64  `bun:"used_at"`
	Delivered int64  `bun:"delivered_at"`
	Bounced   int64  `bun:"bounced_at"`
	Confirmed int64  `bun:"confirmed_at"`
	Refused   int64  `bun:"refused_at"`
	Sealed    []byte `bun:"sealed"`
}

// told is the sealed cell of an address. Its names are stored: they outlive the
// names in code.
type told struct {
	Address      pep.Address `json:"address"`
	Organisation string      `json:"organisation,omitempty"`
	Source       string      `json:"source,omitempty"`
	Confirmed    int64       `json:"confirmed,omitempty"`
	Refused      int64       `json:"refused,omitempty"`
	Doubted      int64       `json:"doubted,omitempty"`
	By           string      `json:"by,omitempty"`
	Why          string      `json:"why,omitempty"`
}

// personRow says that an address was recorded for a person; replaced is set
// where it was in a change of one address to another.
type personRow struct {
	bun.BaseModel `bun:"table:address_people"`

	Person   []byte `bun:"person_hash,pk"`
	Address  []byte `bun:"address_hash,pk"`
	Replaced bool   `bun:"replaced"`
}

// postRow says when a person's postal address changed last.
type postRow struct {
	bun.BaseModel `bun:"table:address_posts"`

	Person  []byte `bun:"person_hash,pk"`
	Changed int64  `bun:"changed_at"`
}

type domainRow struct {
	bun.BaseModel `bun:"table:address_domains"`

	Hash   []byte `bun:"domain_hash,pk"`
	Seen   int64  `bun:"seen_at"`
	Sealed []byte `bun:"sealed"`
}

// namedDomain is the sealed cell of a domain, with the ones that it was found
// to be like when it was first seen.
type namedDomain struct {
	Name string   `json:"name"`
	Near []string `json:"near,omitempty"`
}

func cell(table string, hash []byte) store.Cell {
	return store.Cell{Table: table, Row: hex.EncodeToString(hash), Column: "sealed"}
}

func addressHash(keys store.Keys, a pep.Address) ([]byte, error) {
	return keys.Lookup(store.CanonicalAddress, addressbook.Key(a))
}

// hashes are those by which an address may be stored: the outbox of an older
// version kept the letters of the local part as they were typed.
func hashes(keys store.Keys, a pep.Address) ([][]byte, error) {
	own, err := addressHash(keys, a)
	if err != nil || a.Canonical() == addressbook.Key(a) {
		return [][]byte{own}, err
	}
	typed, err := keys.Lookup(store.CanonicalAddress, a.Canonical())
	return [][]byte{own, typed}, err
}

// id names an address where nobody is to read it.
func id(hash []byte) string { return hex.EncodeToString(hash[:idBytes]) }

const idBytes = 6

// open reads the sealed cell; an address that only the outbox knows has none.
func open(keys store.Keys, r row) (told, error) {
	var t told
	if len(r.Sealed) == 0 {
		if r.Confirmed != 0 || r.Refused != 0 || r.Source != "" {
			return t, errForged
		}
		return t, nil
	}
	if err := keys.OpenJSON(cell("addresses", r.Hash), r.Sealed, &t); err != nil {
		return t, err
	}
	if t.Confirmed != r.Confirmed || t.Refused != r.Refused || t.Source != r.Source {
		return t, errForged
	}
	return t, nil
}

// seal puts what is told into a row, and the moments into its columns.
func (t told) seal(keys store.Keys, r *row) error {
	var err error
	r.Confirmed, r.Refused, r.Source = t.Confirmed, t.Refused, t.Source
	r.Sealed, err = keys.SealJSON(cell("addresses", r.Hash), t)
	return err
}

// merge adds what another row of the same address knows.
func (r *row) merge(other row) {
	r.Used, r.Delivered, r.Bounced = max(r.Used, other.Used), max(r.Delivered, other.Delivered), max(r.Bounced, other.Bounced)
}

func entryOf(r row, t told) addressbook.Entry {
	return addressbook.Entry{
		Address: t.Address, Organisation: t.Organisation, Source: addressbook.Source(r.Source), FirstSeen: moment(r.Seen),
		Confirmed: moment(r.Confirmed), Refused: moment(r.Refused), Doubted: moment(t.Doubted),
		Used: moment(r.Used), Delivered: moment(r.Delivered), Bounced: moment(r.Bounced),
	}
}

// moment is one of a column; nought is none.
func moment(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// folded is a name or an organisation as people compare them: without titles,
// case and marks.
func folded(text string) string {
	titles := map[string]bool{"mr": true, "mrs": true, "ms": true, "miss": true, "mx": true, "dr": true, "prof": true, "rev": true, "sir": true}
	var words []string
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" .,;:'’\"()-\t", r) }) {
		if !titles[word] {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}
