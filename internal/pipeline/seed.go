package pipeline

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"io"
	"strings"
)

// Seed is a secret of the installation from which identifiers and the
// randomness of sealing are derived, so that a dry run seals the very bytes
// that are sent later and nothing stored tells what it was derived from.
type Seed [32]byte

// Stream is endless randomness for one label: AES-256 in counter mode under
// a key that only the seed and the label give.
func (s Seed) Stream(label string) io.Reader {
	block, err := aes.NewCipher(s.derive("stream", label))
	if err != nil {
		return brokenStream{err}
	}
	return &stream{cipher.NewCTR(block, make([]byte, aes.BlockSize))}
}

// Name is a short opaque identifier for a label: the same label gives the
// same name, and the name gives nothing back.
func (s Seed) Name(label string) string {
	sum := s.derive("name", label)
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

func (s Seed) derive(purpose, label string) []byte {
	mac := hmac.New(sha256.New, s[:])
	mac.Write([]byte(purpose))
	mac.Write([]byte{0})
	mac.Write([]byte(label))
	return mac.Sum(nil)
}

type stream struct{ cipher.Stream }

func (s *stream) Read(p []byte) (int, error) {
	clear(p)
	s.XORKeyStream(p, p)
	return len(p), nil
}

type brokenStream struct{ err error }

func (b brokenStream) Read([]byte) (int, error) { return 0, b.err }
