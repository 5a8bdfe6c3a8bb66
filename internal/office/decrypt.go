package office

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
)

// Decrypt gives the OOXML package inside file. The error is, or wraps,
// ErrNotEncrypted, ErrWrongPassphrase, ErrTampered or an *UnsupportedError.
// The passphrase is judged before the integrity value, so a file whose key
// entry was damaged may be reported as a wrong passphrase.
func Decrypt(file []byte, passphrase string) ([]byte, error) {
	return decryptWithin(file, passphrase, maxSpins)
}

// decryptWithin is Decrypt with a bound on the spins, so that a fuzzer is not
// slowed down by what it finds.
func decryptWithin(file []byte, passphrase string, spinLimit uint32) ([]byte, error) {
	info, encrypted, err := openFile(file)
	if err != nil {
		return nil, err
	}
	d, err := readDescriptor(info)
	if err != nil {
		return nil, err
	}
	if d.spins > spinLimit {
		return nil, unsupported("%d spins", d.spins)
	}
	if tooLong(passphrase) {
		return nil, ErrWrongPassphrase
	}
	key, err := d.unlock(passphrase)
	if err != nil {
		return nil, err
	}
	if err := d.checkIntegrity(key, encrypted); err != nil {
		return nil, err
	}
	return decryptPackage(d.content, key, encrypted)
}

// Spins is how many times an encrypted file asks to hash the passphrase: what
// one try at [Decrypt] costs, 100,000 as Word and this package write it, at
// most ten million. Nothing is tried. The errors are those of Decrypt.
func Spins(file []byte) (uint32, error) {
	info, _, err := openFile(file)
	if err != nil {
		return 0, err
	}
	d, err := readDescriptor(info)
	return d.spins, err
}

// IsEncrypted says whether file is an Office file under a passphrase or
// rights management, as its streams tell; it opens nothing.
func IsEncrypted(file []byte) bool {
	_, _, err := openFile(file)
	return err == nil
}

// openFile finds the two streams of an encrypted file.
func openFile(file []byte) (info, encrypted []byte, err error) {
	c, err := openContainer(file)
	if err != nil {
		return nil, nil, err
	}
	if info, err = c.stream(infoStream); err != nil {
		return nil, nil, err
	}
	if encrypted, err = c.stream(packageStream); err != nil {
		return nil, nil, err
	}
	return info, encrypted, nil
}

// unlock gives the package key, if the passphrase is the one of the verifier
// (MS-OFFCRYPTO section 2.3.4.13).
func (d descriptor) unlock(passphrase string) ([]byte, error) {
	stretched := d.access.stretch(passphrase, d.spins)
	vector := fit(d.access.salt, aes.BlockSize)
	input, err := decryptBlocks(d.access.key(stretched, forVerifierInput), vector, d.verifierInput)
	if err != nil {
		return nil, err
	}
	hash, err := decryptBlocks(d.access.key(stretched, forVerifierHash), vector, d.verifierHash)
	if err != nil {
		return nil, err
	}
	// The verifier is as long as the salt; what follows it is filling.
	want := d.access.digest.sum(input[:min(len(d.access.salt), len(input))])
	if subtle.ConstantTimeCompare(want, hash[:len(want)]) != 1 {
		return nil, ErrWrongPassphrase
	}
	key, err := decryptBlocks(d.access.key(stretched, forPackageKey), vector, d.packageKey)
	if err != nil {
		return nil, err
	}
	return key[:d.content.keyBits/8], nil
}

// checkIntegrity compares the package stream, its length included, with the
// integrity value (MS-OFFCRYPTO section 2.3.4.14).
func (d descriptor) checkIntegrity(key, encrypted []byte) error {
	macKey, err := decryptBlocks(key, d.content.vector(forIntegrityKey.bytes()), d.integrityKey)
	if err != nil {
		return err
	}
	value, err := decryptBlocks(key, d.content.vector(forIntegrityValue.bytes()), d.integrityValue)
	if err != nil {
		return err
	}
	size := d.content.digest.size
	mac := hmac.New(d.content.digest.make, macKey[:size])
	mac.Write(encrypted)
	if !hmac.Equal(mac.Sum(nil), value[:size]) {
		return fmt.Errorf("checking the integrity value: %w", ErrTampered)
	}
	return nil
}

// decryptPackage gives exactly as many bytes as the package had.
func decryptPackage(content suite, key, encrypted []byte) ([]byte, error) {
	if len(encrypted) < 8 {
		return nil, damaged("encrypted package of %d bytes", len(encrypted))
	}
	size, data := binary.LittleEndian.Uint64(encrypted), encrypted[8:]
	if size > MaxPackageBytes {
		return nil, unsupported("a package of %d bytes (at most %d)", size, MaxPackageBytes)
	}
	padded := wholeBlocks(int(size))
	if padded > len(data) {
		return nil, damaged("encrypted package says %d bytes and has %d", size, len(data))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("preparing AES: %w", err)
	}
	pkg := append([]byte(nil), data[:padded]...)
	for i, segment := range segments(pkg) {
		cipher.NewCBCDecrypter(block, content.segmentVector(i)).CryptBlocks(segment, segment)
	}
	return pkg[:size], nil
}
