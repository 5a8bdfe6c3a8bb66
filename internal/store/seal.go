package store

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Cell is one place in the database. Sealed bytes open only in the cell that
// they were sealed for, so that nobody can move a row's contents to another.
type Cell struct {
	Table, Row, Column string
}

func (c Cell) associated() []byte {
	return fmt.Appendf(nil, "%d %s %d %s %s", len(c.Table), c.Table, len(c.Row), c.Row, c.Column)
}

// Field is what a keyed hash is a hash of, so that equal texts of two fields
// have different hashes.
type Field string

// The fields that rows are found by.
const (
	ChildID          Field = "child id"
	DeliveryKey      Field = "delivery key"
	CanonicalAddress Field = "canonical address"
	MessageID        Field = "message id"
	DocumentDigest   Field = "document digest"
	keyCheck         Field = "key check"
)

// SealedError says that sealed bytes do not open: they were changed or moved,
// or the key file is another one.
type SealedError struct {
	Cell Cell
}

// Error names the table and column.
func (e *SealedError) Error() string {
	return fmt.Sprintf("%s.%s of %s does not open: it was changed, or the key file is not the one it was sealed with",
		e.Cell.Table, e.Cell.Column, e.Cell.Row)
}

// Seal encrypts bytes for one cell.
func (k Keys) Seal(c Cell, plain []byte) ([]byte, error) {
	sealed, err := k.secret.aead.Encrypt(plain, c.associated())
	if err != nil {
		return nil, fmt.Errorf("sealing %s.%s: %w", c.Table, c.Column, err)
	}
	return sealed, nil
}

// Open decrypts the bytes of one cell; the error is a [SealedError].
func (k Keys) Open(c Cell, sealed []byte) ([]byte, error) {
	plain, err := k.secret.aead.Decrypt(sealed, c.associated())
	if err != nil {
		return nil, &SealedError{c}
	}
	return plain, nil
}

// Lookup is the keyed hash by which a row is found without its text being
// stored.
func (k Keys) Lookup(f Field, text string) ([]byte, error) {
	hash, err := k.secret.prf.ComputePrimaryPRF(append(append([]byte(f), 0), text...), 32)
	if err != nil {
		return nil, fmt.Errorf("hashing the %s: %w", f, err)
	}
	return hash, nil
}

// pseudonymLength is how many bytes of a keyed hash tell addresses apart in
// evidence: no two of a county's are alike by chance.
const pseudonymLength = 16

// Pseudonym stands for an address in evidence: its keyed hash, empty for no
// address. Whoever has the keys proves which address it was, and nobody else
// can tell.
func (k Keys) Pseudonym(address string) (string, error) {
	if address == "" {
		return "", nil
	}
	sum, err := k.Lookup(CanonicalAddress, address)
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(sum[:min(len(sum), pseudonymLength)]), nil
}

// SealJSON seals a value as JSON.
func (k Keys) SealJSON(c Cell, value any) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("writing %s.%s: %w", c.Table, c.Column, err)
	}
	return k.Seal(c, plain)
}

// OpenJSON opens what [Keys.SealJSON] sealed.
func (k Keys) OpenJSON(c Cell, sealed []byte, into any) error {
	plain, err := k.Open(c, sealed)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, into); err != nil {
		return fmt.Errorf("reading %s.%s of %s: %w", c.Table, c.Column, c.Row, err)
	}
	return nil
}
