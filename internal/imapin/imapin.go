// Package imapin fetches returned mail from a mailbox over IMAP.
//
// It takes an account and gives the waiting messages, the oldest first and in
// bounded batches, and puts each into a folder once it was taken in; it fills
// the seam [receive.Mailbox]. [Probe] says what would keep it from doing so,
// and changes nothing. Nothing is ever deleted, read marks stay as they are,
// and a message that is larger than can be taken in is given as its header
// alone. The connection is TLS with a verified certificate, or there is none:
// no password and no mail is ever sent in clear. It judges no message.
package imapin

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/pepost/pepost/internal/receive"
)

// Account is a mailbox and how to get at it.
type Account struct {
	Addr string // host:port
	Host string // the name on the certificate
	// Implicit is TLS from the first byte (RFC 8314); else STARTTLS is required.
	Implicit bool
	Roots    *x509.CertPool // nil means the system's
	Username string
	// Password is asked each time that it is needed. Where Token is set, that is
	// asked instead, for another one than was just refused (XOAUTH2).
	Password func() (string, error)
	Token    func(ctx context.Context, refused string) (string, error)
	// Folder is read.
	Folder string
	// Taken is the folder for what was taken in, ForPerson for what a person
	// must read. Both are made where they are missing.
	Taken, ForPerson string
	// MaxSize is the size in bytes up to which a message is fetched whole;
	// nought, and whatever is more, means [MaxMessage].
	MaxSize int64
}

var _ receive.Mailbox = (*Box)(nil)

// Box is one open mailbox. Its methods are called from one goroutine; the end
// of the context that it was opened with breaks it off.
type Box struct {
	account  Account
	client   *imapclient.Client
	validity uint32
	release  func() bool
}

// openWithin is how long connecting, signing in and opening may take together.
const openWithin = time.Minute

// Open connects, signs in, opens the folder and makes the two others where
// they are missing. The error is a [FaultError].
func Open(ctx context.Context, a Account) (*Box, error) {
	return opened(ctx, a, func(b *Box) error {
		missing, err := b.missing()
		if err != nil {
			return err
		}
		for _, folder := range missing {
			if err := b.client.Create(folder, nil).Wait(); err != nil {
				return &FaultError{Making, told(err)}
			}
		}
		return b.choose(false)
	})
}

// Probe signs in, looks at the folders and changes nothing. It gives the
// folders that [Open] would make; the error is a [FaultError].
func Probe(ctx context.Context, a Account) (missing []string, err error) {
	b, err := opened(ctx, a, func(b *Box) error {
		if err := b.choose(true); err != nil {
			return err
		}
		missing, err = b.missing()
		return err
	})
	if err != nil {
		return nil, err
	}
	return missing, b.Close()
}

// opened is a box that was signed in to and made ready in time.
func opened(ctx context.Context, a Account, ready func(*Box) error) (*Box, error) {
	opening, done := context.WithTimeout(ctx, openWithin)
	defer done()
	conn, err := (&net.Dialer{}).DialContext(opening, "tcp", a.Addr)
	if err != nil {
		return nil, &FaultError{Connecting, err}
	}
	b := &Box{account: a, release: context.AfterFunc(ctx, func() { _ = conn.Close() })}
	defer context.AfterFunc(opening, func() { _ = conn.Close() })()
	if b.client, err = a.secure(opening, conn); err != nil {
		b.release()
		_ = conn.Close()
		return nil, &FaultError{Securing, err}
	}
	if err = b.signIn(opening); err == nil {
		err = ready(b)
	}
	if err != nil {
		_ = b.Close() // what went wrong first is what matters
		return nil, err
	}
	return b, nil
}

// secure gives a client over verified TLS.
func (a Account) secure(ctx context.Context, conn net.Conn) (*imapclient.Client, error) {
	settings := &tls.Config{ServerName: a.Host, RootCAs: a.Roots, MinVersion: tls.VersionTLS12}
	if !a.Implicit {
		return imapclient.NewStartTLS(conn, &imapclient.Options{TLSConfig: settings})
	}
	secured := tls.Client(conn, settings)
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return imapclient.New(secured, nil), nil
}

// missing are the folders that mail is moved to and that are not there.
func (b *Box) missing() ([]string, error) {
	var missing []string
	for _, folder := range []string{b.account.Taken, b.account.ForPerson} {
		found, err := b.client.List("", folder, nil).Collect()
		if err != nil {
			return nil, &FaultError{Listing, told(err)}
		}
		if len(found) == 0 && (len(missing) == 0 || missing[0] != folder) {
			missing = append(missing, folder)
		}
	}
	return missing, nil
}

// choose opens the folder that is read.
func (b *Box) choose(readOnly bool) error {
	selected, err := b.client.Select(b.account.Folder, &imap.SelectOptions{ReadOnly: readOnly}).Wait()
	if err != nil {
		return &FaultError{Choosing, told(err)}
	}
	b.validity = selected.UIDValidity
	return nil
}

// Close takes leave.
func (b *Box) Close() error {
	b.release()
	_ = b.client.Logout().Wait() // nothing hangs on it
	if err := b.client.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return &FaultError{Leaving, err}
	}
	return nil
}
