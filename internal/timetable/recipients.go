package timetable

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// situation is what decides who gets the blank form.
func situation(p pep.Plan) Situation {
	away := p.Has(pep.NotInSetting) || p.Has(pep.NotInEducation)
	switch {
	case p.Has(pep.InCustody):
		return SituationCustody
	case p.Has(pep.Adult):
		return SituationAdult
	case p.Phase == pep.EarlyYears && away:
		return EarlyYearsNotOnRoll
	case p.Phase == pep.EarlyYears:
		return EarlyYearsOnRoll
	case p.Phase == pep.Post16 && away:
		return Post16NotOnRoll
	case p.Phase == pep.Post16:
		return Post16OnRoll
	case away:
		return StatutoryNotOnRoll
	}
	return StatutoryOnRoll
}

// FormRecipients are the people who get the blank form on a day, and those who
// were asked for and must not. The order of resolution: what the register says
// of one person (Receives Form), then the authority's rule for the situation,
// then nobody: a role that nobody has is a recipient without a contact, which
// an officer must fill. Where a rule says social worker, whoever is responsible
// at the child's age is meant. A parent gets the form only where the register
// says Yes of them, whatever a rule says.
func (r Rules) FormRecipients(rec pep.Record, p pep.Plan, on pep.Date) ([]Recipient, []Blocked) {
	if p.Phase == pep.NoPhase {
		return nil, nil
	}
	g := newGathering(rec, p)
	s := situation(p)
	rule := r.FormTo[s]
	for _, named := range rule.Value {
		role, why := r.responsible(named, rec.Child, on)
		if role == pep.Parent || role == pep.FosterCarer && !r.carersCount(rec.Child.Placement) {
			continue
		}
		g.byRule(role, append(why, strings.ReplaceAll(string(s), "_", " ")+": "+rule.Source)...)
	}
	for _, c := range rec.Contacts {
		if c.ReceivesForm == pep.Yes {
			g.add(c, true, asked("Receives Form", c.Role, p))
		}
	}
	return g.finish()
}

// responsible is whom a rule means by a role on a day, and why where that is
// somebody else: from an age on another worker has the social worker's part.
func (r Rules) responsible(role pep.Role, c pep.Child, on pep.Date) (pep.Role, []string) {
	if role == atAnyAge {
		return pep.SocialWorker, nil
	}
	worker := r.workerAt(c, on)
	if role != pep.SocialWorker || worker.Role == role {
		return role, nil
	}
	return worker.Role, []string{fmt.Sprintf("%d years old: the %s has the social worker's part; source: %s", c.DateOfBirth.AgeOn(on), worker.Role, worker.Source)}
}

// workerAt is who is responsible for a child on a day: the social worker, or
// whoever takes over at an age (Cheshire West and Chester: the leaving care
// worker from 16, the personal adviser from 18).
func (r Rules) workerAt(c pep.Child, on pep.Date) Worker {
	worker, age := Worker{Role: pep.SocialWorker}, c.DateOfBirth.AgeOn(on)
	for _, w := range r.Workers {
		if age >= w.FromAge {
			worker = w
		}
	}
	return worker
}

// asked is why the register's Yes makes somebody a recipient. An adult's papers
// go to others only with consent, and that Yes is where it is recorded.
func asked(column string, role pep.Role, p pep.Plan) string {
	why := "the register asks for this person (" + column + ": Yes)"
	if p.Has(pep.Adult) && role != pep.PersonalAdviser && role != pep.YoungPerson {
		why += "; 18 or over: that Yes is the recorded consent"
	}
	return why
}

// carersCount reports whether the placement is one whose foster carers the
// rule means. An unknown placement counts: its carers are then looked for and
// held where there are none.
func (r Rules) carersCount(p pep.Placement) bool {
	return p == "" || slices.Contains(r.FosterCarersIn.Value, string(p[:1]))
}

