package keyring

import (
	"bytes"
	"errors"
	"io"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// The packet types of a key (RFC 9580 section 5).
const (
	tagSignature    = 2
	tagSecretKey    = 5
	tagPublicKey    = 6
	tagSecretSubkey = 7
	tagTrust        = 12
	tagUserID       = 13
	tagPublicSubkey = 14
	tagAttribute    = 17
	tagMarker       = 10
	tagPadding      = 21
)

// What a key may have at most. Every signature is verified, so that their
// number bounds the work.
const (
	maxPackets    = 600
	maxSignatures = 400
	maxUserIDs    = 64
	maxSubkeys    = 32
	maxUserID     = 1024
)

// checkPackets looks through the packets before anything is computed with
// them: which there are, how many, and whether their algorithms are such that
// verifying them takes no longer than it should. With private set the secret
// counterparts are wanted instead.
func checkPackets(raw []byte, private bool) error {
	count := map[uint8]int{}
	packets := packet.NewOpaqueReader(bytes.NewReader(raw))
	for total := 0; ; total++ {
		p, err := packets.Next()
		if errors.Is(err, io.EOF) {
			return checkCounts(count, private)
		}
		if err != nil {
			return refused("not a whole OpenPGP key: ask for it again")
		}
		if total == maxPackets {
			return refused("more than %d packets: ask for the key without other people's signatures", maxPackets)
		}
		count[p.Tag]++
		if err := checkPacket(p, private); err != nil {
			return err
		}
	}
}

func checkPacket(p *packet.OpaquePacket, private bool) error {
	switch p.Tag {
	case tagPublicKey, tagPublicSubkey:
		return checkKeyPacket(p.Contents)
	case tagSecretKey, tagSecretSubkey:
		if !private {
			return refusedPrivate()
		}
		return checkKeyPacket(p.Contents)
	case tagUserID:
		if len(p.Contents) > maxUserID {
			return refused("a user ID is longer than %d bytes", maxUserID)
		}
	case tagSignature, tagTrust, tagAttribute, tagMarker, tagPadding:
	default:
		return refused("something that is not part of a key stands in the file")
	}
	return nil
}

// checkKeyPacket looks at version and algorithm: a version byte, four bytes of
// time and, in version 4, the algorithm.
func checkKeyPacket(body []byte) error {
	if len(body) < 6 {
		return refused("not a whole OpenPGP key: ask for it again")
	}
	if body[0] != 4 {
		return refused("a key of version %d: this program and GnuPG both work with version 4 keys only, ask for one", body[0])
	}
	switch packet.PublicKeyAlgorithm(body[5]) {
	case packet.PubKeyAlgoDSA, packet.PubKeyAlgoElGamal:
		return refused("too weak: a key with DSA or ElGamal, which are no longer used; ask for a new one")
	case packet.PubKeyAlgoRSA, packet.PubKeyAlgoRSAEncryptOnly, packet.PubKeyAlgoRSASignOnly:
		if mpiBits(body[6:]) > maxRSA {
			return refused("an RSA key of more than %d bits: ask for one of 3072 or 4096", maxRSA)
		}
	}
	return nil
}

// maxRSA is far beyond what anybody uses; computing with more takes seconds.
const maxRSA = 16384

// mpiBits is the length in bits that a multiprecision integer begins with.
func mpiBits(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	return int(b[0])<<8 | int(b[1])
}

func checkCounts(count map[uint8]int, private bool) error {
	primary, subkeys := count[tagPublicKey], count[tagPublicSubkey]
	if private {
		primary, subkeys = count[tagSecretKey], count[tagSecretSubkey]
	}
	switch {
	case primary == 0:
		return refused("no primary key in the file")
	case primary > 1 || private && count[tagPublicKey]+count[tagPublicSubkey] > 0:
		return refused("more than one key in the file: put each into a file of its own")
	case subkeys > maxSubkeys || count[tagUserID] > maxUserIDs || count[tagSignature] > maxSignatures:
		return refused("more than %d subkeys, %d user IDs or %d signatures", maxSubkeys, maxUserIDs, maxSignatures)
	case count[tagUserID] == 0:
		return refused("no user ID in the key: nobody can tell whose it is")
	}
	return nil
}
