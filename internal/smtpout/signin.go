package smtpout

import (
	"encoding/base64"
	"strings"

	"github.com/pepost/pepost/internal/outbox"
)

// signIn makes us known to the relay, where it wants that. It is only reached
// under TLS.
func (v *conversation) signIn() error {
	switch {
	case v.relay.Username == "" && v.relay.Certificate != nil && offers(v.extensions["AUTH"], "EXTERNAL"):
		return v.byCertificate()
	case v.relay.Username == "":
		return nil
	case v.relay.Token != nil:
		return v.byToken()
	}
	return v.byPassword()
}

// byCertificate does AUTH EXTERNAL (RFC 4422 appendix A): we are whom the
// certificate names.
func (v *conversation) byCertificate() error {
	return v.welcomed(v.command(outbox.PhaseAuth, v.relay.Timeouts.Hello, "AUTH EXTERNAL ="))
}

// byPassword does AUTH PLAIN (RFC 4616).
func (v *conversation) byPassword() error {
	if !offers(v.extensions["AUTH"], "PLAIN") {
		return noSignIn("the relay does not offer AUTH PLAIN")
	}
	password, err := v.relay.Password()
	if err != nil {
		return noSignIn("the relay's password could not be read")
	}
	response := base64.StdEncoding.EncodeToString([]byte("\x00" + v.relay.Username + "\x00" + password))
	return v.welcomed(v.command(outbox.PhaseAuth, v.relay.Timeouts.Hello, "AUTH PLAIN "+response))
}

// byToken does XOAUTH2. A token that is refused may have expired: another is
// asked for once and tried once.
func (v *conversation) byToken() error {
	if !offers(v.extensions["AUTH"], "XOAUTH2") {
		return noSignIn("the relay does not offer AUTH XOAUTH2")
	}
	token, err := v.relay.Token(v.ctx, "")
	if err != nil {
		return noSignIn("the relay's token could not be had")
	}
	r, err := v.xoauth2(token)
	if err == nil && r.code >= 500 {
		fresh, freshErr := v.relay.Token(v.ctx, token)
		if freshErr != nil || fresh == token {
			return refusal(outbox.PhaseAuth, r)
		}
		r, err = v.xoauth2(fresh)
	}
	return v.welcomed(r, err)
}

// xoauth2 tries one token. A relay that refuses it says why in a challenge,
// which wants an empty answer before the refusal proper comes.
func (v *conversation) xoauth2(token string) (reply, error) {
	if token == "" || strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return reply{}, noSignIn("the relay's token is not one line of printable characters")
	}
	response := base64.StdEncoding.EncodeToString([]byte("user=" + v.relay.Username + "\x01auth=Bearer " + token + "\x01\x01"))
	r, err := v.command(outbox.PhaseAuth, v.relay.Timeouts.Hello, "AUTH XOAUTH2 "+response)
	if err == nil && r.code == 334 {
		r, err = v.command(outbox.PhaseAuth, v.relay.Timeouts.Hello, "")
	}
	return r, err
}

func (v *conversation) welcomed(r reply, err error) error {
	if err != nil {
		return err
	}
	if r.code != 235 {
		return refusal(outbox.PhaseAuth, r)
	}
	return nil
}

func noSignIn(cause string) error {
	return &halt{result: outbox.ResultRouteBroken, phase: outbox.PhaseAuth, cause: cause}
}

func offers(list, wanted string) bool {
	for _, word := range strings.Fields(list) {
		if strings.EqualFold(word, wanted) {
			return true
		}
	}
	return false
}
