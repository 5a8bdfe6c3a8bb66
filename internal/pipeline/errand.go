package pipeline

import (
	"strings"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
)

// errand is one thing that is due to one recipient, before it is made.
type errand struct {
	record    pep.Record
	plan      pep.Plan
	kind      outbox.Kind
	milestone timetable.MilestoneName
	due       pep.Date
	returnBy  pep.Date
	late      bool
	recipient timetable.Recipient
	why       []string
	// hold is why a person must look whatever the decision is.
	hold string
	// missed is why it does not go by itself any more; a person who sends may.
	missed string
	// occasion tells one chaser or corrected final from another.
	occasion string
	// escalates is set where a reminder goes to somebody who never had the form.
	escalates bool
	// asked is who asked for a copy, and why; empty where the timetable did.
	asked By
	// content is the plan that is drawn, where it is another one than the
	// errand's own.
	content *pep.Plan
	// method is the one that an officer asked for; empty where nobody did.
	method route.Method
	// replaces is the delivery that is sealed again, empty for all others.
	replaces string
	// address is whether anything may go to the recipient's address at all.
	address addressbook.Judgement
	// opens is the agreed phrase that a protected document is sealed with; the
	// zero one draws a passphrase of its own.
	opens opening
	// texts is set where the passphrase may go to the recipient by text message.
	texts bool
	// onPaper is set where the document is drawn to be printed.
	onPaper bool
	// house is why the postal address is to be looked at before anything is posted.
	house string
	// calendar is the recipient's invitation to the meeting; only a pack has one.
	calendar []byte
	// answers are a final plan's, and a pack's where there are any; a form has
	// none of its own.
	answers *form.Values
}

// opening is an agreed phrase as sealing needs it.
type opening struct {
	id     string
	phrase string
	on     pep.Date // the day it was told
}

// errandOf takes what the timetable says of one recipient.
func errandOf(record pep.Record, outlook timetable.Outlook, due timetable.Due) errand {
	return errand{
		record: record, plan: outlook.Plan, kind: outbox.Kind(due.Kind), milestone: due.Milestone, due: due.Due,
		returnBy: outlook.ReturnDue.Due, late: due.Late, recipient: due.Recipient, why: due.Why, hold: due.Hold, missed: due.Missed,
	}
}

// label is what makes the errand one and the same however often it is thought
// of: the plan, the occasion and the recipient. The form's own version does not
// enter, so that neither an upgrade of the program nor a pack that was added
// since sends a second form for the same plan.
func (e errand) label() string {
	return strings.Join([]string{
		e.plan.Key(), string(e.kind), string(e.milestone), e.occasion, recipientLabel(e.recipient),
	}, "\x00")
}

// drawnPlan is the plan whose document the errand carries.
func (e errand) drawnPlan() pep.Plan {
	if e.content != nil {
		return *e.content
	}
	return e.plan
}

// letter is which letter goes with the errand.
func (e errand) letter() letter.Kind {
	if e.escalates {
		return letter.Escalate
	}
	return letter.Kind(e.kind)
}

// decide asks the delivery policy about one contact as of today. Nobody's
// address is no bad address: a person must find one.
func (r *Runner) decide(to pep.Contact) route.Decision { return r.decideAsked(to, "") }

// decideAsked is decide where an officer asked for a method.
func (r *Runner) decideAsked(to pep.Contact, asked route.Method) route.Decision {
	d := r.policy().Decide(r.asking(asked, to.Email, to))
	if to.Email.Empty() && d.Settled() == route.Refuse {
		d.Verdict, d.Method, d.Reasons = route.Hold, route.MethodNone, []string{"no e-mail address is on record"}
	}
	return d
}

func (r *Runner) question(to pep.Address, contact pep.Contact) route.Question {
	means := r.Means
	means.Agreed = contact.AgreedDelivery
	means.Postal = contact.AgreedDelivery == pep.AgreedPost && hasPostal(contact)
	return r.withGateway(route.Question{To: to, From: r.From, On: r.today(), Means: means})
}

// withGateway adds the gateway that is open, where the policy describes any.
func (r *Runner) withGateway(q route.Question) route.Question {
	if len(r.gateways()) > 0 {
		q.Means.Gateway, q.Means.GatewayClosed = r.openGateway("")
	}
	return q
}

// AtHand adds to a question what the installation could use for it now: the
// gateway that is open and the recipient's key.
func (r *Runner) AtHand(q route.Question) route.Question { return r.withKey(r.withGateway(q)) }

// asking is question where an officer asked for a method; the empty one is
// nobody's wish.
func (r *Runner) asking(asked route.Method, to pep.Address, contact pep.Contact) route.Question {
	q := r.question(to, contact)
	q.Asked = asked
	q.Means.Postal = q.Means.Postal || asked == route.MethodPost && hasPostal(contact)
	return r.withKey(q)
}

// hasPostal reports whether a letter to the contact would arrive.
func hasPostal(c pep.Contact) bool { return c.Address1 != "" && c.Postcode != "" }

// officer is whom the recipient may ring: the one of the child's team, else the
// authority's.
func (r *Runner) officer(record pep.Record) letter.Officer {
	if own, ok := r.Words.Teams[r.Team(record)]; ok {
		return own
	}
	return r.Words.Officer
}

// Team is the name of the team whose officer a child's plans belong to, in
// lower case, by the social worker's organisation; empty where the
// configuration has no such team.
func (r *Runner) Team(record pep.Record) string {
	worker, _ := record.Contact(pep.SocialWorker, pep.TeamInbox)
	name := strings.ToLower(strings.TrimSpace(worker.Organisation))
	if _, ours := r.Words.Teams[name]; !ours {
		return ""
	}
	return name
}
