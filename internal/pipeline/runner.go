package pipeline

import (
	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/pack"
	"github.com/pepost/pepost/internal/pdf"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/post"
	"github.com/pepost/pepost/internal/quality"
	"github.com/pepost/pepost/internal/receive"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
	"github.com/pepost/pepost/internal/word/template"
)

// Runner is one authority's rules and stores, wired once; its methods are the
// verbs. Fields that a verb does not need may be empty.
type Runner struct {
	Register   Register
	Deliveries Deliveries
	Returns    Returns
	Mails      Mails
	Plans      Plans
	Evidence   Evidence
	// Consents are what two people agreed to; without them nothing that needs
	// two is done.
	Consents Consents
	// Book is the address book; without one the export's word is all there is.
	Book Book
	// Phrases are the agreed phrases and the confirmed numbers; without them
	// every passphrase is for one message and read over the telephone.
	Phrases Phrases
	// Texts sends passphrases by text message; nil where no service is
	// configured: then an officer rings.
	Texts dispatch.Messenger
	// Policies keeps the delivery policy in force; without it the one on disk
	// is.
	Policies Policies
	// Keys are the recipients' OpenPGP keys; without them nothing goes by
	// OpenPGP.
	Keys Keys
	// Gateways watches the encrypting gateways of the delivery policy; without
	// it none is open.
	Gateways *Gateways
	// Invitations are the versions of what was put into calendars; without them
	// every invitation is a first one.
	Invitations Invitations
	// QualityRules are the authority's rules of quality assurance; without them
	// nothing is looked for and no money is released.
	QualityRules quality.Rules
	// Judgements are what the Virtual School judged; without them no plan is
	// quality assured.
	Judgements Judgements
	// Freezes are the incidents; without them nothing is frozen and none can be
	// opened.
	Freezes  Freezes
	Outgoing *dispatch.Dispatcher
	Now      Clock

	Calendar *calendar.Calendar
	Rules    timetable.Rules
	Forms    *form.Library
	Policy   *route.Policy // as it is on disk
	// Guard is what decisions are made by, as [Runner.SettlePolicy] gave it;
	// where it is nil, by Policy alone.
	Guard *route.Guard
	// Relays are the configured relays' guarantees, as they are on disk.
	Relays    []route.Guarantee
	Templates letter.Templates
	// Agenda is what a PEP meeting talks about.
	Agenda pack.Agenda
	// WordTemplates are the authority's own forms in Word; a form that has none
	// is drawn by the program.
	WordTemplates template.Set
	PDF           *pdf.Writer

	// Post is how letters go by registered post.
	Post post.Rules

	// From is the mailbox that every message comes from.
	From pep.Address
	// MailDays is how long returned mail is kept as it came, once it is done
	// with; nought keeps it for ever.
	MailDays int
	// Gateway is the mail gateway that answers for senders.
	Gateway receive.Gateway
	// ReturnPath is how delivery reports are led back to it.
	ReturnPath ReturnPath
	// Means are what the installation can send with: its relay, and the
	// gateway's name where one encrypts.
	Means route.Means
	// OpenPGP are the council's own keys.
	OpenPGP OwnKeys
	Words   Words
	Seed    Seed
	// FirstSend is what becomes of the first message to an address that the
	// export vouches for.
	FirstSend addressbook.FirstSend
	// Owner names this process in leases and in evidence.
	Owner string
	// Progress, where set, is told how many of all children were drafted.
	Progress func(done, all int)
	// Unattended is set where nobody looks on: what was missed for too long is
	// then held for a person instead of being sent by itself.
	Unattended bool
	// ByHand keeps drafts until an officer approves them.
	ByHand bool
	// Sketch plays a term through instead of working: every form is composed and
	// every copy judged as always, but nothing is drawn, written or sealed. A
	// sketched delivery has no bytes; no store keeps it and no dispatcher with a
	// sender hands it over.
	Sketch bool
}

// Words are what letters and forms say of the authority.
type Words struct {
	Authority     string
	VirtualSchool string
	// Officer is whom recipients ring, Teams who stands in for one locality or
	// team, by its name in lower case.
	Officer letter.Officer
	Teams   map[string]letter.Officer
}

// today is the civil day of the injected clock.
func (r *Runner) today() pep.Date { return pep.DateOf(r.Now()) }
