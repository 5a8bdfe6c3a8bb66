package accounts

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// cost is what one hash takes. It stands in the stored hash, so that it can be
// raised without losing a password.
type cost struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
}

// usual is RFC 9106 section 4's second choice in memory and passes (64 MiB, 3)
// on one lane: above OWASP's minimum for Argon2id of 19 MiB, 2 passes and 1
// lane (Password Storage Cheat Sheet).
func usual() cost { return cost{memory: 64 << 10, passes: 3, lanes: 1} }

const (
	saltSize = 16
	hashSize = 32
)

// errHash is a stored hash that this program did not write.
var errHash = errors.New("the stored hash of a password cannot be read")

// hashed is the stored form: $argon2id$v=19$m=65536,t=3,p=1$salt$hash.
func hashed(password string, c cost) (string, error) {
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("making a salt: %w", err)
	}
	return encode(c, salt, argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.lanes, hashSize)), nil
}

func encode(c cost, salt, hash []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, c.lanes, b.EncodeToString(salt), b.EncodeToString(hash))
}

// decode reads a stored hash within bounds: one that was tampered with must
// not take all memory.
func decode(stored string) (c cost, salt, hash []byte, err error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.lanes); err != nil {
		return c, nil, nil, errHash
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	hash, hashErr := base64.RawStdEncoding.DecodeString(parts[5])
	low, high := cost{19 << 10, 1, 1}, cost{1 << 20, 16, 16}
	sound := c.memory >= low.memory && c.memory <= high.memory && c.passes >= low.passes && c.passes <= high.passes &&
		c.lanes >= low.lanes && c.lanes <= high.lanes
	if saltErr != nil || hashErr != nil || len(salt) != saltSize || len(hash) != hashSize || !sound {
		return c, nil, nil, errHash
	}
	return c, salt, hash, nil
}

// matches compares in constant time.
func matches(stored, password string) (bool, error) {
	c, salt, want, err := decode(stored)
	if err != nil {
		return false, err
	}
	got := argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.lanes, hashSize)
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// nobodys is the hash that a password is compared with where there is no
// account: it takes the same time and matches nothing in practice.
func nobodys() string { return encode(usual(), make([]byte, saltSize), make([]byte, hashSize)) }
