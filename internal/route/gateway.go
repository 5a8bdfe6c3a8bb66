package route

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// DeliveredMeans is what a delivery report proves of a message that went
// through a gateway.
type DeliveredMeans string

// What a report can prove.
const (
	// MeansTaken: the gateway has the message, and no more is known.
	MeansTaken DeliveredMeans = "taken"
	// MeansWaiting: it waits in a portal until the recipient collects it.
	MeansWaiting DeliveredMeans = "waiting"
	// MeansMailbox: the encrypted message reached the recipient's mailbox.
	MeansMailbox DeliveredMeans = "mailbox"
	// MeansCollected: the recipient opened it.
	MeansCollected DeliveredMeans = "collected"
)

// Meanings lists what a report can prove, the least first.
func Meanings() []DeliveredMeans {
	return []DeliveredMeans{MeansTaken, MeansWaiting, MeansMailbox, MeansCollected}
}

// A Header is a header line that a gateway takes as the order to encrypt.
type Header struct{ Name, Value string }

// Gateway is one encrypting mail gateway as the authority's file describes it:
// how a message is handed to it, and how it is known to encrypt. Products
// differ in nothing else.
type Gateway struct {
	Name string
	// Product says what it is, such as Egress; no rule hangs on it.
	Product string
	// Relay is the gateway's entrance, by its name in the configuration.
	Relay string
	// Headers, SubjectPrefix and SubjectSuffix order it to encrypt, where its
	// entrance alone does not.
	Headers                      []Header
	SubjectPrefix, SubjectSuffix string
	// FromMustBe are the senders it encrypts for, each an address or a domain;
	// empty means any.
	FromMustBe []string
	// MaxSize is the largest message it takes, in bytes.
	MaxSize int
	Canary  Canary
	// DeliveredMeans is what a delivery report proves.
	DeliveredMeans DeliveredMeans
	// Evidence says why it may be trusted; CheckedBy and CheckedOn who looked,
	// and when; past ReviewBy it is closed.
	Evidence  string
	CheckedBy string
	CheckedOn pep.Date
	ReviewBy  pep.Date
	line      int
}

// Canary is the message that is sent through a gateway again and again to see
// that it comes back encrypted.
type Canary struct {
	// To is a mailbox outside whose mail comes back to this program.
	To pep.Address
	// Every is how often one is sent, Fresh for how long one that came back
	// encrypted proves the gateway, counted from when it was sent.
	Every, Fresh time.Duration
	Signs        Signs
}

// Signs are what a message that the gateway encrypted looks like from outside.
// All that are given must be there.
type Signs struct {
	// Headers are header lines whose value contains the given text.
	Headers []Header
	// Type is the media type of the message or of one of its parts.
	Type string
	// File ends the name of an attachment, such as .html.
	File string
	// Says are words that stand in the text of the message.
	Says []string
}

// None reports whether nothing is looked for.
func (s Signs) None() bool {
	return len(s.Headers) == 0 && s.Type == "" && s.File == "" && len(s.Says) == 0
}

// Ordered reports whether the gateway is told to encrypt by something in the
// message, and not by its entrance alone.
func (g Gateway) Ordered() bool {
	return len(g.Headers) > 0 || g.SubjectPrefix != "" || g.SubjectSuffix != ""
}

// TakesFrom reports whether the gateway encrypts for a sender.
func (g Gateway) TakesFrom(from pep.Address) bool {
	canonical := from.Canonical()
	if canonical == "" {
		return false
	}
	return len(g.FromMustBe) == 0 || slices.ContainsFunc(g.FromMustBe, func(one string) bool {
		return strings.EqualFold(one, canonical) || strings.EqualFold(one, from.Domain())
	})
}

// Reviewed reports whether the gateway's review is not past on a day.
func (g Gateway) Reviewed(on pep.Date) bool {
	return !on.IsZero() && !g.ReviewBy.IsZero() && !on.After(g.ReviewBy)
}

// same reports whether two descriptions say the same, wherever they stand.
func (g Gateway) same(other Gateway) bool {
	g.line = other.line
	return reflect.DeepEqual(g, other)
}

// Gateways are the gateways in the order of the file: the first that is open
// is used.
func (p *Policy) Gateways() []Gateway {
	if p == nil {
		return nil
	}
	return slices.Clone(p.gateways)
}

// Gateway gives the gateway of a name.
func (p *Policy) Gateway(name string) (Gateway, bool) {
	for _, g := range p.Gateways() {
		if g.Name == name {
			return g, true
		}
	}
	return Gateway{}, false
}
