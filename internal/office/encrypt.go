package office

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	// MaxPackageBytes is the largest package that is encrypted or decrypted.
	MaxPackageBytes = 256 << 20

	spins     = 100_000 // what Word itself writes
	keyBits   = 256
	saltBytes = 16
)

// Encrypt gives pkg, the bytes of an OOXML package, as a file that opens with
// passphrase. The keys and salts come from random, which must be
// cryptographically strong. It fails when the passphrase is empty, not UTF-8
// or longer than the 255 UTF-16 units that Word takes, when pkg is over
// MaxPackageBytes, and when random fails.
func Encrypt(pkg []byte, passphrase string, random io.Reader) ([]byte, error) {
	sha512, err := digestNamed("SHA512")
	if err != nil {
		return nil, err
	}
	return encryptWith(pkg, passphrase, random, strength{digest: sha512, keyBits: keyBits, spins: spins})
}

// strength is how hard a file is to open without its passphrase.
type strength struct {
	digest  digest
	keyBits int
	spins   uint32
}

func encryptWith(pkg []byte, passphrase string, random io.Reader, s strength) ([]byte, error) {
	if err := checkPassphrase(passphrase); err != nil {
		return nil, err
	}
	if len(pkg) > MaxPackageBytes {
		return nil, fmt.Errorf("encrypting an Office file: %d bytes are more than the %d allowed", len(pkg), MaxPackageBytes)
	}
	secrets, err := drawSecrets(random, s)
	if err != nil {
		return nil, err
	}
	content := suite{digest: s.digest, keyBits: s.keyBits, salt: secrets.contentSalt}
	encrypted, err := encryptPackage(content, secrets.packageKey, pkg)
	if err != nil {
		return nil, err
	}
	d, err := describe(content, secrets, passphrase, s.spins, encrypted)
	if err != nil {
		return nil, err
	}
	var info bytes.Buffer
	if err := d.write(&info); err != nil {
		return nil, fmt.Errorf("writing the encryption information: %w", err)
	}
	return writeContainer([]node{
		dataSpaces(),
		{name: infoStream, data: info.Bytes()},
		{name: packageStream, data: encrypted},
	}), nil
}

// checkPassphrase refuses what Word could not be given.
func checkPassphrase(passphrase string) error {
	switch {
	case passphrase == "":
		return errors.New("encrypting an Office file: the passphrase is empty")
	case !utf8.ValidString(passphrase):
		return errors.New("encrypting an Office file: the passphrase is not UTF-8")
	case tooLong(passphrase):
		return fmt.Errorf("encrypting an Office file: the passphrase is longer than %d characters", maxPassphraseUnits)
	}
	return nil
}

func tooLong(passphrase string) bool {
	return len(passphrase) > 3*maxPassphraseUnits || len(utf16.Encode([]rune(passphrase))) > maxPassphraseUnits
}

// secrets are the random values of one file.
type secrets struct {
	contentSalt, accessSalt, verifier, packageKey, integrityKey []byte
}

// drawSecrets reads all of them at once, so that none can be left unset.
func drawSecrets(random io.Reader, s strength) (secrets, error) {
	var drawn secrets
	for _, value := range []struct {
		to   *[]byte
		size int
	}{
		{&drawn.contentSalt, saltBytes},
		{&drawn.accessSalt, saltBytes},
		{&drawn.verifier, saltBytes},
		{&drawn.packageKey, s.keyBits / 8},
		{&drawn.integrityKey, s.digest.size},
	} {
		*value.to = make([]byte, value.size)
		if _, err := io.ReadFull(random, *value.to); err != nil {
			return secrets{}, fmt.Errorf("drawing random bytes: %w", err)
		}
	}
	return drawn, nil
}

// encryptPackage gives the EncryptedPackage stream: the length in clear, then
// segments of 4,096 bytes, each under its own vector (MS-OFFCRYPTO section
// 2.3.4.15).
func encryptPackage(content suite, key, pkg []byte) ([]byte, error) {
	stream := make([]byte, 8+wholeBlocks(len(pkg)))
	binary.LittleEndian.PutUint64(stream, uint64(len(pkg)))
	copy(stream[8:], pkg)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("preparing AES: %w", err)
	}
	for i, segment := range segments(stream[8:]) {
		cipher.NewCBCEncrypter(block, content.segmentVector(i)).CryptBlocks(segment, segment)
	}
	return stream, nil
}

// segments cuts the encrypted part of a package stream.
func segments(data []byte) func(yield func(int, []byte) bool) {
	return func(yield func(int, []byte) bool) {
		for i := 0; i*segmentBytes < len(data); i++ {
			if !yield(i, data[i*segmentBytes:min((i+1)*segmentBytes, len(data))]) {
				return
			}
		}
	}
}

func (s suite) segmentVector(i int) []byte {
	return s.vector(binary.LittleEndian.AppendUint32(nil, uint32(i)))
}

// describe locks the package key with the passphrase and the package stream
// with an integrity value.
func describe(content suite, drawn secrets, passphrase string, spins uint32, encrypted []byte) (descriptor, error) {
	access := suite{digest: content.digest, keyBits: content.keyBits, salt: drawn.accessSalt}
	stretched := access.stretch(passphrase, spins)
	mac := hmac.New(content.digest.make, drawn.integrityKey)
	mac.Write(encrypted)

	d := descriptor{content: content, access: access, spins: spins}
	vector := fit(access.salt, aes.BlockSize)
	for _, item := range []struct {
		to                 *[]byte
		key, vector, value []byte
	}{
		{&d.verifierInput, access.key(stretched, forVerifierInput), vector, drawn.verifier},
		{&d.verifierHash, access.key(stretched, forVerifierHash), vector, access.digest.sum(drawn.verifier)},
		{&d.packageKey, access.key(stretched, forPackageKey), vector, drawn.packageKey},
		{&d.integrityKey, drawn.packageKey, content.vector(forIntegrityKey.bytes()), drawn.integrityKey},
		{&d.integrityValue, drawn.packageKey, content.vector(forIntegrityValue.bytes()), mac.Sum(nil)},
	} {
		var err error
		if *item.to, err = encryptBlocks(item.key, item.vector, item.value); err != nil {
			return descriptor{}, err
		}
	}
	return d, nil
}
