package deliveries

import (
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/post"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/store"
)

// row is one delivery as stored. Sealed holds the whole delivery; the other
// columns are what rows are found by, taken from it at every write.
type row struct {
	bun.BaseModel `bun:"table:deliveries"`

	ID            string `bun:"id,pk"`
	KeyHash       []byte `bun:"key_hash"`
	Ref           string `bun:"ref"`
	Kind          string `bun:"kind"`
	Due           string `bun:"due"`
	State         string `bun:"state"`
	Relay         string `bun:"relay"`
	RecipientHash []byte `bun:"recipient_hash"`
	Passphrase    string `bun:"passphrase"`
	NextAttempt   int64  `bun:"next_attempt"`
	LeaseOwner    string `bun:"lease_owner"`
	LeaseUntil    int64  `bun:"lease_until"`
	DotMarked     bool   `bun:"dot_marked"`
	LeftAt        int64  `bun:"left_at"`
	Events        int64  `bun:"events"`
	Attempts      int64  `bun:"attempts"`
	Version       int64  `bun:"version"`
	Sealed        []byte `bun:"sealed"`
}

// sealedDelivery is the sealed cell. Its names are stored: they outlive the
// names in code.
type sealedDelivery struct {
	Key         string                 `json:"key"`
	Ref         pep.Ref                `json:"ref"`
	PlanKey     string                 `json:"plan"`
	Kind        outbox.Kind            `json:"kind"`
	Milestone   string                 `json:"milestone"`
	Due         pep.Date               `json:"due"`
	Recipient   outbox.Recipient       `json:"recipient"`
	Decision    route.Decision         `json:"decision"`
	State       outbox.State           `json:"state"`
	Reason      string                 `json:"reason,omitempty"`
	MessageID   string                 `json:"message_id,omitempty"`
	Form        string                 `json:"form,omitempty"`
	SHA256      string                 `json:"sha256,omitempty"`
	Size        int                    `json:"size,omitempty"`
	Passphrase  outbox.PassphraseState `json:"passphrase,omitempty"`
	Posting     post.Proof             `json:"posting,omitzero"`
	Attempts    []outbox.Attempt       `json:"attempts,omitempty"`
	Events      []outbox.Event         `json:"events,omitempty"`
	NextAttempt time.Time              `json:"next_attempt"`
	LeaseOwner  string                 `json:"lease_owner,omitempty"`
	LeaseUntil  time.Time              `json:"lease_until"`
	DotMarked   bool                   `json:"dot_marked,omitempty"`
	Version     int                    `json:"version"`
	Replaces    string                 `json:"replaces,omitempty"`
	ReplacedBy  string                 `json:"replaced_by,omitempty"`
	Phrase      string                 `json:"phrase,omitempty"`
	Text        *outbox.Texting        `json:"text,omitempty"`
}

func cell(id string) store.Cell { return store.Cell{Table: "deliveries", Row: id, Column: "sealed"} }

// ForgedError says that a row does not say what its sealed cell says: somebody
// wrote to the database past this program.
type ForgedError struct {
	ID string
}

// Error names the delivery.
func (e *ForgedError) Error() string {
	return "the row of delivery " + e.ID + " was changed by something else than this program: put a backup back"
}

