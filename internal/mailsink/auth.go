package mailsink

import (
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

// mechanism is how the server wants to be signed in to; empty where it does
// not.
func (o Options) mechanism() string {
	switch {
	case o.Username == "":
		return ""
	case o.Bearer != nil:
		return "XOAUTH2"
	}
	return "PLAIN"
}

// auth checks AUTH PLAIN (RFC 4616) or XOAUTH2, with an initial response.
func (c *session) auth(rest string) error {
	own := "235 2.7.0 welcome"
	mechanism, response, _ := strings.Cut(rest, " ")
	wanted := c.server.opts.mechanism()
	if wanted == "" {
		wanted = "PLAIN"
	}
	switch {
	case c.tls == 0:
		own = "538 5.7.11 encryption required"
	case !strings.EqualFold(mechanism, wanted):
		own = "504 5.5.4 mechanism not known"
	case wanted == "XOAUTH2" && !c.tokenMatches(response):
		if err := c.challenge(); err != nil {
			return err
		}
		own = "535 5.7.8 token not accepted"
	case wanted == "PLAIN" && !c.credentialsMatch(response):
		own = "535 5.7.8 credentials not accepted"
	}
	ok, err := c.answer(AtAuth, own)
	c.authed = c.authed || ok
	return err
}

// challenge says what is wrong with a token and waits for the empty answer.
func (c *session) challenge() error {
	if err := c.say("334 " + base64.StdEncoding.EncodeToString([]byte(`{"status":"401"}`))); err != nil {
		return err
	}
	_, err := c.readLine()
	return err
}

func (c *session) tokenMatches(response string) bool {
	decoded, err := base64.StdEncoding.DecodeString(response)
	if err != nil {
		return false
	}
	token, ok := strings.CutPrefix(string(decoded), "user="+c.server.opts.Username+"\x01auth=Bearer ")
	token, ended := strings.CutSuffix(token, "\x01\x01")
	return ok && ended && c.server.opts.Bearer(token)
}

func (c *session) credentialsMatch(response string) bool {
	decoded, err := base64.StdEncoding.DecodeString(response)
	if err != nil {
		return false
	}
	want := "\x00" + c.server.opts.Username + "\x00" + c.server.opts.Password
	return subtle.ConstantTimeCompare(decoded, []byte(want)) == 1
}
