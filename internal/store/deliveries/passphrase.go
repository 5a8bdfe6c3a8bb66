package deliveries

import (
	"context"
	"strings"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
)

// Passphrase gives the passphrase of one delivery and marks it handed over,
// with evidence, in one transaction: nobody learns it without a trace. A second
// reading needs a reason, else it is a [pipeline.AlreadyReadError].
func (x *Deliveries) Passphrase(ctx context.Context, id string, by pipeline.Reading) (string, error) {
	var phrase string
	err := x.db.InTx(ctx, func(tx store.Tx) error {
		r, err := find(ctx, tx.ForUpdate(tx.SQL.NewSelect()), id)
		if err != nil {
			return err
		}
		was, err := read(x.db.Keys, r)
		if err != nil {
			return err
		}
		if was.Passphrase == outbox.PassphraseDestroyed {
			return &pipeline.AlreadyReadError{ID: id, State: was.Passphrase}
		}
		plain, err := x.part(ctx, tx.SQL, id, passphrasePart)
		if err != nil {
			return err
		}
		if !mayRead(was.Passphrase, by) {
			return &pipeline.AlreadyReadError{ID: id, State: was.Passphrase}
		}
		phrase = string(plain)
		return x.handOver(ctx, tx, was, by)
	})
	if err != nil {
		return "", err
	}
	return phrase, nil
}

func mayRead(state outbox.PassphraseState, by pipeline.Reading) bool {
	switch state {
	case outbox.PassphrasePending:
		return true
	case outbox.PassphraseHandedOver, outbox.PassphraseAgreed:
		return strings.TrimSpace(by.Why) != ""
	case outbox.PassphraseNone, outbox.PassphraseWithheld, outbox.PassphraseDestroyed:
	}
	return false
}

// handOver stores that the passphrase was read. The event's evidence says so by
// its own action instead of by that of a changed delivery.
func (x *Deliveries) handOver(ctx context.Context, tx store.Tx, was outbox.Delivery, by pipeline.Reading) error {
	is, err := outbox.Advance(was, outbox.Note, outbox.Occasion{At: by.At, By: by.By, Why: handedOver(by) + because(by.Why)})
	if err != nil {
		return err
	}
	if was.Passphrase != outbox.PassphraseAgreed {
		is.Passphrase = outbox.PassphraseHandedOver
	}
	if by.Text != "" {
		is.Text = outbox.Texting{State: outbox.TextAsked, Reference: by.Text, At: by.At}
	}
	is.Version = was.Version + 1
	r, err := write(x.db.Keys, is)
	if err != nil {
		return err
	}
	if _, err := tx.SQL.NewUpdate().Model(&r).WherePK().Exec(ctx); err != nil {
		return err
	}
	return evidence.AppendIn(ctx, tx, x.db.Keys, audit.Record{
		At: by.At, Action: audit.PassphraseRead, Ref: is.Ref, Delivery: is.ID, By: by.By, Why: by.Why,
		Facts: []audit.Fact{{Name: "channel", Value: string(by.Channel)}, {Name: "number", Value: outbox.Masked(by.Number)}},
	})
}

// handedOver is how the passphrase reaches the recipient, in words.
func handedOver(by pipeline.Reading) string {
	said := "passphrase read"
	if by.Channel != "" {
		said += " for handing over by " + string(by.Channel)
	}
	if by.Number != "" {
		said += " to a number ending in " + strings.TrimLeft(outbox.Masked(by.Number), "*")
	}
	return said
}

func because(why string) string {
	if strings.TrimSpace(why) == "" {
		return ""
	}
	return ": " + why
}
