package addressbook

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// FirstSend is what happens to the first message to an address that the export
// vouches for.
type FirstSend string

// The ways; the zero value is a tick.
const (
	// FirstTick marks it new in the release list, and it goes.
	FirstTick FirstSend = "tick"
	// FirstConfirm holds it until a person confirmed the address.
	FirstConfirm FirstSend = "confirm"
)

// Facts are what the book knows around one address.
type Facts struct {
	// Entry is the address itself; its FirstSeen is zero where the book never
	// saw it.
	Entry Entry
	// Others are the other addresses that were recorded for the same person.
	Others []Other
	// Domain is the address's own domain, Near are known ones that it is like.
	Domain Domain
	Near   []Domain
}

// Other is another address of the same person.
type Other struct {
	Entry
	// Replaced is set where an export put one of the two in the other's place.
	Replaced bool
}

// Domain is what the book knows of one domain.
type Domain struct {
	Name      string
	FirstSeen time.Time
	// Established is set where something left for one of its addresses and did
	// not come back, or a person confirmed one.
	Established bool
	// Stands is set where another domain may be measured by this one: not every
	// address of it was refused or came back.
	Stands bool
}

// Situation is how the child's register, and the installation, stand to the
// address today.
type Situation struct {
	// Named is set where the newest export names the address for this child.
	Named bool
	// Went is set where this child's papers went to the address's domain before.
	Went bool
	// Names are the keys of all addresses that the export names for this child.
	Names []string
	// Own is the mailbox that messages come from.
	Own       pep.Address
	FirstSend FirstSend
	// Where is the place whose days are named in reasons.
	Where *time.Location
}

// Ground is why a message to an address is held.
type Ground string

// The grounds.
const (
	NoGround Ground = ""
	// OwnMailbox: the recipient is the mailbox that the program sends from.
	OwnMailbox Ground = "own mailbox"
	// Refused: a person said that the address is wrong.
	Refused Ground = "refused"
	// Doubted: an incident was closed for the address.
	Doubted Ground = "incident"
	// Returned: a message came back and nothing arrived since.
	Returned Ground = "bounced"
	// Stranger: nothing of the child ever went to the organisation, and the
	// export does not name the address.
	Stranger Ground = "strange organisation"
	// Elsewhere: the address does not come from the export.
	Elsewhere Ground = "not from the export"
	// LookAlike: it may be taken for an address that is known.
	LookAlike Ground = "look-alike"
	// Replaced: the export put it in the place of one that a person confirmed.
	Replaced Ground = "changed"
	// First: the authority wants each address confirmed before its first message.
	First Ground = "first"
)

// Grounds lists every ground but none.
func Grounds() []Ground {
	return []Ground{OwnMailbox, Refused, Doubted, Returned, Stranger, Elsewhere, LookAlike, Replaced, First}
}

// NeedsTwo reports whether it takes two people to let such a message go.
func (g Ground) NeedsTwo() bool { return g == LookAlike }

// PerMessage reports whether an officer may let one message go without a word
// on the address itself. Nobody may where it takes two, where somebody said that
// the address is wrong, or after an incident.
func (g Ground) PerMessage() bool {
	return g != NoGround && g != LookAlike && g != Refused && g != Doubted
}

// Judgement is what is to be done with a message to an address. The zero value
// is no judgement: [Judge] never gives it.
type Judgement struct {
	// Ground is why it is held; none where it may go.
	Ground Ground
	// New is set where the export vouches for the address and nothing was ever
	// sent to it.
	New bool
	// Why is the reason in an officer's words, without any address. Where nothing
	// is held it may be a caution for the release list.
	Why string
	// Since is when the ground arose: an approval given after it was given with
	// it in view. Zero where it was there from the start.
	Since time.Time
}

// Held reports whether a person must look.
func (j Judgement) Held() bool { return j.Ground != NoGround }

// Judge says whether a message may go to an address that is good in itself.
func Judge(to pep.Address, f Facts, s Situation) Judgement {
	e := f.Entry
	for _, check := range []func(pep.Address, Facts, Situation) Judgement{
		own, refused, doubted, bounced, fromElsewhere, slip, lookAlike, replaced, first,
	} {
		if j := check(to, f, s); j.Held() {
			return j
		}
	}
	return Judgement{New: e.Used.IsZero() && !e.IsConfirmed(), Why: caution(to, f)}
}

func own(to pep.Address, _ Facts, s Situation) Judgement {
	if Key(to) == "" || Key(to) != Key(s.Own) {
		return Judgement{}
	}
	return Judgement{Ground: OwnMailbox, Why: "the address is the mailbox that we ourselves send from: ask for the recipient's own"}
}

func refused(_ pep.Address, f Facts, s Situation) Judgement {
	if !f.Entry.IsRefused() {
		return Judgement{}
	}
	return Judgement{
		Ground: Refused, Since: f.Entry.Refused,
		Why: "a person said on " + s.day(f.Entry.Refused) + " that this address is wrong: ask for the right one, or confirm it",
	}
}

func doubted(_ pep.Address, f Facts, s Situation) Judgement {
	if !f.Entry.IsDoubted() {
		return Judgement{}
	}
	return Judgement{
		Ground: Doubted, Since: f.Entry.Doubted,
		Why: "an incident was closed for this address on " + s.day(f.Entry.Doubted) + ": confirm the address with the recipient before anything goes there",
	}
}

func bounced(_ pep.Address, f Facts, s Situation) Judgement {
	if !f.Entry.HasBounced() {
		return Judgement{}
	}
	return Judgement{
		Ground: Returned, Since: f.Entry.Bounced,
		Why: "a message to this address came back on " + s.day(f.Entry.Bounced) + " and nothing has arrived there since: confirm the address with the recipient",
	}
}

