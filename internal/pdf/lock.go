package pdf

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// Bounds of a passphrase: in characters, so that it cannot be guessed, and in
// bytes, of which a reader takes no more (ISO 32000-2, 7.6.4.3.3).
const (
	ShortestPassphrase = 12
	LongestPassphrase  = 127
)

// PassphraseError is what [Lock] gives for a passphrase out of bounds. It
// tells how long the passphrase is, never more of it.
type PassphraseError struct{ Characters, Bytes int }

// Error names the bounds.
func (e *PassphraseError) Error() string {
	return fmt.Sprintf("locking the PDF: the passphrase has %d characters in %d bytes; choose one of %d characters or more and at most %d bytes",
		e.Characters, e.Bytes, ShortestPassphrase, LongestPassphrase)
}

var errNotLocked = errors.New("the file is not encrypted as asked")

// Lock encrypts a PDF with AES-256, revision 6 (ISO 32000-2, 7.6.4.4): nobody
// opens it without the passphrase. Whoever has opened it may print it, copy
// from it and have it read aloud, but not change it; the owner's password,
// which alone lifts the limits, is drawn at random and thrown away. Two calls
// give different bytes, as they must. The passphrase is in no error.
func Lock(data []byte, passphrase string) ([]byte, error) {
	if n := utf8.RuneCountInString(passphrase); n < ShortestPassphrase || len(passphrase) > LongestPassphrase {
		return nil, &PassphraseError{Characters: n, Bytes: len(passphrase)}
	}
	second, err := secondEdition(data)
	if err != nil {
		return nil, err
	}
	var locked bytes.Buffer
	if err := api.Encrypt(bytes.NewReader(second), &locked, settings(passphrase, rand.Text()+rand.Text())); err != nil {
		return nil, fmt.Errorf("locking the PDF: %w", err)
	}
	if !revision6(locked.Bytes()) {
		return nil, fmt.Errorf("locking the PDF: %w", errNotLocked)
	}
	return locked.Bytes(), nil
}

// secondEdition marks a PDF as edition 2.0. Of an older one the library would
// make revision 5, whose single hash is quick to guess at.
func secondEdition(data []byte) ([]byte, error) {
	if len(data) < 9 || !bytes.HasPrefix(data, []byte("%PDF-")) || data[6] != '.' {
		return nil, errors.New("locking the PDF: the data is not a PDF")
	}
	second := bytes.Clone(data)
	copy(second, "%PDF-2.0")
	return second, nil
}

// settings are given whole: the library's own would be read from, and written
// to, a folder of the user.
func settings(passphrase, owner string) *model.Configuration {
	return &model.Configuration{
		Reader15:          true,
		ValidationMode:    model.ValidationRelaxed,
		Eol:               "\n",
		WriteObjectStream: true,
		WriteXRefStream:   true,
		EncryptUsingAES:   true,
		EncryptKeyLength:  256,
		UserPW:            passphrase,
		OwnerPW:           owner,
		Permissions: model.PermissionsPrint + model.PermissionExtract +
			model.PermissionExtractRev3,
		Offline: true,
		Limits:  model.DefaultResourceLimits(),
	}
}

// revision6 looks for the entries of the encryption dictionary that readers go
// by; the dictionary itself is never compressed or encrypted.
func revision6(locked []byte) bool {
	for _, entry := range []string{"/Encrypt", "/V 5", "/R 6", "/AESV3"} {
		if !bytes.Contains(locked, []byte(entry)) {
			return false
		}
	}
	return true
}
