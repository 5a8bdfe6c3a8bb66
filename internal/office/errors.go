package office

import (
	"errors"
	"fmt"
)

var (
	// ErrWrongPassphrase means that the passphrase does not open the file.
	ErrWrongPassphrase = errors.New("the passphrase does not open this file")
	// ErrNotEncrypted means that the bytes are no encrypted Office file: a
	// plain package, an old .doc, or something else altogether.
	ErrNotEncrypted = errors.New("not an encrypted Office file")
	// ErrTampered means that the file was cut, damaged or changed after it was
	// encrypted. Nothing of it is given out.
	ErrTampered = errors.New("the file is damaged or was changed after it was encrypted")
)

// An UnsupportedError names what an encrypted file asks for that this package
// does not do, either because it is too weak to trust or because it would cost
// too much to try.
type UnsupportedError struct {
	What string // such as "hash MD5"
}

// Error says what is not supported.
func (e *UnsupportedError) Error() string {
	return "encrypted Office file not supported: " + e.What
}

func unsupported(format string, values ...any) error {
	return &UnsupportedError{What: fmt.Sprintf(format, values...)}
}

// damaged wraps ErrTampered with what was wrong with the structure.
func damaged(format string, values ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, values...), ErrTampered)
}
