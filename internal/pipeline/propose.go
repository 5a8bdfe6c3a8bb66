package pipeline

import (
	"context"
	"regexp"
	"slices"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// Proposal is another method that a delivery would better go by. The zero
// Proposal proposes nothing.
type Proposal struct {
	Method route.Method `json:"method"`
	Why    string       `json:"why"`
}

// Proposed is by which method a delivery would better be sealed again, and why:
// because its protected attachment was refused, because the recipient did not
// collect it from the gateway, because nobody took it for a day, or because
// there is no e-mail address but a postal one. It only proposes: an officer says so with [Runner.Reroute]. What
// cannot be read proposes nothing.
func (r *Runner) Proposed(ctx context.Context, d outbox.Delivery) Proposal {
	why := r.trouble(d)
	if why == "" || d.ReplacedBy != "" {
		return Proposal{}
	}
	to, known := r.contactNow(ctx, d)
	if !known {
		return Proposal{}
	}
	for _, method := range []route.Method{route.MethodGateway, route.MethodOpenPGP, route.MethodProtectedDocument, route.MethodPost} {
		now := r.decideAsked(to, method)
		// What a relay does not take, it does not take sealed otherwise either.
		same := d.State.Waiting() && method != route.MethodPost && now.Relay == d.Decision.Relay
		if method != d.Decision.Method && now.Method == method && now.Settled() == route.Encrypt && !same {
			return Proposal{Method: method, Why: why}
		}
	}
	return Proposal{}
}

// trouble is what makes another method worth a thought; empty where nothing
// does.
func (r *Runner) trouble(d outbox.Delivery) string {
	since, waits := d.WaitsSince()
	switch {
	case waits && r.Now().Sub(since) >= outbox.ProposeAfter:
		return "nobody has taken it for " + waitWords(r.Now().Sub(since))
	case d.State == outbox.Held && d.Recipient.Address.Empty():
		return "there is no e-mail address"
	case d.State != outbox.Refused && d.State != outbox.Bounced:
		return ""
	case d.Decision.Method == route.MethodProtectedDocument && refusedContent(d):
		return "the mail server refuses the protected attachment"
	case d.Decision.Method == route.MethodGateway && notCollected(d):
		return "the recipient did not collect it from the gateway"
	}
	return ""
}

// contentCode matches the enhanced codes of a message that was refused for
// what it is: RFC 3463, 3.7 (media, conversion) and 3.8 (security, policy).
var contentCode = regexp.MustCompile(`\b5\.[67]\.\d{1,3}\b`)

// contentWords are what mail servers say of an attachment they do not take.
var contentWords = regexp.MustCompile(`(?i)encrypt|password|protected|attachment|content (?:was )?(?:rejected|refused)|file type|virus|malware`)

// notCollectedWords are what a gateway says of a message nobody opened, 4.4.7
// and 5.4.7 the codes of a time that ran out (RFC 3463, 3.5).
var notCollectedWords = regexp.MustCompile(`(?i)not collected|never collected|uncollected|not (?:been )?(?:read|opened)|\b[45]\.4\.7\b`)

// refusedContent reports whether the far side refused the message for its
// content. A mailbox or a domain that does not exist is something else. Words
// count where they are the relay's own, not those that this program puts a
// report's status into.
func refusedContent(d outbox.Delivery) bool {
	return d.BouncedFor() == outbox.CausePolicy ||
		slices.ContainsFunc(said(d), contentCode.MatchString) || contentWords.MatchString(refusal(d).Text)
}

func notCollected(d outbox.Delivery) bool {
	return slices.ContainsFunc(said(d), notCollectedWords.MatchString)
}

// refusal is what the relay said of a delivery that it refused.
func refusal(d outbox.Delivery) outbox.Attempt {
	if n := len(d.Attempts); n > 0 && d.State == outbox.Refused {
		return d.Attempts[n-1]
	}
	return outbox.Attempt{}
}

// said is what the relay said last, and what reports said since.
func said(d outbox.Delivery) []string {
	all := []string{refusal(d).Enhanced, refusal(d).Text}
	for _, e := range d.Events {
		if e.Action == outbox.Bounce {
			all = append(all, e.Why)
		}
	}
	return all
}

// contactNow is a delivery's recipient as the register has them today.
func (r *Runner) contactNow(ctx context.Context, d outbox.Delivery) (pep.Contact, bool) {
	record, err := r.Register.Record(ctx, d.Ref)
	if err != nil {
		return pep.Contact{}, false
	}
	c, err := r.child(ctx, record)
	if err != nil {
		return pep.Contact{}, false
	}
	p, _ := r.planOf(c, d)
	to, found := named(r.recipientsOf(c, p, d), d.Recipient)
	return to.Contact, found
}
