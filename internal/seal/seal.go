package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/office"
	"github.com/pepost/pepost/internal/route"
)

// Seal gives the final bytes of one message. The error is a [NotSealedError]
// where the decision permits none, and a [MismatchError] where the contents or
// the envelope do not fit the decision; then the Parcel is empty.
func Seal(d route.Decision, c letter.Contents, e Envelope, s Secrets) (Parcel, error) {
	protect, err := protection(d)
	if err != nil {
		return Parcel{}, err
	}
	if s.Rand == nil {
		return Parcel{}, mismatch("randomness", "is not given")
	}
	if err := e.check(d); err != nil {
		return Parcel{}, err
	}
	if err := checkContents(c); err != nil {
		return Parcel{}, err
	}
	if err := checkDigest(d, c, e); err != nil {
		return Parcel{}, err
	}
	passphrase := ""
	if protect {
		if c, passphrase, err = protectDocument(c, s.Rand); err != nil {
			return Parcel{}, err
		}
	}
	data, err := compose(c, e, s.Rand)
	if err != nil {
		return Parcel{}, err
	}
	if err := readBack(data, c, e, passphrase); err != nil {
		return Parcel{}, err
	}
	sum := sha256.Sum256(data)
	return Parcel{
		Bytes: data, SHA256: hex.EncodeToString(sum[:]), MessageID: e.MessageID,
		From: e.From.Canonical(), To: e.To.Canonical(), Passphrase: passphrase,
	}, nil
}

// protection tells whether the document is to be encrypted. What is not one of
// the two pairs named here is not sealed.
func protection(d route.Decision) (encrypt bool, err error) {
	switch verdict := d.Settled(); {
	case verdict == route.Secure && d.Method == route.MethodTLS:
		return false, nil
	case verdict == route.Encrypt && d.Method == route.MethodProtectedDocument:
		return true, nil
	default:
		return false, &NotSealedError{Verdict: verdict, Method: d.Method}
	}
}

// protectDocument encrypts every attachment under one passphrase. A message
// without any, such as a reminder, has none; either way the rest must be
// silent about what it is.
func protectDocument(c letter.Contents, random io.Reader) (letter.Contents, string, error) {
	if err := c.Silent(); err != nil {
		return letter.Contents{}, "", fmt.Errorf("sealing a message: %w", err)
	}
	if len(c.Attachments) == 0 {
		return c, "", nil
	}
	passphrase, err := drawPassphrase(random)
	if err != nil {
		return letter.Contents{}, "", err
	}
	locked := make([]letter.Attachment, len(c.Attachments))
	for i, a := range c.Attachments {
		if a.Type != letter.Word.MediaType() {
			return letter.Contents{}, "", mismatch("document", "is no Word file, and only those can be protected")
		}
		data, err := office.Encrypt(a.Data, passphrase, random)
		if err != nil {
			return letter.Contents{}, "", fmt.Errorf("protecting the document: %w", err)
		}
		locked[i] = letter.Attachment{Name: a.Name, Type: a.Type, Data: data}
	}
	c.Attachments = locked
	return c, passphrase, nil
}