// fromElsewhere holds whatever the export of this child does not name. A
// confirmed address is confirmed as somebody's, not as entitled to any child's
// papers.
func fromElsewhere(_ pep.Address, f Facts, s Situation) Judgement {
	switch {
	case s.Named:
		return Judgement{}
	case !s.Went:
		return Judgement{Ground: Stranger, Why: "nothing of this child ever went to this organisation, and the case system's export does not name it for this child"}
	case f.Entry.IsConfirmed():
		return Judgement{}
	}
	return Judgement{Ground: Elsewhere, Why: "the address is not from the case system's export (" + f.Entry.from() + "): confirm it with the recipient"}
}

func (e Entry) from() string {
	switch e.Source {
	case FromReturn:
		return "it was seen in a returned mail"
	case FromPerson:
		return "it was typed by a person"
	case FromExport:
		return "an export named it for somebody else, or before"
	case NoSource:
	}
	return "nobody vouched for it"
}

// slip holds an address that is nearly another one of the same person.
func slip(to pep.Address, f Facts, s Situation) Judgement {
	if f.Entry.established() {
		return Judgement{}
	}
	for _, known := range f.Others {
		earlier := known.established() || known.FirstSeen.Before(f.Entry.FirstSeen)
		if !earlier || !known.stands() || !known.nearly(to) {
			continue
		}
		return Judgement{
			Ground: LookAlike, Since: f.Entry.FirstSeen,
			Why: "the address is nearly the one that is known for the same person since " + s.day(known.FirstSeen) + ": a slip of the pen, or somebody else's; " + askTwo,
		}
	}
	return Judgement{}
}

// askTwo ends the reason for what two people must let go.
const askTwo = "ask the recipient and let two people confirm it"

// Resembles is why an address may be taken for a known one, whatever a person
// said of it before or came of a message; empty where it is like none. Days are
// those of a place.
func Resembles(to pep.Address, f Facts, where *time.Location) string {
	f.Entry.Confirmed, f.Entry.Refused, f.Entry.Bounced = time.Time{}, time.Time{}, time.Time{}
	s := Situation{Where: where}
	if j := slip(to, f, s); j.Held() {
		return j.Why
	}
	return lookAlike(to, f, s).Why
}

// nearly reports whether an address may be a slip for this one, or the other
// way about. Mailboxes that stand beside each other and differ by a number
// (team1, team2) are two; where one took the other's place the number is a slip.
func (o Other) nearly(to pep.Address) bool {
	a, b := local(to), local(o.Address)
	switch {
	case Key(to) == Key(o.Address):
		return false
	case to.Domain() != o.Address.Domain():
		return Alike(to.Domain(), o.Address.Domain()) != NotAlike
	}
	return SlipOf(a, b) && (o.Replaced || !numbered(a, b))
}

func local(a pep.Address) string {
	before, _, _ := strings.Cut(Key(a), "@")
	return before
}

// lookAlike holds an address whose domain came up after one that it is like.
func lookAlike(_ pep.Address, f Facts, s Situation) Judgement {
	if f.Entry.established() || f.Domain.Established {
		return Judgement{}
	}
	for _, known := range f.Near {
		later := f.Domain.FirstSeen.IsZero() || known.FirstSeen.Before(f.Domain.FirstSeen)
		if !known.Stands || !later {
			continue
		}
		return Judgement{
			Ground: LookAlike, Since: f.Entry.FirstSeen,
			Why: fmt.Sprintf("the domain %s one that is known since %s: a slip of the pen, or made to be taken for it; %s", Alike(f.Domain.Name, known.Name), s.day(known.FirstSeen), askTwo),
		}
	}
	return Judgement{}
}

// replaced holds an address that the export put in the place of one that a
// person confirmed.
func replaced(_ pep.Address, f Facts, s Situation) Judgement {
	if f.Entry.IsConfirmed() {
		return Judgement{}
	}
	for _, known := range f.Others {
		if !known.IsConfirmed() || slices.Contains(s.Names, Key(known.Address)) || f.Entry.works() && !known.Confirmed.After(f.Entry.Used) {
			continue
		}
		return Judgement{
			Ground: Replaced, Since: f.Entry.FirstSeen,
			Why: "the export changes an address that a person confirmed on " + s.day(known.Confirmed) + ": confirm the new one with the recipient",
		}
	}
	return Judgement{}
}

func first(_ pep.Address, f Facts, s Situation) Judgement {
	if s.FirstSend != FirstConfirm || !f.Entry.Used.IsZero() || f.Entry.IsConfirmed() {
		return Judgement{}
	}
	return Judgement{Ground: First, Why: "nothing was ever sent to this address: the authority wants a person to confirm it first"}
}

// caution is what a release list should say of an address that the export
// vouches for all the same.
func caution(to pep.Address, f Facts) string {
	if f.Entry.established() {
		return ""
	}
	for _, other := range f.Others {
		if other.stands() && other.nearly(to) {
			return "look twice: the same export names the same person with an address that is nearly this one"
		}
	}
	for _, other := range f.Near {
		if other.Stands && !f.Domain.Established {
			return "look twice: the domain " + string(Alike(f.Domain.Name, other.Name)) + " another one of the register"
		}
	}
	return ""
}

// day is the day of a moment as reasons name it.
func (s Situation) day(at time.Time) string {
	where := s.Where
	if where == nil {
		where = time.UTC
	}
	return pep.DateOf(at.In(where)).Long()
}
