package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/receive"
)

// memory answers what a judgement asks of the mail that was sent. The first
// store that fails ends the judgement, whatever was answered.
type memory struct {
	runner *Runner
	ctx    context.Context
	err    error
}

func (m *memory) known() receive.Known {
	known := receive.Known{
		Forms: m.runner.Forms, Gateway: m.runner.Gateway, ByMessageID: m.byMessageID, ByRef: m.byRef, Values: m.values,
		ByEnvelopeID: func(id string) (receive.Sent, bool) { return m.proven(m.runner.Seed.proven(signedEnvelope, id)) },
		ByReturnPath: func(address string) (receive.Sent, bool) { return m.proven(m.runner.returnedTo(address)) },
	}
	if m.runner.OpenPGP.Opener != nil {
		known.Decrypt = m.decrypt
	}
	return known
}

// decrypt opens what is encrypted to us. A signature counts by the key that two
// people confirmed for the sender.
func (m *memory) decrypt(message []byte, from pep.Address) (keyring.Opened, error) {
	return m.runner.OpenPGP.Opener.Open(message, m.confirmedKey(from), m.runner.Now())
}

// confirmedKey is the sender's key on file; nil where there is none.
func (m *memory) confirmedKey(from pep.Address) *keyring.Key {
	if m.runner.Keys == nil || from.Canonical() == "" {
		return nil
	}
	onFile, err := m.runner.Keys.KeysOf(m.ctx, from.Canonical())
	if m.failed(err) || onFile.Pinned == nil {
		return nil
	}
	key, err := keyring.Parse(onFile.Pinned.Key)
	if err != nil {
		return nil // a key that cannot be read vouches for nothing
	}
	return &key
}

// failed keeps the first error that is more than "there is none".
func (m *memory) failed(err error) bool {
	var none *NotFoundError
	var noForm *NoFormError
	if err != nil && !errors.As(err, &none) && !errors.As(err, &noForm) {
		m.err = errors.Join(m.err, err)
	}
	return err != nil
}

// byMessageID finds a delivery by the identifier that its message was given.
func (m *memory) byMessageID(messageID string) (receive.Sent, bool) {
	id, _, _ := strings.Cut(strings.TrimPrefix(messageID, "<"), "@")
	d, err := m.runner.Deliveries.Get(m.ctx, id)
	if m.failed(err) || d.MessageID != messageID || !d.State.Gone() {
		return receive.Sent{}, false
	}
	return m.sent(d, m.phrases(d.Ref)), true
}

// proven gives the delivery of an identifier whose signature was checked. It was
// at least handed over once, or nobody could know the signature.
func (m *memory) proven(id string) (receive.Sent, bool) {
	if id == "" {
		return receive.Sent{}, false
	}
	d, err := m.runner.Deliveries.Get(m.ctx, id)
	if m.failed(err) || !d.State.Gone() && !d.DotMarked && len(d.Attempts) == 0 {
		return receive.Sent{}, false
	}
	return m.sent(d, m.phrases(d.Ref)), true
}

// byRef gives the forms that left for a child, the latest first. Any of the
// child's passphrases may open what comes back.
func (m *memory) byRef(ref pep.Ref) []receive.Sent {
	all, err := m.runner.Deliveries.List(m.ctx, Filter{Ref: ref, Kinds: []outbox.Kind{outbox.KindForm}})
	if m.failed(err) {
		return nil
	}
	phrases := m.phrases(ref)
	var out []receive.Sent
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].State.Gone() {
			out = append(out, m.sent(all[i], phrases))
		}
	}
	return out
}

func (m *memory) phrases(ref pep.Ref) map[string]string {
	phrases, err := m.runner.Deliveries.Phrases(m.ctx, ref)
	if m.failed(err) {
		return nil
	}
	return phrases
}

func (m *memory) sent(d outbox.Delivery, phrases map[string]string) receive.Sent {
	return receive.Sent{
		Delivery: d.ID, Ref: d.Ref, MessageID: d.MessageID, To: d.Recipient.Address, Passphrase: phrases[d.ID], Agreed: m.agreed(d),
	}
}

// agreed are the phrases agreed with whoever a form went to: the one that it
// was sealed with, then those agreed since. They stay when the delivery's own
// passphrase is destroyed.
func (m *memory) agreed(d outbox.Delivery) []string {
	if m.runner.Phrases == nil || d.Recipient.Address.Canonical() == "" {
		return nil
	}
	all, err := m.runner.Phrases.PhrasesOf(m.ctx, d.Recipient.Address)
	if m.failed(err) {
		return nil
	}
	slices.SortStableFunc(all, func(a, b AgreedPhrase) int { return first(b.ID == d.Phrase) - first(a.ID == d.Phrase) })
	var out []string
	for _, p := range all {
		if p.Confirmed.IsZero() || !p.Ended.IsZero() {
			continue
		}
		secret, err := m.runner.Phrases.SecretOf(m.ctx, p.ID)
		if !m.failed(err) {
			out = append(out, secret)
		}
	}
	return out
}

func first(is bool) int {
	if is {
		return 1
	}
	return 0
}

func (m *memory) values(ref pep.Ref) (form.Values, bool) {
	values, err := m.runner.sentValues(m.ctx, ref)
	return values, !m.failed(err)
}
