package store

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/pepost/pepost/internal/pep"
)

// Keys opens what the database holds. They live in a file of their own, apart
// from the database and its backups: without them nothing opens. They never
// print: every way of formatting them gives the same few words.
type Keys struct {
	secret *secret
}

type secret struct {
	sealing, lookup *keyset.Handle
	ref             pep.RefKey
	aead            tink.AEAD
	prf             *prf.Set
}

// keyFile is the file's shape. The keysets are Tink's own JSON, so that keys
// can be added and rotated.
type keyFile struct {
	About   string          `json:"about"`
	Sealing json.RawMessage `json:"sealing"`
	Lookup  json.RawMessage `json:"lookup"`
	Ref     string          `json:"reference"`
}

const aboutKeys = "pepost keys: keep this file apart from the database and its backups; without it nothing opens"

// maxKeyFile bounds what is read as a key file.
const maxKeyFile = 1 << 20

// NewKeys makes fresh keys: AES-256-GCM for sealing, HMAC-SHA-256 for lookups,
// and the key that permutes serial numbers into references.
func NewKeys() (Keys, error) {
	sealing, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return Keys{}, fmt.Errorf("making the sealing key: %w", err)
	}
	lookup, err := keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return Keys{}, fmt.Errorf("making the lookup key: %w", err)
	}
	var ref pep.RefKey
	if _, err := rand.Read(ref[:]); err != nil {
		return Keys{}, fmt.Errorf("making the reference key: %w", err)
	}
	return newKeys(sealing, lookup, ref)
}

func newKeys(sealing, lookup *keyset.Handle, ref pep.RefKey) (Keys, error) {
	primitive, err := aead.New(sealing)
	if err != nil {
		return Keys{}, fmt.Errorf("the sealing key: %w", err)
	}
	set, err := prf.NewPRFSet(lookup)
	if err != nil {
		return Keys{}, fmt.Errorf("the lookup key: %w", err)
	}
	return Keys{&secret{sealing: sealing, lookup: lookup, ref: ref, aead: primitive, prf: set}}, nil
}

// RefKey is the key of the children's references.
func (k Keys) RefKey() pep.RefKey { return k.secret.ref }

// KeyFileError says why a key file is not used and what to do about it.
type KeyFileError struct {
	File   string
	Reason string
}

// Error names the file.
func (e *KeyFileError) Error() string { return e.File + ": " + e.Reason }

// ReadKeyFile reads a key file. It refuses one that anybody but its owner may
// read or write; the error is a [KeyFileError].
func ReadKeyFile(path string) (Keys, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Keys{}, &KeyFileError{path, "there is no key file: put the one back that the database was sealed with"}
	}
	if err != nil {
		return Keys{}, fmt.Errorf("opening the key file: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Keys{}, fmt.Errorf("looking at the key file: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return Keys{}, &KeyFileError{path, fmt.Sprintf("others may read it (mode %04o): chmod 600 it, and make new keys if anybody did", mode)}
	}
	data, err := io.ReadAll(io.LimitReader(file, maxKeyFile))
	if err != nil {
		return Keys{}, fmt.Errorf("reading the key file: %w", err)
	}
	keys, err := parseKeys(data)
	if err != nil {
		return Keys{}, &KeyFileError{path, "it is not a whole key file: put the one back that the database was sealed with"}
	}
	return keys, nil
}

// parseKeys drops every cause, because a cause may quote the key.
func parseKeys(data []byte) (Keys, error) {
	var file keyFile
	if err := json.Unmarshal(data, &file); err != nil {
		return Keys{}, errNotKeys
	}
	sealing, err := readKeyset(file.Sealing)
	if err != nil {
		return Keys{}, err
	}
	lookup, err := readKeyset(file.Lookup)
	if err != nil {
		return Keys{}, err
	}
	var ref pep.RefKey
	if n, err := hex.Decode(ref[:], []byte(file.Ref[:min(len(file.Ref), 2*len(ref))])); err != nil || n != len(ref) {
		return Keys{}, errNotKeys
	}
	return newKeys(sealing, lookup, ref)
}

var errNotKeys = errors.New("not a key file")

func readKeyset(data []byte) (*keyset.Handle, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(data)))
	if err != nil {
		return nil, errNotKeys
	}
	return handle, nil
}

// WriteFile writes the keys into a new file that its owner alone may read. A
// file that is there already is never overwritten.
func (k Keys) WriteFile(path string) error {
	data, err := k.encode()
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &KeyFileError{path, "it exists already and is left alone: what was sealed with it opens with nothing else"}
	}
	if err != nil {
		return fmt.Errorf("making the key file: %w", err)
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Sync(), file.Close())
	if err != nil {
		return fmt.Errorf("writing the key file: %w", err)
	}
	return nil
}

func (k Keys) encode() ([]byte, error) {
	sealing, err := writeKeyset(k.secret.sealing)
	if err != nil {
		return nil, err
	}
	lookup, err := writeKeyset(k.secret.lookup)
	if err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(keyFile{aboutKeys, sealing, lookup, hex.EncodeToString(k.secret.ref[:])}, "", "  ")
	return append(data, '\n'), err
}

func writeKeyset(handle *keyset.Handle) (json.RawMessage, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&b)); err != nil {
		return nil, fmt.Errorf("writing a keyset: %w", err)
	}
	return b.Bytes(), nil
}

const redacted = "keys (not shown)"

// String, GoString, Format, LogValue and MarshalJSON keep the keys out of
// every print.
func (k Keys) String() string { return redacted }

// GoString is [Keys.String].
func (k Keys) GoString() string { return redacted }

// Format is [Keys.String] under every verb.
func (k Keys) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue is [Keys.String].
func (k Keys) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON is [Keys.String] in quotes.
func (k Keys) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }
