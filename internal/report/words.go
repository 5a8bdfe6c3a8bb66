package report

import (
	"strings"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/route"
)

// How names a method of delivery in an officer's words.
func How(m route.Method) string {
	switch m {
	case route.MethodTLS:
		return "mail over verified TLS"
	case route.MethodGateway:
		return "encryption gateway"
	case route.MethodOpenPGP:
		return "OpenPGP"
	case route.MethodProtectedDocument:
		return "password-protected document"
	case route.MethodPost:
		return "registered post"
	case route.MethodNone:
		return "not to be sent as it stands"
	}
	return string(m)
}

// How names the row's method in an officer's words.
func (r Row) How() string { return How(r.Method) }

// What names a kind of delivery in an officer's words.
func What(k outbox.Kind) string {
	switch k {
	case outbox.KindForm:
		return "form to fill in"
	case outbox.KindChase:
		return "reminder"
	case outbox.KindFinal:
		return "final plan"
	case outbox.KindTransfer:
		return "full plan to a new setting"
	case outbox.KindPack:
		return "meeting pack"
	case outbox.KindDigest:
		return "digest"
	}
	return string(k)
}

// What names the row's kind in an officer's words.
func (r Row) What() string { return What(r.Kind) }

// Occasion is the milestone the delivery belongs to, in words.
func (r Row) Occasion() string { return strings.ReplaceAll(r.Milestone, "_", " ") }