// FinalRecipients are the people who get the final plan, and those who must
// not. Receives Final decides for one person; without it everyone invited gets
// it or nobody, as the authority has it. A parent or the young person gets it
// only where the register says Yes: their copy is given by the social worker.
// From 18 it is the young person and the personal adviser, and nobody else
// without Yes.
func (r Rules) FinalRecipients(rec pep.Record, p pep.Plan) ([]Recipient, []Blocked) {
	if p.Phase == pep.NoPhase {
		return nil, nil
	}
	g := newGathering(rec, p)
	for _, c := range rec.Contacts {
		switch {
		case c.ReceivesFinal == pep.Yes:
			g.add(c, true, asked("Receives Final", c.Role, p))
		case c.ReceivesFinal == pep.No || c.Invited != pep.Yes || r.FinalTo.Value != FinalToInvited:
		case finalByInvitation(c.Role, p):
			g.add(c, false, "invited to the meeting: "+r.FinalTo.Source)
		}
	}
	return g.finish()
}

// Invited are the people invited to the meeting, each address once, and those
// who were and must not be written to.
func (r Rules) Invited(rec pep.Record, p pep.Plan) ([]Recipient, []Blocked) {
	if p.Phase == pep.NoPhase {
		return nil, nil
	}
	g := newGathering(rec, p)
	for _, c := range rec.Contacts {
		if c.Invited == pep.Yes {
			g.add(c, false, "invited to the meeting")
		}
	}
	return g.finish()
}

// packRecipients are those of the invited who may have the plan's papers: a
// parent or the young person only where the register says Yes of the final plan,
// from 18 nobody else without it.
func (r Rules) packRecipients(rec pep.Record, p pep.Plan) []Recipient {
	if r.Pack.Off() || p.Phase == pep.NoPhase {
		return nil
	}
	g := newGathering(rec, p)
	for _, c := range rec.Contacts {
		if c.Invited == pep.Yes && c.ReceivesFinal != pep.No && (c.ReceivesFinal == pep.Yes || finalByInvitation(c.Role, p)) {
			g.add(c, c.ReceivesFinal == pep.Yes, "invited to the meeting: the pack for it")
		}
	}
	people, _ := g.finish()
	return people
}

func finalByInvitation(role pep.Role, p pep.Plan) bool {
	if p.Has(pep.Adult) {
		return role == pep.PersonalAdviser || role == pep.YoungPerson
	}
	return role != pep.Parent && role != pep.YoungPerson
}

// gathering collects recipients: one per address, nobody who is barred.
type gathering struct {
	record pep.Record
	plan   pep.Plan
	people []Recipient
	// keys are the people's address keys, in their order.
	keys    []string
	missing []Recipient
	blocked []Blocked
	// barred are the address keys of people who must not be written to.
	barred map[string]bool
}

func newGathering(rec pep.Record, p pep.Plan) *gathering {
	g := &gathering{record: rec, plan: p}
	for _, c := range rec.Contacts {
		if !g.bars(c.Role) {
			continue
		}
		if g.barred == nil {
			g.barred = map[string]bool{}
		}
		if key := addressKey(c); key != "" {
			g.barred[key] = true
		}
	}
	return g
}

// bars reports whether nothing may go to the role: birth parents of a child
// placed for adoption, whatever the register says.
func (g *gathering) bars(role pep.Role) bool { return role == pep.Parent && g.adoption() }

// adoption reports whether the child is placed for adoption: by the plan, by the
// register since the plan was fixed, or by the SSDA903 return where the case
// system says nothing of the placement.
func (g *gathering) adoption() bool {
	c := g.record.Child
	return g.plan.Has(pep.PlacedForAdoption) || c.Placement.ForAdoption() || c.Placement == "" && c.Return.Placement.ForAdoption()
}

// offPlan reports whether somebody of a child placed for adoption is not on this
// plan. Professionals are by their office. Prospective adopters are recorded as
// carers, as those are with whom the child lived before: on the plan is who is
// invited to its meeting, or asked for while nothing is said of the invitation.
func (g *gathering) offPlan(c pep.Contact, asked bool) bool {
	return g.adoption() && !c.Role.Professional() && c.Invited != pep.Yes && !(asked && c.Invited == pep.Unanswered)
}

