package deliveries

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/store"
)

// proof is the evidence of the events that the later delivery has beyond the
// earlier one. Document is the form as rendered, where it was stored with this
// change.
func proof(keys store.Keys, was, is outbox.Delivery, document []byte) ([]audit.Record, error) {
	var records []audit.Record
	attempts := is.Attempts[len(was.Attempts):]
	for i, e := range is.Events[len(was.Events):] {
		r := audit.Record{At: e.At, Action: audit.DeliveryChanged, Ref: is.Ref, Delivery: is.ID, By: e.By, Why: e.Why}
		r.Facts = []audit.Fact{{Name: "action", Value: string(e.Action)}, {Name: "from", Value: string(e.From)}, {Name: "to", Value: string(e.To)}}
		first := len(was.Events)+i == 0
		if first {
			r.Action = audit.DeliveryAdded
		}
		if first || was.SHA256 != is.SHA256 && i == 0 {
			about, err := particulars(keys, is, document)
			if err != nil {
				return nil, err
			}
			r.Facts = append(r.Facts, about...)
		}
		if was.Posting != is.Posting && i == 0 {
			r.Facts = append(r.Facts, posting(is)...)
		}
		if e.From == outbox.Uncertain && e.Action == outbox.Retry {
			r.Facts = append(r.Facts, audit.Fact{Name: "possible_duplicate", Value: is.MessageID})
		}
		if e.Cause != outbox.CauseNone {
			r.Facts = append(r.Facts, audit.Fact{Name: "cause", Value: string(e.Cause)})
		}
		if e.From == outbox.Sending && len(attempts) > 0 {
			r.Facts = append(r.Facts, conversation(attempts[0])...)
			attempts = attempts[1:]
		}
		records = append(records, r)
	}
	if destroys(was, is) && len(is.Events) > 0 {
		last := is.Events[len(is.Events)-1]
		records = append(records, audit.Record{
			At: last.At, Action: audit.PassphraseDestroyed, Ref: is.Ref, Delivery: is.ID, By: last.By, Why: last.Why,
		})
	}
	return records, nil
}

// particulars is what evidence says of a delivery itself: everything of it
// that is not personal. The recipient's address stands for itself by its keyed
// hash, both as it was decided on and as it was typed: whoever has the keys can
// prove which address it was, and nobody else can tell.
func particulars(keys store.Keys, d outbox.Delivery, document []byte) ([]audit.Fact, error) {
	recipient, err := keys.Pseudonym(canonicalOf(d))
	if err != nil {
		return nil, err
	}
	typed, err := keys.Pseudonym(d.Recipient.Address.Raw())
	if err != nil {
		return nil, err
	}
	facts := []audit.Fact{
		{Name: "kind", Value: string(d.Kind)},
		{Name: "milestone", Value: d.Milestone},
		{Name: "due", Value: d.Due.String()},
		{Name: "form", Value: d.Form},
		{Name: "document_sha256", Value: digestOf(document)},
		{Name: "recipient_role", Value: string(d.Recipient.Role)},
		{Name: "recipient", Value: recipient},
		{Name: "recipient_as_typed", Value: typed},
		{Name: "decision", Value: string(d.Decision.Settled())},
		{Name: "method", Value: string(d.Decision.Method)},
		{Name: "rule", Value: d.Decision.Rule},
		{Name: "policy", Value: d.Decision.Policy},
		{Name: "relay", Value: d.Decision.Relay},
		{Name: "message_id", Value: d.MessageID},
		{Name: "sha256", Value: d.SHA256},
		{Name: "size", Value: fmt.Sprint(d.Size)},
	}
	if d.Recipient.Postal != "" {
		door, err := keys.Pseudonym(d.Recipient.Postal)
		if err != nil {
			return nil, err
		}
		facts = append(facts, audit.Fact{Name: "postal", Value: door})
	}
	for _, reason := range d.Decision.Reasons {
		facts = append(facts, audit.Fact{Name: "reason", Value: audit.WithoutAddresses(reason)})
	}
	return facts, nil
}

func digestOf(document []byte) string {
	if len(document) == 0 {
		return ""
	}
	sum := sha256.Sum256(document)
	return hex.EncodeToString(sum[:])
}

// conversation is what evidence says of one attempt. Relays like to repeat the
// address: it is taken out of their words, which stay whole in the delivery.
func conversation(a outbox.Attempt) []audit.Fact {
	return []audit.Fact{
		{Name: "result", Value: string(a.Result)},
		{Name: "step", Value: string(a.Step)},
		{Name: "code", Value: fmt.Sprint(a.Code)},
		{Name: "enhanced", Value: a.Enhanced},
		{Name: "text", Value: audit.WithoutAddresses(a.Text)},
		{Name: "queue_id", Value: a.QueueID},
		{Name: "tls", Value: a.TLS},
	}
}
