package form

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

func (d draft) people(rec pep.Record, extra Known) {
	d.contact("people.sw", rec, pep.SocialWorker)
	if inbox, ok := rec.Contact(pep.TeamInbox); ok {
		d.put("people.sw.inbox", inbox.Email.Canonical())
	}
	d.contact("people.lcw", rec, pep.LeavingCareWorker)
	d.contact("people.pa", rec, pep.PersonalAdviser)
	d.contact("people.iro", rec, pep.ReviewingOfficer)
	if _, ok := rec.Contact(pep.VirtualSchool); !ok {
		standIn := extra.VirtualSchool
		standIn.Role = pep.VirtualSchool
		rec.Contacts = append(slices.Clip(rec.Contacts), standIn)
	}
	d.contact("people.vs", rec, pep.VirtualSchool)
	d.contact("set.dt", rec, designated(d.form.Phase)...)
	d.contact("p16.custody.lead", rec, pep.EstablishmentLead)
}

// designated are the roles of the setting's designated person, that of the
// form's own phase first.
func designated(phase pep.Phase) []pep.Role {
	switch phase {
	case pep.EarlyYears:
		return []pep.Role{pep.DesignatedPractitioner, pep.DesignatedTeacher, pep.DesignatedPerson}
	case pep.Post16:
		return []pep.Role{pep.DesignatedPerson, pep.DesignatedTeacher, pep.DesignatedPractitioner}
	default:
		return []pep.Role{pep.DesignatedTeacher, pep.DesignatedPractitioner, pep.DesignatedPerson}
	}
}

// contact answers the parts of a contact from the first person who has one of
// the roles.
func (d draft) contact(key string, rec pep.Record, roles ...pep.Role) {
	person, ok := rec.Contact(roles...)
	if !ok {
		return
	}
	d.put(key+".name", fullName(person))
	if person.Name != "" {
		d.put(key+".role", person.Role.Words())
	}
	d.put(key+".team", person.Organisation)
	d.put(key+".email", person.Email.Canonical())
	d.put(key+".phone", firstText(person.Phone, person.Mobile))
}

func fullName(person pep.Contact) string {
	return strings.TrimSpace(person.Title + " " + person.Name)
}

// tables answers the tables the register knows something of.
func (d draft) tables(rec pep.Record) {
	for _, person := range rec.Contacts {
		switch {
		case person.Role == pep.FosterCarer:
			d.carer(person, rec.Child.PlacementPostcode)
		case person.Role == pep.Parent:
			d.row("people.pr", Row{"name": fullName(person), "relationship": person.Role.Words()})
		}
		if person.Invited == pep.Yes {
			d.row("meet.attendees", Row{
				"role": person.Role.Words(), "name": fullName(person), "email": person.Email.Canonical(), "invited": "yes",
			})
		}
	}
	d.lastTargets(rec.Targets)
}

// carer adds a carer. The child lives at the carer's address only where the
// postcode of the placement says so.
func (d draft) carer(person pep.Contact, placement string) {
	address := strings.Join(filled(person.Address1, person.Address2, person.Town), ", ")
	d.row("people.carer", Row{
		"name": fullName(person), "relationship": person.Role.Words(), "agency": person.Organisation,
		"address": address, "postcode": person.Postcode,
		"phone": firstText(person.Phone, person.Mobile), "email": person.Email.Canonical(),
	})
	if placement != "" && sameLetters(person.Postcode, placement) {
		d.put("care.placement_address", address)
	}
}

func filled(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

func sameLetters(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, " ", ""), strings.ReplaceAll(b, " ", ""))
}

// lastTargets puts the targets of the child's latest PEP up for review.
func (d draft) lastTargets(targets []pep.Target) {
	var latest pep.Date
	for _, target := range targets {
		if target.PEPDate.After(latest) {
			latest = target.PEPDate
		}
	}
	last := slices.DeleteFunc(slices.Clone(targets), func(t pep.Target) bool { return t.PEPDate != latest })
	slices.SortStableFunc(last, func(a, b pep.Target) int { return a.Number - b.Number })
	for _, target := range last {
		row := Row{
			"no": strconv.Itoa(target.Number), "area": target.Area, "text": target.Text,
			"progress": target.Progress, "impact": target.Impact,
		}
		if target.TotalCost > 0 {
			row["spend"] = pounds(target.TotalCost)
		}
		d.row("review.targets", row)
	}
}

// pounds is an amount in canonical text: 1200.50.
func pounds(p pep.Pence) string {
	text := strconv.FormatInt(int64(p), 10)
	for len(text) < 3 {
		text = "0" + text
	}
	return text[:len(text)-2] + "." + text[len(text)-2:]
}
