package office

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash"
	"strings"
	"unicode/utf16"
)

const (
	// maxSpins bounds what a received file may make us compute; Word lets an
	// administrator go up to ten million (MS-OFFCRYPTO section 2.3.4.10).
	maxSpins = 10_000_000
	// maxPassphraseUnits is the longest password Word takes, in UTF-16 units.
	maxPassphraseUnits = 255
	// segmentBytes is how much of the package one initialisation vector serves.
	segmentBytes = 4096
	// padByte fills a hash or a salt up to a wanted length.
	padByte = 0x36
)

// A digest is a hash algorithm that a file may name.
type digest struct {
	name string
	size int
	make func() hash.Hash
}

// digestNamed finds a hash algorithm by the name a file gives it, with or
// without a hyphen. Only these four are used by Office.
func digestNamed(name string) (digest, error) {
	switch strings.ReplaceAll(strings.ToUpper(name), "-", "") {
	case "SHA1":
		return digest{"SHA1", sha1.Size, sha1.New}, nil
	case "SHA256":
		return digest{"SHA256", sha256.Size, sha256.New}, nil
	case "SHA384":
		return digest{"SHA384", sha512.Size384, sha512.New384}, nil
	case "SHA512":
		return digest{"SHA512", sha512.Size, sha512.New}, nil
	}
	return digest{}, unsupported("hash %.20q", name)
}

// sum hashes the parts one after the other.
func (d digest) sum(parts ...[]byte) []byte {
	h := d.make()
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

// A suite is one set of algorithms with the salt they work on. A file has two:
// one for the package, one for the passphrase.
type suite struct {
	digest  digest
	keyBits int
	salt    []byte
}

// fit cuts value to size or fills it up with padByte.
func fit(value []byte, size int) []byte {
	fitted := make([]byte, size)
	for i := copy(fitted, value); i < size; i++ {
		fitted[i] = padByte
	}
	return fitted
}

// vector gives the initialisation vector for a purpose or a segment of the
// package (MS-OFFCRYPTO section 2.3.4.12).
func (s suite) vector(purpose []byte) []byte {
	return fit(s.digest.sum(s.salt, purpose), aes.BlockSize)
}

// The purposes for which keys and vectors are derived (MS-OFFCRYPTO sections
// 2.3.4.13 and 2.3.4.14).
type purpose uint64

const (
	forVerifierInput  purpose = 0xfea7d2763b4b9e79
	forVerifierHash   purpose = 0xd7aa0f6d3061344e
	forPackageKey     purpose = 0x146e0be7abacd0d6
	forIntegrityKey   purpose = 0x5fb2ad010cb9e1f6
	forIntegrityValue purpose = 0xa0677f02b22c8433
)

func (p purpose) bytes() []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(p))
}

// stretch turns a passphrase into the hash from which the keys of a file are
// derived, made slow on purpose (MS-OFFCRYPTO section 2.3.4.11).
func (s suite) stretch(passphrase string, spins uint32) []byte {
	state := s.digest.sum(s.salt, utf16LE(passphrase))
	h := s.digest.make()
	var counter [4]byte
	for i := range spins {
		binary.LittleEndian.PutUint32(counter[:], i)
		h.Reset()
		h.Write(counter[:])
		h.Write(state)
		state = h.Sum(state[:0])
	}
	return state
}

// key derives the key for one purpose from a stretched passphrase.
func (s suite) key(stretched []byte, p purpose) []byte {
	return fit(s.digest.sum(stretched, p.bytes()), s.keyBits/8)
}

// encryptBlocks gives value, filled up with zeros to whole blocks, in AES-CBC.
func encryptBlocks(key, vector, value []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("preparing AES: %w", err)
	}
	out := make([]byte, wholeBlocks(len(value)))
	copy(out, value)
	cipher.NewCBCEncrypter(block, vector).CryptBlocks(out, out)
	return out, nil
}

// decryptBlocks undoes encryptBlocks; the filling stays. value is in whole
// blocks.
func decryptBlocks(key, vector, value []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("preparing AES: %w", err)
	}
	out := make([]byte, len(value))
	cipher.NewCBCDecrypter(block, vector).CryptBlocks(out, value)
	return out, nil
}

// wholeBlocks rounds a length up to whole AES blocks.
func wholeBlocks(n int) int {
	return (n + aes.BlockSize - 1) / aes.BlockSize * aes.BlockSize
}

func utf16LE(text string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}
