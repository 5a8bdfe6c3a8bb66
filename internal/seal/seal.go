package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/office"
	"github.com/pepost/pepost/internal/pdf"
	"github.com/pepost/pepost/internal/route"
)

// Seal gives the final bytes of one message. The error is a [NotSealedError]
// where the decision permits none, and a [MismatchError] where the contents or
// the envelope do not fit the decision; then the Parcel is empty.
func Seal(d route.Decision, c letter.Contents, e Envelope, s Secrets) (Parcel, error) {
	how, err := protection(d, e, s)
	if err != nil {
		return Parcel{}, err
	}
	if s.Rand == nil {
		return Parcel{}, mismatch("randomness", "is not given")
	}
	if err := e.check(d); err != nil {
		return Parcel{}, err
	}
	c.Subject = WithoutOrders(c.Subject, e.Gateways)
	if err := checkContents(c); err != nil {
		return Parcel{}, err
	}
	if err := checkDigest(d, c, e); err != nil {
		return Parcel{}, err
	}
	data, passphrase, err := how(c, e, s)
	if err != nil {
		return Parcel{}, err
	}
	sum := sha256.Sum256(data)
	return Parcel{
		Bytes: data, SHA256: hex.EncodeToString(sum[:]), MessageID: e.MessageID,
		From: e.From.Canonical(), To: e.To.Canonical(), Passphrase: passphrase,
	}, nil
}

// way makes the final bytes of a message, read back, and the passphrase of its
// document where it has one.
type way func(c letter.Contents, e Envelope, s Secrets) (data []byte, passphrase string, err error)

// protection gives the way of sealing that a decision asks for. What is not one
// of the pairs named here is not sealed, and nothing by OpenPGP without a key or
// for a gateway that is not described.
func protection(d route.Decision, e Envelope, s Secrets) (way, error) {
	switch verdict := d.Settled(); {
	case verdict == route.Secure && d.Method == route.MethodTLS:
		return plain, nil
	case verdict == route.Encrypt && d.Method == route.MethodProtectedDocument:
		return protected, nil
	case verdict == route.Encrypt && d.Method == route.MethodOpenPGP && s.OpenPGP != nil && !s.OpenPGP.Recipient.IsZero():
		return encryptWhole, nil
	case verdict == route.Encrypt && d.Method == route.MethodGateway:
		for _, g := range e.Gateways {
			if fits(g, d) {
				return throughGateway(g), nil
			}
		}
	}
	return nil, &NotSealedError{Verdict: d.Settled(), Method: d.Method}
}

// plain is the message as it is, for a connection on which TLS is verified.
func plain(c letter.Contents, e Envelope, s Secrets) ([]byte, string, error) {
	data, err := compose(c, e, s.Rand)
	if err != nil {
		return nil, "", err
	}
	return data, "", readBack(data, c, e, "")
}

// protected is the message with its document under a passphrase.
func protected(c letter.Contents, e Envelope, s Secrets) ([]byte, string, error) {
	c, passphrase, err := protectDocument(c, s)
	if err != nil {
		return nil, "", err
	}
	data, err := compose(c, e, s.Rand)
	if err != nil {
		return nil, "", err
	}
	return data, passphrase, readBack(data, c, e, passphrase)
}

// protectDocument encrypts every attachment under one passphrase: the agreed
// one, else one that is drawn. A message without any, such as a reminder, has
// none; either way the rest must be silent about what it is.
func protectDocument(c letter.Contents, s Secrets) (letter.Contents, string, error) {
	if err := c.Silent(); err != nil {
		return letter.Contents{}, "", fmt.Errorf("sealing a message: %w", err)
	}
	if len(c.Attachments) == 0 {
		return c, "", nil
	}
	passphrase, err := s.passphrase()
	if err != nil {
		return letter.Contents{}, "", err
	}
	locked := make([]letter.Attachment, len(c.Attachments))
	for i, a := range c.Attachments {
		data, err := protect(a, passphrase, s.Rand)
		if err != nil {
			return letter.Contents{}, "", err
		}
		locked[i] = letter.Attachment{Name: a.Name, Type: a.Type, Data: data}
	}
	c.Attachments = locked
	return c, passphrase, nil
}

// protect encrypts one file: Word by agile encryption, PDF by AES-256. Any
// other kind is refused, never sent as it is.
func protect(a letter.Attachment, passphrase string, random io.Reader) ([]byte, error) {
	var data []byte
	var err error
	switch a.Type {
	case letter.Word.MediaType():
		data, err = office.Encrypt(a.Data, passphrase, random)
	case letter.PDF.MediaType():
		data, err = pdf.Lock(a.Data, passphrase, random)
	default:
		return nil, mismatch("document", "is neither Word nor PDF, and only those can be protected")
	}
	if err != nil {
		return nil, fmt.Errorf("protecting the document: %w", err)
	}
	return data, nil
}

// shortestPhrase is how short an agreed phrase may be, in bytes: what is drawn
// is never shorter.
const shortestPhrase = 20

// passphrase is the agreed one, if it is as strong as one that is drawn.
func (s Secrets) passphrase() (string, error) {
	if s.Passphrase == "" {
		return drawPassphrase(s.Rand)
	}
	if len(s.Passphrase) < shortestPhrase {
		return "", mismatch("agreed phrase", "is too short")
	}
	return s.Passphrase, nil
}
