package pipeline

import (
	"context"
	"slices"
	"time"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
)

// Book keeps what is known of addresses, sealed. Imports and deliveries fill it
// in their own transactions.
type Book interface {
	// Around gives the facts around some addresses, by [addressbook.Key]; an
	// address that is not good in itself has none.
	Around(ctx context.Context, addresses []pep.Address) (map[string]addressbook.Facts, error)
	// PostChanged is when an export last changed the postal address of a child's
	// contact; zero where none did.
	PostChanged(ctx context.Context, ref pep.Ref, contact pep.Contact) (time.Time, error)
	// Say keeps a person's word on an address with its evidence.
	Say(ctx context.Context, w AddressWord) error
	// Addresses gives every address of the book, the newest first.
	Addresses(ctx context.Context) ([]KnownAddress, error)
	// ByID gives the address of an opaque identifier, or a [NotFoundError].
	ByID(ctx context.Context, id string) (pep.Address, error)
}

// AddressWord is a person's word on one address.
type AddressWord struct {
	Address pep.Address
	// Right is set where it is confirmed, not where it is refused.
	Right bool
	// Again is set where it is neither: an incident was closed, and it is to be
	// confirmed again before anything goes there.
	Again bool
	At    time.Time
	By    string
	Why   string
}

// KnownAddress is one address of the book. ID names it where nobody is to read
// it; By and Why are of the last word on it.
type KnownAddress struct {
	ID    string
	Entry addressbook.Entry
	By    string
	Why   string
}

// judge says whether anything of a child may go to a recipient's address at all.
// A recipient without a good address is the delivery policy's affair.
func (r *Runner) judge(ctx context.Context, c *child, to timetable.Recipient) (addressbook.Judgement, error) {
	address := to.Contact.Email
	switch {
	case addressbook.Key(address) == "":
		return addressbook.Judgement{}, nil
	case r.Book == nil:
		return r.judgeByOutbox(ctx, c, address)
	}
	facts, err := r.Book.Around(ctx, []pep.Address{address})
	if err != nil {
		return addressbook.Judgement{}, err
	}
	return r.judgeBy(facts, c, address), nil
}

// judgeByOutbox is judge without a book: what left is all that is known.
func (r *Runner) judgeByOutbox(ctx context.Context, c *child, to pep.Address) (addressbook.Judgement, error) {
	ever, err := r.Deliveries.EverSentTo(ctx, to.Canonical())
	facts := addressbook.Facts{Entry: addressbook.Entry{Address: to}}
	if ever {
		facts.Entry.Used = r.Now()
	}
	return addressbook.Judge(to, facts, r.situation(c, to)), err
}

// judgeBy is judge with the facts at hand.
func (r *Runner) judgeBy(facts map[string]addressbook.Facts, c *child, to pep.Address) addressbook.Judgement {
	return addressbook.Judge(to, facts[addressbook.Key(to)], r.situation(c, to))
}

// situation is how a child's register stands to an address today.
func (r *Runner) situation(c *child, to pep.Address) addressbook.Situation {
	s := addressbook.Situation{Own: r.From, FirstSend: r.FirstSend, Where: r.Now().Location()}
	for _, contact := range c.record.Contacts {
		if key := addressbook.Key(contact.Email); key != "" {
			s.Names = append(s.Names, key)
		}
	}
	s.Named = slices.Contains(s.Names, addressbook.Key(to))
	s.Went = slices.ContainsFunc(c.past.deliveries, func(d outbox.Delivery) bool {
		return d.State.Gone() && d.State != outbox.Bounced && d.Recipient.Address.Domain() == to.Domain()
	})
	return s
}

// addressed adds what was judged of an address to why a delivery is held, or,
// where nothing holds it, to what the release list says of it.
func addressed(hold string, why []string, j addressbook.Judgement) (string, []string) {
	switch {
	case j.Why == "":
		return hold, why
	case !j.Held():
		return hold, append(slices.Clone(why), j.Why)
	case hold == "":
		return j.Why, why
	}
	return j.Why + "; " + hold, why
}

// judgedNow is why a delivery is not to leave for its address now; empty where
// it may. An officer's approval lifts what they had before them, and nothing
// that arose since.
func (r *Runner) judgedNow(ctx context.Context, c *child, d outbox.Delivery) string {
	if d.Decision.Method == route.MethodPost {
		return "" // a letter goes to a door
	}
	j, err := r.judge(ctx, c, timetable.Recipient{Contact: pep.Contact{Email: d.Recipient.Address}})
	switch {
	case err != nil:
		return "the address book cannot be read"
	case !j.Held() || j.Ground.PerMessage() && approvedSince(d, r.Owner, j.Since):
		return ""
	}
	return j.Why
}

// approvedSince reports whether a person let a held delivery go after a moment.
func approvedSince(d outbox.Delivery, owner string, since time.Time) bool {
	return slices.ContainsFunc(d.Events, func(e outbox.Event) bool {
		return e.Action == outbox.Approve && e.From == outbox.Held && e.By != owner && !e.At.Before(since)
	})
}

// AddressHeldError says that an officer's word on one delivery does not let it
// go, because of its address.
type AddressHeldError struct {
	Why string
	// Two is set where two people must say that the address is right.
	Two bool
}

// Error says why.
func (e *AddressHeldError) Error() string { return e.Why }

// Hint says what to do.
func (e *AddressHeldError) Hint() string {
	if e.Two {
		return "two people, each with --account of their own: pepost addresses confirm ADDRESS --reason \"…\""
	}
	return "pepost addresses confirm ADDRESS --reason \"…\" says that it is right after all"
}

// mayRelease gives an [AddressHeldError] where an officer's word on one delivery
// cannot let it go.
func (r *Runner) mayRelease(ctx context.Context, d outbox.Delivery) error {
	if r.Book == nil || d.Ref == "" {
		return nil
	}
	record, err := r.Register.Record(ctx, d.Ref)
	if err != nil {
		return err
	}
	c, err := r.child(ctx, record)
	if err != nil {
		return err
	}
	j, err := r.judge(ctx, c, timetable.Recipient{Contact: pep.Contact{Email: d.Recipient.Address}})
	switch {
	case err != nil || !j.Held() || j.Ground.PerMessage():
		return err
	}
	return &AddressHeldError{Why: j.Why, Two: j.Ground.NeedsTwo()}
}
