package pdf

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
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

// errNotOurs says that a file is not laid out as this package writes one.
var errNotOurs = errors.New("locking the PDF: the data is not a PDF that was drawn here")

// Lock encrypts a PDF that this package drew with AES-256, revision 6 (ISO
// 32000-2, 7.6.4): nobody opens it without the passphrase. Whoever has opened
// it may print it, copy from it and have it read aloud, but not change it; the
// owner's password, which alone lifts the limits, is drawn and thrown away.
// All keys, salts and vectors come from random, which must be
// cryptographically strong: the same stream gives the same bytes. The
// passphrase is in no error.
func Lock(data []byte, passphrase string, random io.Reader) ([]byte, error) {
	if n := utf8.RuneCountInString(passphrase); n < ShortestPassphrase || len(passphrase) > LongestPassphrase {
		return nil, &PassphraseError{Characters: n, Bytes: len(passphrase)}
	}
	source, err := takeApart(data)
	if err != nil {
		return nil, err
	}
	draw := drawing{random: random}
	key := draw.bytes(32)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("locking the PDF: %w", err)
	}
	entries := keyEntries(key, prepared(passphrase), &draw)
	locked := source.rewritten(sealer{block: block, draw: &draw}, entries)
	if draw.err != nil {
		return nil, fmt.Errorf("locking the PDF: drawing keys: %w", draw.err)
	}
	return locked, nil
}

// prepared is a passphrase as readers prepare what is typed (ISO 32000-2,
// 7.6.4.3.3, by a profile of RFC 8265); one that the profile refuses is taken
// as it is.
func prepared(passphrase string) []byte {
	if text, err := precis.OpaqueString.String(passphrase); err == nil {
		return []byte(text)
	}
	return []byte(passphrase)
}

// drawing draws random bytes and keeps the first error.
type drawing struct {
	random io.Reader
	err    error
}

func (d *drawing) bytes(n int) []byte {
	out := make([]byte, n)
	if d.err == nil {
		_, d.err = io.ReadFull(d.random, out)
	}
	return out
}

// sealer encrypts strings and streams (ISO 32000-2, 7.6.3.1).
type sealer struct {
	block cipher.Block
	draw  *drawing
}

// seal gives a fresh vector and the data behind it, padded to whole blocks
// (RFC 8018, 6.1.1).
func (s sealer) seal(data []byte) []byte {
	pad := aes.BlockSize - len(data)%aes.BlockSize
	out := make([]byte, 0, aes.BlockSize+len(data)+pad)
	out = append(append(out, s.draw.bytes(aes.BlockSize)...), data...)
	for range pad {
		out = append(out, byte(pad))
	}
	cipher.NewCBCEncrypter(s.block, out[:aes.BlockSize]).CryptBlocks(out[aes.BlockSize:], out[aes.BlockSize:])
	return out
}
