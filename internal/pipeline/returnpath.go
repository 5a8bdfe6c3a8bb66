package pipeline

import (
	"crypto/subtle"
	"encoding/base32"
	"strings"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
)

// PlusAddressing says whether the mailbox that messages come from also takes
// what is sent to its name with something behind a separator.
type PlusAddressing string

// The ways. A mailbox that does not take such mail loses the reports sent to
// it, and nobody hears of that; a report to the plain mailbox at least comes
// before a person. So the signed return path is used unasked only where no
// report could be matched without it.
const (
	// PlusAuto uses a signed return path only where the relay takes no envelope
	// identifier (RFC 3461), which is signed too.
	PlusAuto PlusAddressing = "auto"
	// PlusAlways uses it for every message.
	PlusAlways PlusAddressing = "true"
	// PlusNever never uses it.
	PlusNever PlusAddressing = "false"
)

// ReturnPath says how delivery reports are led back. The zero value means
// [PlusAuto] and a plus.
type ReturnPath struct {
	Plus      PlusAddressing
	Separator string
}

func (p ReturnPath) separator() string {
	if p.Separator == "" {
		return "+"
	}
	return p.Separator
}

// The purposes of a signature. Each has its own, because they are seen by
// different eyes: the return path stands in the delivered message, the envelope
// identifier is known to mail systems alone.
const (
	signedEnvelope   = "envelope identifier"
	signedReturnPath = "return path"
)

// The lengths of a signed return path. A signature of 12 letters is 60 bits,
// to be guessed over the network together with an identifier of 80 bits.
const (
	tagLetters = 12
	maxLocal   = 64 // RFC 5321 section 4.5.3.1.1
	maxToken   = 100
)

// signed is a delivery's identifier with its signature for one purpose. It has
// lower-case letters and digits only, since mail systems may change the case.
func (s Seed) signed(purpose, id string) string { return id + "." + s.tag(purpose, id) }

func (s Seed) tag(purpose, id string) string {
	sum := s.derive(purpose, id)
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum))[:tagLetters]
}

// proven is the delivery's identifier in a signed one, empty where the
// signature is not ours.
func (s Seed) proven(purpose, token string) string {
	token = strings.ToLower(token)
	at := strings.LastIndexByte(token, '.')
	if at < 1 || len(token) > maxToken {
		return ""
	}
	id, tag := token[:at], token[at+1:]
	if subtle.ConstantTimeCompare([]byte(tag), []byte(s.tag(purpose, id))) != 1 {
		return ""
	}
	return id
}

// returnPath is the address to which reports on a delivery come back, always
// within the sender's own domain; empty where its local part would be too long
// (RFC 5321) or no sender is configured.
func (r *Runner) returnPath(id string) string {
	local, domain, found := strings.Cut(r.From.Canonical(), "@")
	local += r.ReturnPath.separator() + r.Seed.signed(signedReturnPath, id)
	if !found || len(local) > maxLocal {
		return ""
	}
	return local + "@" + domain
}

// returnedTo is the delivery whose signed return path an address is, empty
// where it is none.
func (r *Runner) returnedTo(address string) string {
	local, domain, _ := strings.Cut(strings.ToLower(r.From.Canonical()), "@")
	token, ours := strings.CutSuffix(strings.ToLower(address), "@"+domain)
	if !ours || domain == "" {
		return ""
	}
	token, ours = strings.CutPrefix(token, local+r.ReturnPath.separator())
	if !ours {
		return ""
	}
	return r.Seed.proven(signedReturnPath, token)
}

// sign is what a delivery is called towards mail systems.
func (r *Runner) sign(d outbox.Delivery) dispatch.Signed {
	plain, signed := r.From.Canonical(), r.returnPath(d.ID)
	out := dispatch.Signed{ID: r.Seed.signed(signedEnvelope, d.ID), From: plain}
	switch r.ReturnPath.Plus {
	case PlusNever:
	case PlusAlways:
		if signed != "" {
			out.From = signed
		}
	case PlusAuto, "":
		out.ReportTo = signed
	}
	return out
}
