package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/receive"
)

// MailState is where a message that came back stands.
type MailState string

// The states of a message.
const (
	MailKept MailState = "kept" // as it came; nothing followed from it yet
	MailOpen MailState = "open" // a person must look
	MailDone MailState = "done" // nothing is left to do
)

// MailStates lists every state of a message.
func MailStates() []MailState { return []MailState{MailKept, MailOpen, MailDone} }

// NoMail is what a [NotFoundError] may have looked for.
const NoMail Missing = "message"

// ErrMailDone says that a message waits for nobody.
var ErrMailDone = errors.New("the message does not wait for a person: look at it again")

// ErrMailWaits says that a message is not done with.
var ErrMailWaits = errors.New("the message still waits: it is kept")

// Mail is one message that came back and what was made of it.
type Mail struct {
	ID string
	// SHA256 is of the message as it came, Box the mailbox's own name for it;
	// empty for one that was handed in as a file.
	SHA256, Box string
	At          time.Time
	State       MailState
	Verdict     receive.Verdict
	Codes       []receive.ReasonCode
	// Reasons are why it is for a person, or what to do.
	Reasons  []string
	Ref      pep.Ref
	Delivery string
	// Signature is what the signature inside an encrypted message said; empty
	// where none was opened.
	Signature keyring.SignatureState
	// Settled is who said that it is done with, and why.
	Settled Settling
	// Destroyed is when the message as it came was destroyed; zero while it is
	// there.
	Destroyed time.Time
}

// Mails keeps the mail that came back, sealed. Judging and settling become
// evidence in the same transaction: callers append none for it.
type Mails interface {
	// KeepMail stores a message as it came, once: where its digest is known
	// already it changes nothing and gives what is stored.
	KeepMail(ctx context.Context, m Mail, raw []byte) (Mail, error)
	// MarkMail stores what became of a message. A kept one is judged, an open
	// one is done with; anything else wraps [ErrMailDone].
	MarkMail(ctx context.Context, m Mail) error
	// ListMail gives the messages in some states, the first to come first.
	ListMail(ctx context.Context, states ...MailState) ([]Mail, error)
	// GetMail gives one message as it came, or a [NotFoundError]; no bytes where
	// it was destroyed.
	GetMail(ctx context.Context, id string) (Mail, []byte, error)
	// WholeMail gives the messages that are done with, came before a moment and
	// are still there as they came.
	WholeMail(ctx context.Context, before time.Time) ([]Mail, error)
	// DestroyMail destroys a message as it came; what became of it stays. It
	// wraps [ErrMailWaits] where the message is not done with.
	DestroyMail(ctx context.Context, id string, by Settling) error
}

// TakeInMail takes in one returned message as [Runner.TakeIn] does, once it is
// stored as it came. Box is the mailbox's own name for it. Without a store for
// mail nothing is kept, and nothing is taken in either.
func (r *Runner) TakeInMail(ctx context.Context, box string, message []byte) (Taken, error) {
	return r.takeInKept(ctx, box, message, r.TakeIn)
}

// TakeInHeader takes in a message that is too large to be fetched, by its
// header: it is stored and put before a person, who finds it in the mailbox.
func (r *Runner) TakeInHeader(ctx context.Context, box string, header []byte) (Taken, error) {
	return r.takeInKept(ctx, box, header, func(ctx context.Context, header []byte) (Taken, error) {
		return r.judged(ctx, header, receive.JudgeHeader)
	})
}

func (r *Runner) takeInKept(ctx context.Context, box string, message []byte, takeIn func(context.Context, []byte) (Taken, error)) (Taken, error) {
	if r.Mails == nil {
		return Taken{}, errors.New("there is no store for mail: nothing is taken in")
	}
	sum := digest(message)
	kept, err := r.Mails.KeepMail(ctx, Mail{ID: r.Seed.Name("mail\x00" + sum), SHA256: sum, Box: box, At: r.Now(), State: MailKept}, message)
	if err != nil {
		return Taken{}, fmt.Errorf("keeping a returned message: %w", err)
	}
	taken, err := takeIn(ctx, message)
	if err != nil {
		return taken, err
	}
	if kept.State != MailKept {
		taken.Again = true
		return taken, nil
	}
	return taken, r.Mails.MarkMail(ctx, judgedMail(kept, taken))
}

// judgedMail is a message once it was judged. A form that is stored waits
// among the returned forms; what came back, and whatever else is not certain,
// waits here.
func judgedMail(m Mail, taken Taken) Mail {
	judged := taken.Return
	m.State, m.Verdict, m.Ref, m.Delivery, m.Signature = MailDone, judged.Verdict, judged.Ref, judged.Delivery, judged.Signature
	for _, reason := range judged.Reasons {
		m.Codes, m.Reasons = append(m.Codes, reason.Code), append(m.Reasons, reason.Text)
	}
	switch {
	case judged.Verdict == receive.Bounced:
		m.State, m.Reasons = MailOpen, append(m.Reasons, "it came back: "+judged.Report.Cause().Advice())
	case judged.Verdict == receive.ForPerson && taken.ID == "":
		m.State = MailOpen
	}
	return m
}

// Errands of the mailbox, as the list of tasks calls them.
const (
	MailBounced = "came_back"
	MailUnclear = "read_mail"
)

// Errand is what kind of task an open message is.
func (m Mail) Errand() string {
	if m.Verdict == receive.Bounced {
		return MailBounced
	}
	return MailUnclear
}

// OpenMail are the messages that wait for a person. A message that came back
// waits no longer once its delivery was sent again in another way.
func (r *Runner) OpenMail(ctx context.Context) ([]Mail, error) {
	if r.Mails == nil {
		return nil, nil
	}
	open, err := r.Mails.ListMail(ctx, MailOpen)
	if err != nil {
		return nil, err
	}
	var failed error
	open = slices.DeleteFunc(open, func(m Mail) bool {
		if m.Verdict != receive.Bounced || failed != nil {
			return false
		}
		d, err := r.Deliveries.Get(ctx, m.Delivery)
		failed = err
		return err == nil && d.State != outbox.Bounced
	})
	return open, failed
}

// MailIsDone is a person's word that a message needs nobody any more.
func (r *Runner) MailIsDone(ctx context.Context, id string, by By) (Mail, error) {
	if r.Mails == nil {
		return Mail{}, &NotFoundError{What: NoMail, Name: id}
	}
	m, _, err := r.Mails.GetMail(ctx, id)
	if err != nil {
		return m, err
	}
	if m.State != MailOpen {
		return m, ErrMailDone
	}
	m.State, m.Settled = MailDone, Settling{At: r.Now(), By: by.Name, Why: by.Why}
	return m, r.Mails.MarkMail(ctx, m)
}
