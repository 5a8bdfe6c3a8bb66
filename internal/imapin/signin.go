package imapin

import (
	"context"
	"errors"

	"github.com/emersion/go-imap/v2"
)

// signIn says who we are, and sees that the server can move a message.
func (b *Box) signIn(ctx context.Context) error {
	var err error
	if b.account.Token != nil {
		err = b.withToken(ctx)
	} else {
		err = b.withPassword()
	}
	if err != nil {
		return err
	}
	caps := b.client.Caps()
	if !caps.Has(imap.CapMove) && !caps.Has(imap.CapUIDPlus) {
		return &FaultError{SigningIn, ErrNoMove}
	}
	return nil
}

var errSignIn = errors.New("the mail server does not take the user name with this password or token")

func (b *Box) withPassword() error {
	password, err := b.account.Password()
	if err != nil {
		return &FaultError{ReadingLogin, err}
	}
	return refusal(b.client.Login(b.account.Username, password).Wait())
}

// withToken signs in with a token, and once more with another where the first
// was refused: it may have expired.
func (b *Box) withToken(ctx context.Context) error {
	refused := ""
	for try := 0; ; try++ {
		token, err := b.account.Token(ctx, refused)
		if err != nil {
			return &FaultError{ReadingLogin, err}
		}
		err = refusal(b.client.Authenticate(&bearer{b.account.Username, token}))
		if !errors.Is(err, errSignIn) || token == refused || try > 0 {
			return err
		}
		refused = token
	}
}

// refusal is the server's answer to a sign-in.
func refusal(err error) error {
	if err == nil {
		return nil
	}
	if err = told(err); errors.Is(err, ErrRefused) || errors.Is(err, ErrNotThere) {
		err = errSignIn
	}
	return &FaultError{SigningIn, err}
}

// bearer signs in with a token (XOAUTH2, as Exchange Online and Google take it).
type bearer struct{ user, token string }

// Start gives the one thing that is said.
func (b *bearer) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + b.user + "\x01auth=Bearer " + b.token + "\x01\x01"), nil
}

// Next answers the server's words about a refusal, after which it refuses.
func (b *bearer) Next([]byte) ([]byte, error) { return []byte{}, nil }
