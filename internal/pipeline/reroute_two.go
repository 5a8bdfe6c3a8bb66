package pipeline

import (
	"context"
	"fmt"

	"github.com/pepost/pepost/internal/outbox"
)

// TwoPeopleError says that something is not done before two different accounts
// agreed to it. Have is how many did.
type TwoPeopleError struct {
	Doing string
	Have  int
}

// Error says what is missing.
func (e *TwoPeopleError) Error() string {
	return fmt.Sprintf("to %s takes two people's accounts, and %d agreed so far", e.Doing, e.Have)
}

// twoForWeaker is nil where a delivery may go by the method asked for: one
// person may choose a method that protects more, two must agree on one that
// protects less. The account's word is kept.
func (r *Runner) twoForWeaker(ctx context.Context, d outbox.Delivery, ask RerouteAsk) error {
	if !ask.Method.Earlier(d.Decision.Method) {
		return nil
	}
	doing := fmt.Sprintf("send by %s what was to go by %s", ask.Method, d.Decision.Method)
	subject := Subject{Kind: KindReroute, ID: d.ID, Digest: string(ask.Method)}
	if ask.Account != "" && r.Consents != nil {
		err := r.Consents.Give(ctx, Consent{Subject: subject, Account: ask.Account, At: r.Now(), Why: ask.By.Why})
		if err != nil {
			return fmt.Errorf("keeping who agreed: %w", err)
		}
	}
	enough, have, err := r.Agreed(ctx, subject)
	if err != nil {
		return err
	}
	if !enough {
		return &TwoPeopleError{Doing: doing, Have: len(have)}
	}
	return nil
}
