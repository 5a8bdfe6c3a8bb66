package pipeline

import (
	"context"
	"fmt"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// Archive goes through every delivery there ever was, a page at a time.
type Archive interface {
	// Page gives some deliveries in a fixed order, after the one named.
	Page(ctx context.Context, after string, most int) ([]outbox.Delivery, error)
}

// Replayed is one delivery that would be decided on otherwise.
type Replayed struct {
	Delivery outbox.Delivery
	// Now is the decision by the policies in force today, Then the one by the
	// proposed policy: both with the means of today and with what the recipient
	// agreed to, so that nothing but the policy tells them apart.
	Now, Then route.Decision
}

// WhatIf is what a replay came to.
type WhatIf struct {
	Deliveries int
	Changed    int
}

// pageSize is how many deliveries are held in memory at once.
const pageSize = 500

// WhatIf asks a proposed policy about the recipient of every delivery and calls
// do for each that would be decided on otherwise than today. It changes
// nothing.
func (r *Runner) WhatIf(ctx context.Context, archive Archive, proposed *route.Policy, do func(Replayed) error) (WhatIf, error) {
	var out WhatIf
	for after := ""; ; {
		page, err := archive.Page(ctx, after, pageSize)
		if err != nil {
			return out, fmt.Errorf("replaying the outbox: %w", err)
		}
		contacts, err := r.contactsOf(ctx, page)
		if err != nil {
			return out, err
		}
		for _, d := range page {
			after = d.ID
			out.Deliveries++
			replayed := r.replay(d, contacts[d.ID], proposed)
			if sameWay(replayed.Now, replayed.Then) {
				continue
			}
			out.Changed++
			if err := do(replayed); err != nil {
				return out, err
			}
		}
		if len(page) < pageSize {
			return out, nil
		}
	}
}

func (r *Runner) replay(d outbox.Delivery, contact pep.Contact, proposed *route.Policy) Replayed {
	q := r.asking(d.Decision.Asked, d.Recipient.Address, contact)
	return Replayed{Delivery: d, Now: r.policy().Decide(q), Then: proposed.Decide(q)}
}

func sameWay(a, b route.Decision) bool {
	return a.Settled() == b.Settled() && a.Method == b.Method
}

// contactsOf finds in the register what the recipients agreed to. Whoever is
// not in it any more agreed to nothing.
func (r *Runner) contactsOf(ctx context.Context, page []outbox.Delivery) (map[string]pep.Contact, error) {
	byRef := map[pep.Ref][]outbox.Delivery{}
	var refs []pep.Ref
	for _, d := range page {
		if byRef[d.Ref] == nil && d.Ref != "" {
			refs = append(refs, d.Ref)
		}
		byRef[d.Ref] = append(byRef[d.Ref], d)
	}
	contacts := map[string]pep.Contact{}
	err := r.Register.Chosen(ctx, refs, func(rec pep.Record) error {
		for _, d := range byRef[rec.Ref] {
			for _, contact := range rec.Contacts {
				if personLabel(contact.Role, contact.Name, contact.Email) == personLabel(d.Recipient.Role, d.Recipient.Name, d.Recipient.Address) {
					contacts[d.ID] = contact
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the register: %w", err)
	}
	return contacts, nil
}
