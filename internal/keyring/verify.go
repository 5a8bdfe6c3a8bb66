package keyring

import (
	"bytes"
	"crypto/aes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// The packet types of a message.
const (
	tagSessionKey = 1
	tagOnePass    = 4
	tagLiteral    = 11
	tagEncrypted  = 18
)

// verify reads an armored message with the session key it was made with, by
// code that shares nothing with what wrote it but the checksum's polynomial: it
// is for the intended keys and for no others, it is whole, and what it holds is
// what was put in, byte for byte.
func (w *writing) verify(armored, inner []byte) error {
	data, err := unarmored(armored)
	if err != nil {
		return err
	}
	keyIDs, keyPackets, encrypted, err := outerPackets(data)
	if err != nil {
		return err
	}
	if len(keyIDs) != len(w.keyIDs) {
		return notVerified("it opens with %d keys, %d are intended", len(keyIDs), len(w.keyIDs))
	}
	for i, id := range keyIDs {
		if id != w.keyIDs[i] {
			return notVerified("it opens with a key that is not intended")
		}
	}
	// What they hold for the recipients nobody else can open: it must be as it
	// was written.
	if sha256.Sum256(keyPackets) != w.keyPackets {
		return notVerified("a key packet is damaged")
	}
	plain, err := w.decrypt(encrypted)
	if err != nil {
		return err
	}
	return w.compare(plain, inner)
}

func notVerified(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrNotVerified, fmt.Sprintf(format, args...))
}

// unarmored takes the armor off, strictly as it was put on.
func unarmored(text []byte) ([]byte, error) {
	body, begun := bytes.CutPrefix(text, []byte(armorBegin))
	body, ended := bytes.CutSuffix(body, []byte(armorEnd))
	at := bytes.LastIndex(body, []byte("\n="))
	if !begun || !ended || at < 0 {
		return nil, notVerified("the armor has no beginning or no end")
	}
	sum, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(string(body[at+2:]), "\n"))
	if err != nil || len(sum) != 3 {
		return nil, notVerified("the armor has no checksum")
	}
	data := make([]byte, base64.StdEncoding.DecodedLen(at))
	n, err := base64.StdEncoding.Strict().Decode(data, body[:at]) // which passes over line ends
	if err != nil {
		return nil, notVerified("the armor is damaged")
	}
	if crc24(data[:n]) != uint32(sum[0])<<16|uint32(sum[1])<<8|uint32(sum[2]) {
		return nil, notVerified("the armor's checksum differs")
	}
	return data[:n], nil
}

// outerPackets gives the key IDs that a message opens with, the packets they
// stand in, and its one encrypted packet, which must be the last.
func outerPackets(data []byte) (keyIDs []uint64, keyPackets, encrypted []byte, err error) {
	for whole := data; len(data) > 0; {
		tag, body, rest, ok := nextPacket(data)
		switch {
		case !ok:
			return nil, nil, nil, notVerified("a packet is not whole")
		case tag == tagSessionKey && len(body) > 10 && body[0] == 3:
			keyIDs = append(keyIDs, binary.BigEndian.Uint64(body[1:9]))
		case tag == tagEncrypted && len(rest) == 0 && len(body) > 0 && body[0] == 1:
			return keyIDs, whole[:len(whole)-len(data)], body[1:], nil
		default:
			return nil, nil, nil, notVerified("a packet of another kind stands in it")
		}
		data = rest
	}
	return nil, nil, nil, notVerified("nothing is encrypted in it")
}

// nextPacket cuts the first packet off (RFC 9580 section 4.2.1), its partial
// lengths joined.
func nextPacket(data []byte) (tag byte, body, rest []byte, ok bool) {
	if len(data) < 2 || data[0]&0xC0 != 0xC0 {
		return 0, nil, nil, false
	}
	tag, rest = data[0]&0x3F, data[1:]
	joined := false
	for {
		size, head, partial := packetLength(rest)
		if head == 0 || size > len(rest)-head {
			return 0, nil, nil, false
		}
		part := rest[head : head+size]
		rest = rest[head+size:]
		switch {
		case !partial && !joined:
			return tag, part, rest, true
		case !joined:
			joined, body = true, make([]byte, 0, len(data))
		}
		body = append(body, part...)
		if !partial {
			return tag, body, rest, true
		}
	}
}

