// Package imapin fetches returned mail from a mailbox over IMAP.
//
// It takes an account and gives the waiting messages, the oldest first and in
// bounded batches, and puts each into a folder once it was taken in; it fills
// the seam [receive.Mailbox]. Nothing is ever deleted, read marks stay as they
// are, and a message that is larger than can be taken in is given as its
// header alone. The connection is TLS with a verified certificate, or there is
// none: no password and no mail is ever sent in clear. It judges no message.
package imapin

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/pepost/pepost/internal/receive"
)

// MaxMessage is the size of the largest message that is fetched whole.
const MaxMessage = 35 << 20

// maxHeader is how much of a larger one is fetched.
const maxHeader = 64 << 10

// Account is a mailbox and how to get at it.
type Account struct {
	Addr string // host:port
	Host string // the name on the certificate
	// Implicit is TLS from the first byte (port 993); else STARTTLS is required.
	Implicit bool
	Roots    *x509.CertPool // nil means the system's
	Username string
	// Secret gives the password, or the token where Bearer is set, each time
	// that it is needed.
	Secret func() (string, error)
	Bearer bool // XOAUTH2
	Folder string
	// Taken is the folder for what was taken in, ForPerson for what a person
	// must read. Both are made where they are missing.
	Taken, ForPerson string
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

// ErrNoMove says that a server cannot move one message without touching others.
var ErrNoMove = errors.New("the mail server can neither move a message nor remove one alone (RFC 6851, RFC 4315)")

// Open connects, signs in and opens the folder.
func Open(ctx context.Context, a Account) (*Box, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", a.Addr)
	if err != nil {
		return nil, fmt.Errorf("connecting to the mailbox: %w", err)
	}
	b := &Box{account: a, release: context.AfterFunc(ctx, func() { _ = conn.Close() })}
	if b.client, err = a.secure(ctx, conn); err != nil {
		b.release()
		_ = conn.Close()
		return nil, fmt.Errorf("securing the connection to the mailbox: %w", err)
	}
	if err := b.enter(); err != nil {
		return nil, errors.Join(err, b.Close())
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

// enter signs in and opens the folder.
func (b *Box) enter() error {
	secret, err := b.account.Secret()
	if err != nil {
		return fmt.Errorf("reading what signs in to the mailbox: %w", err)
	}
	if b.account.Bearer {
		err = b.client.Authenticate(&bearer{b.account.Username, secret})
	} else {
		err = b.client.Login(b.account.Username, secret).Wait()
	}
	if err != nil {
		return errors.New("the mailbox does not take the user name with this password or token") // what the server says may repeat them
	}
	caps := b.client.Caps()
	if !caps.Has(imap.CapMove) && !caps.Has(imap.CapUIDPlus) {
		return ErrNoMove
	}
	for _, folder := range []string{b.account.Taken, b.account.ForPerson} {
		if err := b.client.Create(folder, nil).Wait(); err != nil && !exists(err) {
			return fmt.Errorf("making a folder in the mailbox: %w", err)
		}
	}
	selected, err := b.client.Select(b.account.Folder, nil).Wait()
	if err != nil {
		return fmt.Errorf("opening the folder of the mailbox: %w", err)
	}
	b.validity = selected.UIDValidity
	return nil
}

// exists reports that a folder is there already. Servers that do not say so by
// a code are believed once the folder takes a message.
func exists(err error) bool {
	var told *imap.Error
	return errors.As(err, &told) && told.Type == imap.StatusResponseTypeNo
}

// Waiting gives at most limit messages of the folder, the oldest first.
func (b *Box) Waiting(_ context.Context, limit int) ([]receive.Fetched, error) {
	found, err := b.client.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagDeleted}}, nil).Wait()
	if err != nil {
		return nil, fmt.Errorf("asking the mailbox what waits: %w", err)
	}
	uids := found.AllUIDs()
	slices.Sort(uids)
	var all []receive.Fetched
	for _, uid := range uids[:min(len(uids), limit)] {
		data, err := b.fetch(uid)
		if err != nil {
			return nil, err
		}
		if data != nil {
			all = append(all, receive.Fetched{ID: fmt.Sprintf("%d:%d", b.validity, uid), Data: data})
		}
	}
	return all, nil
}

// fetch gives one message without marking it as read: nil where somebody took
// it away meanwhile, its header alone where it is too large.
func (b *Box) fetch(uid imap.UID) ([]byte, error) {
	sized, err := b.client.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
	if err != nil {
		return nil, fmt.Errorf("asking for the size of a message: %w", err)
	}
	if len(sized) == 0 {
		return nil, nil
	}
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: MaxMessage}}
	if sized[0].RFC822Size > MaxMessage {
		section = &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true, Partial: &imap.SectionPartial{Size: maxHeader}}
	}
	got, err := b.client.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil {
		return nil, fmt.Errorf("fetching a message: %w", err)
	}
	if len(got) == 0 || len(got[0].BodySection) == 0 {
		return nil, nil
	}
	return got[0].BodySection[0].Bytes, nil
}

// File moves a message into the folder that its verdict calls for. One that
// was fetched before the mailbox was made anew is left: it is given again.
func (b *Box) File(_ context.Context, id string, verdict receive.Verdict) error {
	validity, number, _ := strings.Cut(id, ":")
	uid, err := strconv.ParseUint(number, 10, 32)
	if err != nil || validity != strconv.FormatUint(uint64(b.validity), 10) {
		return nil
	}
	folder := b.account.Taken
	if verdict == receive.ForPerson || verdict == receive.Bounced {
		folder = b.account.ForPerson
	}
	if _, err := b.client.Move(imap.UIDSetNum(imap.UID(uid)), folder).Wait(); err != nil {
		return fmt.Errorf("moving a message within the mailbox: %w", err)
	}
	return nil
}

// Close takes leave.
func (b *Box) Close() error {
	b.release()
	_ = b.client.Logout().Wait() // nothing hangs on it
	if err := b.client.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("leaving the mailbox: %w", err)
	}
	return nil
}

// bearer signs in with a token (XOAUTH2, as Exchange Online and Google take it).
type bearer struct{ user, token string }

// Start gives the one thing that is said.
func (b *bearer) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + b.user + "\x01auth=Bearer " + b.token + "\x01\x01"), nil
}

// Next answers the server's words about a refusal, after which it refuses.
func (b *bearer) Next([]byte) ([]byte, error) { return []byte{}, nil }
