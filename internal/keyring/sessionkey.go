package keyring

import (
	"bytes"
	"crypto/rsa"
	"encoding/binary"
	"fmt"
	"io"
	"math/big"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// sessionKeyTo writes the packet that lets one key open the message. For RSA it
// is made here: the standard library draws its padding from the machine, so
// that the same message would have other bytes each time it is sealed.
func (w *writing) sessionKeyTo(to *packet.PublicKey) error {
	public, isRSA := to.PublicKey.(*rsa.PublicKey)
	if !isRSA {
		if err := packet.SerializeEncryptedKeyAEAD(&w.out, to, w.cipher, false, w.session, w.config()); err != nil {
			return fmt.Errorf("encrypting the session key: %w", err)
		}
		return nil
	}
	cipherText, err := encryptRSA(public, sessionBlock(w.cipher, w.session), w.sealing.Rand)
	if err != nil {
		return err
	}
	body := []byte{3}
	body = binary.BigEndian.AppendUint64(body, to.KeyId)
	body = append(body, byte(packet.PubKeyAlgoRSA))
	body = binary.BigEndian.AppendUint16(body, uint16(cipherText.BitLen()))
	body = append(body, cipherText.Bytes()...)
	writePacket(&w.out, tagSessionKey, body)
	return nil
}

// sessionBlock is the cipher, the session key and the sum of its bytes
// (RFC 9580 section 5.1).
func sessionBlock(cipher packet.CipherFunction, session []byte) []byte {
	var sum uint16
	for _, b := range session {
		sum += uint16(b)
	}
	return binary.BigEndian.AppendUint16(append([]byte{byte(cipher)}, session...), sum)
}

// encryptRSA is EME-PKCS1-v1_5 (RFC 9580 section 12.1.1, RFC 8017 section
// 7.2.1): padding of 8 or more random bytes that are not zero.
func encryptRSA(to *rsa.PublicKey, message []byte, random io.Reader) (*big.Int, error) {
	size := to.Size()
	if len(message)+11 > size {
		return nil, fmt.Errorf("encrypting the session key: an RSA key of %d bits holds none", to.N.BitLen())
	}
	block := make([]byte, size)
	block[1] = 2
	copy(block[size-len(message):], message)
	for i := 2; i < size-len(message)-1; i++ {
		for block[i] == 0 {
			if _, err := io.ReadFull(random, block[i:i+1]); err != nil {
				return nil, fmt.Errorf("drawing padding: %w", err)
			}
		}
	}
	return new(big.Int).Exp(new(big.Int).SetBytes(block), big.NewInt(int64(to.E)), to.N), nil
}

// writePacket writes a packet of known length (RFC 9580 section 4.2.1).
func writePacket(to *bytes.Buffer, tag byte, body []byte) {
	to.WriteByte(0xC0 | tag)
	switch n := len(body); {
	case n < 192:
		to.WriteByte(byte(n))
	case n < 8384:
		to.Write([]byte{byte((n-192)>>8) + 192, byte(n - 192)})
	default:
		to.WriteByte(0xFF)
		to.Write(binary.BigEndian.AppendUint32(nil, uint32(n)))
	}
	to.Write(body)
}
