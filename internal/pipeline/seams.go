package pipeline

import (
	"context"
	"time"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// Clock tells what is taken for now.
type Clock func() time.Time

// Register keeps the children, sealed. A child has one reference for life.
type Register interface {
	// Import takes what exports said in one transaction: all of it or
	// nothing.
	Import(ctx context.Context, in Intake, at time.Time) (Intaken, error)
	// ChildIDs gives the case system's identifier and the date of birth of
	// every child, for judging rows that name one.
	ChildIDs(ctx context.Context) (map[string]pep.Date, error)
	// Each calls do for every child in the order of the case system's
	// identifiers, and stops at the first error.
	Each(ctx context.Context, do func(pep.Record) error) error
	// Chosen calls do for every child of some references that there is, and
	// stops at the first error.
	Chosen(ctx context.Context, refs []pep.Ref, do func(pep.Record) error) error
	// Count is how many children there are.
	Count(ctx context.Context) (int, error)
	// Records is Each, collected.
	Records(ctx context.Context) ([]pep.Record, error)
	// Record gives the child of a reference, or a [NotFoundError].
	Record(ctx context.Context, ref pep.Ref) (pep.Record, error)
	// ByChildID gives the child of a case system's identifier, or a
	// [NotFoundError].
	ByChildID(ctx context.Context, id string) (pep.Record, error)
}

// Filter chooses deliveries; an empty field chooses all.
type Filter struct {
	Ref    pep.Ref
	Refs   []pep.Ref // of any of these children
	States []outbox.State
	Kinds  []outbox.Kind
}

// Contents is what is stored, sealed, with a delivery. All of it is empty for
// a delivery that was held before anything was sealed.
type Contents struct {
	Parcel     []byte // the final bytes of the message
	Passphrase string // of a protected document
	Document   []byte // the form as rendered, before it was protected
}

// Reading is who asks for a passphrase, when, for a second time why, and how it
// is to reach the recipient.
type Reading struct {
	At  time.Time
	By  string
	Why string
	// Channel is how it is handed over, Number the recipient's number of which
	// only the last two digits are kept.
	Channel outbox.Channel
	Number  string
	// Text is the reference of the text message it goes by; empty for a call.
	Text string
}

// Deliveries keeps the outbox. Every event of a delivery becomes evidence in
// the same transaction: callers append none for it.
type Deliveries interface {
	dispatch.Queue
	// Add stores a delivery once: where its key is known already it changes
	// nothing and gives false.
	Add(ctx context.Context, d outbox.Delivery, c Contents) (added bool, err error)
	// Replace stores a delivery changed as by Save together with new contents,
	// for a delivery that was sealed after it was held. It is refused once
	// anything was attempted: what was sealed is what is sent.
	Replace(ctx context.Context, d outbox.Delivery, c Contents) error
	// Exchange stores a delivery that takes another one's place together with
	// the other one as it was changed, both or neither. The error wraps
	// [outbox.ErrConflict] where another process was first.
	Exchange(ctx context.Context, old, fresh outbox.Delivery, c Contents) error
	// HasKey reports whether a delivery with the key is stored.
	HasKey(ctx context.Context, key string) (bool, error)
	// List gives the chosen deliveries, earliest due date first.
	List(ctx context.Context, f Filter) ([]outbox.Delivery, error)
	// Passphrase gives the passphrase of one delivery and marks it handed
	// over, with evidence, in one transaction. A second reading needs a
	// reason, else it is a [AlreadyReadError].
	Passphrase(ctx context.Context, id string, r Reading) (string, error)
	// Phrases gives the passphrases of a child's deliveries by the delivery's
	// identifier, for opening what comes back. They are shown to nobody.
	Phrases(ctx context.Context, ref pep.Ref) (map[string]string, error)
	// EverSentTo reports whether a message left, or may have left, for the
	// canonical address.
	EverSentTo(ctx context.Context, canonical string) (bool, error)
	// Original gives the form last sent for a child as it was rendered, with
	// its delivery, or a [NotFoundError].
	Original(ctx context.Context, ref pep.Ref) (outbox.Delivery, []byte, error)
	// NextDue is the moment at which something waits to be sent next; false
	// where nothing waits.
	NextDue(ctx context.Context) (time.Time, bool, error)
}

// Kept is the courses of one child's plans as stored, oldest first. Version
// counts their changes; 0 means that none are stored.
type Kept struct {
	Courses []timetable.Course
	Version int
}

// PlanChange is one child's courses as they are to be stored, made from the
// version Was.
type PlanChange struct {
	Ref     pep.Ref
	Was     int
	Courses []timetable.Course
	// At and By are when and by whom they were changed, Why a person's reason.
	At  time.Time
	By  string
	Why string
	// Destroys are the deliveries whose passphrases are done with because their
	// plan is closed: they are deleted in the same transaction.
	Destroys []string
	// News is what became of the plans, in words without any particular of the
	// child; where it is empty the change leaves no evidence.
	News string
}

// Plans keeps the courses of each child's plans, sealed.
type Plans interface {
	// Courses gives the courses of some children in a bounded number of
	// questions; a child without any is left out.
	Courses(ctx context.Context, refs []pep.Ref) (map[pep.Ref]Kept, error)
	// SaveCourses stores changes in one transaction with their evidence. It
	// gives the children whose courses somebody else changed since they were
	// read: theirs are left as they are, to be followed again.
	SaveCourses(ctx context.Context, changes []PlanChange) (conflicts []pep.Ref, err error)
}

// Evidence keeps the chained records of what was done.
type Evidence interface {
	Append(ctx context.Context, records ...audit.Record) error
	All(ctx context.Context) ([]audit.Record, error)
	// Of gives the records of one delivery, the earliest first. It is no proof:
	// only the whole chain is.
	Of(ctx context.Context, delivery string) ([]audit.Record, error)
}
