package pdf

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
)

// permitted are the rights of whoever opens a locked file (ISO 32000-2, table
// 22): to print, in full quality too, to copy, and to have it read aloud; the
// reserved bits are set as they must be.
const permitted = int32(-1) &^ (1<<3 | 1<<5 | 1<<8 | 1<<10 | 0x3)

// saltSize is the length of each salt: one validates a password, the other
// unlocks the key.
const saltSize = 8

// keyEntries is the encryption dictionary (ISO 32000-2, tables 20 and 21): the
// file's key under the passphrase and under an owner's password that nobody
// keeps.
func keyEntries(key, passphrase []byte, draw *drawing) string {
	user, underUser := wrapped(key, passphrase, nil, draw)
	owner, underOwner := wrapped(key, draw.bytes(32), user, draw)
	return fmt.Sprintf("<</Filter/Standard/V 5/R 6/Length 256/P %d/EncryptMetadata true/StmF/StdCF/StrF/StdCF"+
		"/CF<</StdCF<</AuthEvent/DocOpen/CFM/AESV3/Length 32>>>>/U<%X>/UE<%X>/O<%X>/OE<%X>/Perms<%X>>>",
		permitted, user, underUser, owner, underOwner, rights(key, draw))
}

// wrapped gives what proves a password, and the key encrypted under it
// (algorithms 8 and 9).
func wrapped(key, password, user []byte, draw *drawing) (proof, under []byte) {
	salts := draw.bytes(2 * saltSize)
	proof = append(hardened(password, salts[:saltSize], user), salts...)
	under = make([]byte, len(key))
	unpadded(hardened(password, salts[saltSize:], user), make([]byte, aes.BlockSize), under, key)
	return proof, under
}

// rights repeats the rights under the key, so that nobody widens them
// (algorithm 10).
func rights(key []byte, draw *drawing) []byte {
	out := make([]byte, 0, aes.BlockSize)
	allowed := permitted
	out = binary.LittleEndian.AppendUint32(out, uint32(allowed))
	out = append(out, 0xFF, 0xFF, 0xFF, 0xFF, 'T', 'a', 'd', 'b')
	out = append(out, draw.bytes(4)...)
	// One block alone is the same in electronic codebook mode as under a vector
	// of zeros.
	unpadded(key, make([]byte, aes.BlockSize), out, out)
	return out
}

// hardened is the slow hash of a password (algorithm 2.B): at least 64 rounds,
// and on until the last byte of one is small.
func hardened(password, salt, user []byte) []byte {
	first := sha256.Sum256(join(password, salt, user))
	hash, last := first[:], byte(0)
	for round := 0; round < 64 || int(last) > round-32; round++ {
		once := join(password, hash, user)
		many := make([]byte, 0, 64*len(once))
		for range 64 {
			many = append(many, once...)
		}
		unpadded(hash[:16], hash[16:32], many, many)
		sum := 0
		for _, b := range many[:16] {
			sum += int(b)
		}
		hash, last = digestOf(sum%3, many), many[len(many)-1]
	}
	return hash[:32]
}

// digestOf chooses the hash of a round.
func digestOf(which int, data []byte) []byte {
	switch which {
	case 0:
		sum := sha256.Sum256(data)
		return sum[:]
	case 1:
		sum := sha512.Sum384(data)
		return sum[:]
	}
	sum := sha512.Sum512(data)
	return sum[:]
}

// unpadded encrypts whole blocks in cipher block chaining mode; to and from may
// be the same.
func unpadded(key, vector, to, from []byte) {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // a key of another length is a mistake in this file
	}
	cipher.NewCBCEncrypter(block, vector).CryptBlocks(to, from)
}

func join(parts ...[]byte) []byte {
	var out []byte
	for _, part := range parts {
		out = append(out, part...)
	}
	return out
}