// byRule adds everyone who has a role of the rule, unless the register says No
// of them, or notes that nobody has it.
func (g *gathering) byRule(role pep.Role, why ...string) {
	found, why := false, slices.Clip(why) // shared by several, who may each add to it
	for _, c := range g.record.Contacts {
		if c.Role != role && !(role == designated && c.Role.Designated()) {
			continue
		}
		found = true
		if c.ReceivesForm != pep.No {
			g.add(c, false, why...)
		}
	}
	name := g.called(role)
	if found || slices.ContainsFunc(g.missing, func(r Recipient) bool { return r.Role == name }) {
		return
	}
	g.missing = append(g.missing, Recipient{Role: name, Why: append(why, fmt.Sprintf("the register has no %s: held until an officer says who", name))})
}

// called is the role as the phase calls it: the rule's "designated" is a
// practitioner in the early years, a teacher at school, a person after 16.
func (g *gathering) called(role pep.Role) pep.Role {
	switch {
	case role != designated:
		return role
	case g.plan.Phase == pep.EarlyYears:
		return pep.DesignatedPractitioner
	case g.plan.Phase == pep.Post16:
		return pep.DesignatedPerson
	}
	return pep.DesignatedTeacher
}

func (g *gathering) add(c pep.Contact, asked bool, why ...string) {
	key := addressKey(c)
	switch {
	case g.bars(c.Role):
		g.block(c, "placed for adoption: nothing goes to birth parents")
		return
	case g.barred[key]:
		g.block(c, "placed for adoption: this address is a birth parent's too")
		return
	case g.offPlan(c, asked):
		g.block(c, "placed for adoption: this person is not on this plan, for they are not invited to its meeting")
		return
	}
	for i := range g.people {
		if g.people[i].Contact == c || key != "" && g.keys[i] == key {
			g.people[i].merge(c)
			return
		}
	}
	g.keys = append(g.keys, key)
	g.people = append(g.people, Recipient{
		Role: c.Role, Contact: c, AskedByRegister: asked,
		WithholdPlacementAddress: withholds(c), Why: why,
	})
}

func (g *gathering) block(c pep.Contact, why string) {
	b := Blocked{Role: c.Role, Contact: c, Why: why}
	if !slices.Contains(g.blocked, b) {
		g.blocked = append(g.blocked, b)
	}
}

func (g *gathering) finish() ([]Recipient, []Blocked) {
	return append(g.people, g.missing...), g.blocked
}

// merge makes two entries with one address one recipient, with the stricter of
// what was agreed for either and what both roles may see.
func (r *Recipient) merge(c pep.Contact) {
	if r.Contact == c {
		return
	}
	r.WithholdPlacementAddress = r.WithholdPlacementAddress || withholds(c)
	if stricter(c.AgreedDelivery, r.Contact.AgreedDelivery) {
		r.Contact.AgreedDelivery = c.AgreedDelivery
	}
	if c.Role != r.Role && !slices.Contains(r.Also, c.Role) {
		r.Also = append(r.Also, c.Role)
	}
	r.Why = append(r.Why, fmt.Sprintf("the same address is recorded for a %s: one recipient, one copy with what both may see", c.Role))
}

// stricter orders agreements by how much they keep off ordinary mail.
func stricter(a, b pep.AgreedDelivery) bool {
	order := []pep.AgreedDelivery{pep.AgreedNone, pep.AgreedEgress, pep.AgreedProtected, pep.AgreedPost}
	return slices.Index(order, a) > slices.Index(order, b)
}

// withholds: a parent's copy never shows where the child lives.
func withholds(c pep.Contact) bool {
	return c.Role == pep.Parent || c.WithholdPlacementAddress == pep.Yes
}

// addressKey is equal for two contacts that are one recipient; it is empty
// where there is no address, and those stay apart. Case does not tell two
// mailboxes apart: hardly a mail system does, and what is kept from one of two
// people must not reach the same mailbox under a capital letter.
func addressKey(c pep.Contact) string {
	if canonical := c.Email.Canonical(); canonical != "" {
		return strings.ToLower(canonical)
	}
	return strings.ToLower(strings.Trim(c.Email.Raw(), " \t"))
}
