package office

import (
	"bytes"
	"crypto/aes"
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

const (
	// agileVersion and agileFlags open an EncryptionInfo stream of agile
	// encryption (MS-OFFCRYPTO section 2.3.4.10).
	agileVersion = 0x0004_0004
	agileFlags   = 0x0000_0040

	encryptionNamespace  = "http://schemas.microsoft.com/office/2006/encryption"
	passwordKeyEncryptor = "http://schemas.microsoft.com/office/2006/keyEncryptor/password"
	// certificateKeyEncryptor is declared, as Word does, but not used.
	certificateKeyEncryptor = "http://schemas.microsoft.com/office/2006/keyEncryptor/certificate"

	maxDescriptorBytes = 64 << 10
	maxSaltBytes       = 1024
)

// A descriptor is what the EncryptionInfo stream says.
type descriptor struct {
	content                      suite // encrypts the package
	integrityKey, integrityValue []byte
	access                       suite // encrypts the package key with the passphrase
	spins                        uint32
	verifierInput, verifierHash  []byte
	packageKey                   []byte
}

// The XML of the descriptor, with the names of MS-OFFCRYPTO section 2.3.4.10.
type (
	xmlSuite struct {
		SaltSize        int    `xml:"saltSize,attr"`
		BlockSize       int    `xml:"blockSize,attr"`
		KeyBits         int    `xml:"keyBits,attr"`
		HashSize        int    `xml:"hashSize,attr"`
		CipherAlgorithm string `xml:"cipherAlgorithm,attr"`
		CipherChaining  string `xml:"cipherChaining,attr"`
		HashAlgorithm   string `xml:"hashAlgorithm,attr"`
		SaltValue       string `xml:"saltValue,attr"`
	}
	xmlIntegrity struct {
		Key   string `xml:"encryptedHmacKey,attr"`
		Value string `xml:"encryptedHmacValue,attr"`
	}
	xmlAccess struct {
		SpinCount uint32 `xml:"spinCount,attr"`
		xmlSuite
		VerifierInput string `xml:"encryptedVerifierHashInput,attr"`
		VerifierHash  string `xml:"encryptedVerifierHashValue,attr"`
		PackageKey    string `xml:"encryptedKeyValue,attr"`
	}
	xmlKeyEncryptor struct {
		URI    string     `xml:"uri,attr"`
		Access *xmlAccess `xml:"http://schemas.microsoft.com/office/2006/keyEncryptor/password encryptedKey"`
	}
	xmlDescriptor struct {
		XMLName       xml.Name          `xml:"http://schemas.microsoft.com/office/2006/encryption encryption"`
		KeyData       xmlSuite          `xml:"keyData"`
		Integrity     *xmlIntegrity     `xml:"dataIntegrity"`
		KeyEncryptors []xmlKeyEncryptor `xml:"keyEncryptors>keyEncryptor"`
	}
)

// readDescriptor reads and judges an EncryptionInfo stream.
func readDescriptor(stream []byte) (descriptor, error) {
	if len(stream) < 8 {
		return descriptor{}, damaged("encryption information of %d bytes", len(stream))
	}
	version, flags := binary.LittleEndian.Uint32(stream), binary.LittleEndian.Uint32(stream[4:])
	if version != agileVersion || flags != agileFlags {
		return descriptor{}, unsupported("encryption version %d.%d (only agile, 4.4)", version&0xffff, version>>16)
	}
	if len(stream) > maxDescriptorBytes {
		return descriptor{}, damaged("encryption information of %d bytes", len(stream))
	}
	var x xmlDescriptor
	decoder := xml.NewDecoder(bytes.NewReader(stream[8:]))
	if err := decoder.Decode(&x); err != nil {
		return descriptor{}, damaged("reading the encryption information: %v", err)
	}
	return judge(x)
}

// judge turns the XML into a descriptor that is safe to compute with.
func judge(x xmlDescriptor) (descriptor, error) {
	access := passwordAccess(x)
	switch {
	case access == nil:
		return descriptor{}, unsupported("a file that no passphrase opens")
	case x.Integrity == nil:
		return descriptor{}, unsupported("a file without an integrity value")
	case access.SpinCount > maxSpins:
		return descriptor{}, unsupported("%d spins (at most %d)", access.SpinCount, maxSpins)
	}
	content, contentErr := x.KeyData.suite()
	opener, openerErr := access.suite()
	if err := errors.Join(contentErr, openerErr); err != nil {
		return descriptor{}, err
	}
	d := descriptor{content: content, access: opener, spins: access.SpinCount}
	for _, field := range []struct {
		to   *[]byte
		text string
		need int // bytes that the field holds before it is filled up to blocks
	}{
		{&d.integrityKey, x.Integrity.Key, content.digest.size},
		{&d.integrityValue, x.Integrity.Value, content.digest.size},
		{&d.verifierInput, access.VerifierInput, 1},
		{&d.verifierHash, access.VerifierHash, opener.digest.size},
		{&d.packageKey, access.PackageKey, content.keyBits / 8},
	} {
		value, err := base64.StdEncoding.DecodeString(field.text)
		if err != nil || len(value) < field.need || len(value)%aes.BlockSize != 0 || len(value) > maxSaltBytes {
			return descriptor{}, damaged("an encrypted value of the encryption information has a wrong length")
		}
		*field.to = value
	}
	return d, nil
}

// passwordAccess finds the entry that a passphrase opens. There may be others,
// for certificates.
func passwordAccess(x xmlDescriptor) *xmlAccess {
	for _, e := range x.KeyEncryptors {
		if e.URI == passwordKeyEncryptor && e.Access != nil {
			return e.Access
		}
	}
	return nil
}

// suite checks one set of algorithms.
func (x xmlSuite) suite() (suite, error) {
	hash, err := digestNamed(x.HashAlgorithm)
	if err != nil {
		return suite{}, err
	}
	switch {
	case x.CipherAlgorithm != "AES":
		return suite{}, unsupported("cipher %.20q", x.CipherAlgorithm)
	case x.CipherChaining != "ChainingModeCBC":
		return suite{}, unsupported("cipher mode %.20q", x.CipherChaining)
	case x.KeyBits != 128 && x.KeyBits != 192 && x.KeyBits != 256:
		return suite{}, unsupported("keys of %d bits", x.KeyBits)
	case x.BlockSize != aes.BlockSize || x.HashSize != hash.size:
		return suite{}, damaged("block size %d and hash size %d do not fit AES and %s", x.BlockSize, x.HashSize, hash.name)
	}
	salt, err := base64.StdEncoding.DecodeString(x.SaltValue)
	if err != nil || len(salt) != x.SaltSize || len(salt) == 0 || len(salt) > maxSaltBytes {
		return suite{}, damaged("salt does not have its %d bytes", x.SaltSize)
	}
	return suite{digest: hash, keyBits: x.KeyBits, salt: salt}, nil
}

// write gives the EncryptionInfo stream, in the spelling that Word uses: it
// does not read every other spelling that XML would allow.
func (d descriptor) write(w io.Writer) error {
	header := binary.LittleEndian.AppendUint32(nil, agileVersion)
	header = binary.LittleEndian.AppendUint32(header, agileFlags)
	_, err := fmt.Fprintf(w, `%s<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\r\n"+
		`<encryption xmlns="%s" xmlns:p="%s" xmlns:c="%s"><keyData %s/>`+
		`<dataIntegrity encryptedHmacKey="%s" encryptedHmacValue="%s"/>`+
		`<keyEncryptors><keyEncryptor uri="%s"><p:encryptedKey spinCount="%d" %s`+
		` encryptedVerifierHashInput="%s" encryptedVerifierHashValue="%s" encryptedKeyValue="%s"/>`+
		`</keyEncryptor></keyEncryptors></encryption>`,
		header, encryptionNamespace, passwordKeyEncryptor, certificateKeyEncryptor, d.content.attributes(),
		inBase64(d.integrityKey), inBase64(d.integrityValue),
		passwordKeyEncryptor, d.spins, d.access.attributes(),
		inBase64(d.verifierInput), inBase64(d.verifierHash), inBase64(d.packageKey))
	return err
}

// attributes writes a suite the way keyData and encryptedKey share.
func (s suite) attributes() string {
	return fmt.Sprintf(`saltSize="%d" blockSize="%d" keyBits="%d" hashSize="%d" cipherAlgorithm="AES"`+
		` cipherChaining="ChainingModeCBC" hashAlgorithm="%s" saltValue="%s"`,
		len(s.salt), aes.BlockSize, s.keyBits, s.digest.size, s.digest.name, inBase64(s.salt))
}

func inBase64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