// packetLength reads one length; head is how many bytes it takes, zero where it
// is not whole.
func packetLength(b []byte) (size, head int, partial bool) {
	switch {
	case len(b) == 0:
		return 0, 0, false
	case b[0] < 192:
		return int(b[0]), 1, false
	case b[0] < 224 && len(b) > 1:
		return int(b[0]-192)<<8 + int(b[1]) + 192, 2, false
	case b[0] == 255 && len(b) > 4:
		return int(binary.BigEndian.Uint32(b[1:5])), 5, false
	case b[0] >= 224 && b[0] < 255:
		return 1 << (b[0] & 0x1F), 1, true
	}
	return 0, 0, false
}

// decrypt undoes the cipher feedback mode of RFC 9580 section 13.9 without its
// resynchronisation, which is plain CFB with an initial value of zeros, and
// checks the two repeated bytes and the digest at the end.
func (w *writing) decrypt(data []byte) ([]byte, error) {
	const trailer = 2 + sha1.Size
	block, err := aes.NewCipher(w.session)
	if err != nil {
		return nil, fmt.Errorf("reading the message back: %w", err)
	}
	if len(data) < aes.BlockSize+2+trailer {
		return nil, notVerified("it is too short")
	}
	plain, pad := make([]byte, len(data)), make([]byte, aes.BlockSize)
	for at := 0; at < len(data); at += aes.BlockSize {
		block.Encrypt(pad, pad)
		n := subtle.XORBytes(plain[at:], data[at:], pad)
		copy(pad, data[at:at+n])
	}
	end := len(plain) - sha1.Size
	sum := sha1.Sum(plain[:end])
	switch {
	case plain[14] != plain[16] || plain[15] != plain[17]:
		return nil, notVerified("its beginning is damaged")
	case plain[end-2] != 0xD3 || plain[end-1] != sha1.Size || !bytes.Equal(sum[:], plain[end:]):
		return nil, notVerified("its digest differs")
	}
	return plain[aes.BlockSize+2 : end-2], nil
}

// compare wants exactly the packets that were asked for: the message, between
// a one-pass packet and its signature where there is a signer.
func (w *writing) compare(plain, inner []byte) error {
	want := []byte{tagLiteral}
	if w.sealing.Signer != nil {
		want = []byte{tagOnePass, tagLiteral, tagSignature}
	}
	var whole []byte // of the signature
	for _, expected := range want {
		tag, body, rest, ok := nextPacket(plain)
		if !ok || tag != expected {
			return notVerified("it does not hold what was signed and encrypted")
		}
		head := []byte{'b', 0, 0, 0, 0, 0}
		if tag == tagLiteral && (!bytes.HasPrefix(body, head) || !bytes.Equal(body[len(head):], inner)) {
			return notVerified("it holds another message")
		}
		whole, plain = plain, rest
	}
	if len(plain) > 0 {
		return notVerified("it holds more than was put in")
	}
	if w.sealing.Signer == nil {
		return nil
	}
	return w.sealing.Signer.check(whole, inner)
}

// check verifies a signature packet with the public half of the key.
func (s *Signer) check(signature, inner []byte) error {
	read, err := packet.Read(bytes.NewReader(signature))
	made, ok := read.(*packet.Signature)
	if err != nil || !ok {
		return notVerified("its signature cannot be read")
	}
	hash, err := made.PrepareVerify()
	if err != nil {
		return notVerified("its signature cannot be read")
	}
	hash.Write(inner)
	if err := s.private.PublicKey.VerifySignature(hash, made); err != nil {
		return notVerified("its signature does not hold")
	}
	return nil
}