// micros is a moment as a column has it; nought for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// write gives the row of a delivery. Moments of the columns are cut to the
// microsecond, and those in the sealed cell with them.
func write(keys store.Keys, d outbox.Delivery) (row, error) {
	key, err := keys.Lookup(store.DeliveryKey, d.Key)
	if err != nil {
		return row{}, err
	}
	recipient := []byte{}
	if canonical := canonicalOf(d); canonical != "" {
		if recipient, err = keys.Lookup(store.CanonicalAddress, canonical); err != nil {
			return row{}, err
		}
	}
	d.NextAttempt, d.LeaseUntil = moment(micros(d.NextAttempt)), moment(micros(d.LeaseUntil))
	sealed, err := keys.SealJSON(cell(d.ID), sealedDelivery{
		d.Key, d.Ref, d.PlanKey, d.Kind, d.Milestone, d.Due, d.Recipient, d.Decision, d.State, d.Reason, d.MessageID, d.Form,
		d.SHA256, d.Size, d.Passphrase, d.Posting, d.Attempts, d.Events, d.NextAttempt, d.LeaseOwner, d.LeaseUntil, d.DotMarked, d.Version,
		d.Replaces, d.ReplacedBy, d.Phrase, texting(d),
	})
	return row{
		ID: d.ID, KeyHash: key, Ref: string(d.Ref), Kind: string(d.Kind), Due: d.Due.String(), State: string(d.State),
		Relay: d.Decision.Relay, RecipientHash: recipient, Passphrase: string(d.Passphrase),
		NextAttempt: micros(d.NextAttempt), LeaseOwner: d.LeaseOwner, LeaseUntil: micros(d.LeaseUntil),
		DotMarked: d.DotMarked, LeftAt: leftAt(d), Events: int64(len(d.Events)), Attempts: int64(len(d.Attempts)),
		Version: int64(d.Version), Sealed: sealed,
	}, err
}

// canonicalOf is the address that was decided on, which is the one that goes
// into RCPT TO.
func canonicalOf(d outbox.Delivery) string {
	if d.Decision.Canonical != "" {
		return d.Decision.Canonical
	}
	return d.Recipient.Address.Canonical()
}

// leftAt is when the message first left, or may have left; nought where it
// certainly has not.
func leftAt(d outbox.Delivery) int64 {
	for _, e := range d.Events {
		if e.To.Gone() && e.From != e.To {
			return micros(e.At)
		}
	}
	return 0
}

// read gives the delivery of a row, or a [store.SealedError] or [ForgedError].
func read(keys store.Keys, r row) (outbox.Delivery, error) {
	var s sealedDelivery
	if err := keys.OpenJSON(cell(r.ID), r.Sealed, &s); err != nil {
		return outbox.Delivery{}, err
	}
	d := outbox.Delivery{
		ID: r.ID, Key: s.Key, Ref: s.Ref, PlanKey: s.PlanKey, Kind: s.Kind, Milestone: s.Milestone, Due: s.Due,
		Recipient: s.Recipient, Decision: s.Decision, State: s.State, Reason: s.Reason, MessageID: s.MessageID, Form: s.Form,
		SHA256: s.SHA256, Size: s.Size, Passphrase: s.Passphrase, Posting: s.Posting, Attempts: s.Attempts, Events: s.Events,
		NextAttempt: s.NextAttempt, LeaseOwner: s.LeaseOwner, LeaseUntil: s.LeaseUntil, DotMarked: s.DotMarked, Version: s.Version,
		Replaces: s.Replaces, ReplacedBy: s.ReplacedBy, Phrase: s.Phrase, Text: valueOf(s.Text),
	}
	if !faithful(r, d) {
		return outbox.Delivery{}, &ForgedError{r.ID}
	}
	return d, nil
}

// texting is a delivery's text message; nil where there is none.
func texting(d outbox.Delivery) *outbox.Texting {
	if d.Text.State == outbox.TextNone {
		return nil
	}
	return &d.Text
}

func valueOf(t *outbox.Texting) outbox.Texting {
	if t == nil {
		return outbox.Texting{}
	}
	return *t
}

// faithful reports whether the columns that decide what is sent say what the
// sealed cell says.
func faithful(r row, d outbox.Delivery) bool {
	return r.Ref == string(d.Ref) && r.Kind == string(d.Kind) && r.State == string(d.State) && r.Relay == d.Decision.Relay &&
		r.Passphrase == string(d.Passphrase) && r.NextAttempt == micros(d.NextAttempt) && r.LeaseOwner == d.LeaseOwner &&
		r.LeaseUntil == micros(d.LeaseUntil) && r.DotMarked == d.DotMarked && r.Version == int64(d.Version)
}

func readAll(keys store.Keys, rows []row) ([]outbox.Delivery, error) {
	all := make([]outbox.Delivery, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = read(keys, r); err != nil {
			return nil, fmt.Errorf("reading the outbox: %w", err)
		}
	}
	return all, nil
}
