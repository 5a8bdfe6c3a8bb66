package pipeline_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
)

// breach is one published case: what happened, what would have to happen here
// for it to happen again, and a walk on the real pipeline that tries.
type breach struct {
	name, happened, wouldTake string
	try                       func(*stage)
}

// breaches are the penalties and reprimands that councils got for papers about
// people, by the notices of the Information Commissioner and the press.
func breaches() []breach {
	return []breach{
		{
			"Telford and Wrekin: the placement to the mother", "a system's default put the foster carers' names and address into a record shown to the mother",
			"a parent's copy that holds where or with whom the child lives", placementToMother,
		},
		{
			"Telford and Wrekin: a sibling's assessment", "one child's assessment was sent about the other child of the family",
			"one message with two children's papers, or a return filed by the surname", siblingsAssessment,
		},
		{
			"Worcestershire: the wrong list", "one more contact list was clicked, and 23 people got it",
			"a recipient that the export does not name for this child", wrongList,
		},
		{
			"North Somerset: five mails to the wrong person", "mail went on to an address after it was known to be wrong",
			"a message to an address after one came back", repeatedToWrongPerson,
		},
		{
			"Surrey: unencrypted group mail, three times", "a file about 241 people went to many unencrypted, and to a group address",
			"a message with several recipients, or in clear outside the circle", groupMailInClear,
		},
		{
			"Cheshire East: forwarded to 180", "one mail was forwarded from list to list",
			"a list as a recipient, or a message whose forwarding reads on", forwarded,
		},
		{
			"Midlothian: five times the wrong recipient", "children's papers went to people who had nothing to do with the child any more",
			"a recipient that an earlier export named and the newest does not", formerRecipient,
		},
		{
			"Norfolk: the wrong house", "a report was delivered to the house next door",
			"a letter to a house that changed, posted without a look", wrongHouse,
		},
		{
			"Nottinghamshire: unredacted to two ex-partners", "an assessment went unredacted to the mother's two ex-partners; a manager's check missed it",
			"a final copy that was made for another reader, or free text that repeats a secret", unredacted,
		},
		{
			"Reprimand of September 2023: an adopted child's address to the birth father", "papers with the adopted children's new address went to the father",
			"anything to birth family of a child placed for adoption", birthFather,
		},
		{
			"Charnwood: the new address was only a note", "a change of address stood in free text, and the letter went to the old one",
			"an address taken from anywhere but the export's column", noteInFreeText,
		},
		{
			"North Ayrshire: the first send", "pre-filled addresses were not checked before the first mail",
			"a first message that nobody saw to be the first", firstSend,
		},
	}
}

func TestCouldThisHaveBeenSent(t *testing.T) {
	for _, b := range breaches() {
		t.Run(b.name, func(t *testing.T) { b.try(newStage(t)) })
	}
}

// carer is whom the child lives with.
func carer() pep.Contact {
	return pep.Contact{
		Role: pep.FosterCarer, Name: "Merrion Hollowbrook", Email: pep.ParseAddress("merrion@mail.example"), Invited: pep.Yes,
		Address1: "7 Hidden Lane", Postcode: "ZZ99 7QX",
	}
}

// attending is a contact who is to be at the meeting and gets the final plan.
func attending(c pep.Contact) pep.Contact {
	c.Invited, c.ReceivesFinal = pep.Yes, pep.Yes
	return c
}

// mailedTo counts the messages that were handed over for an address.
func (s *stage) mailedTo(address string) int {
	return counted(s.recipients())[address]
}

// heldFor says that nothing went to an address, and that its delivery is held
// with a reason.
func (s *stage) heldFor(address, why string) outbox.Delivery {
	s.t.Helper()
	for _, d := range s.stored() {
		if d.Recipient.Address.Canonical() == address && d.State == outbox.Held && strings.Contains(d.Reason, why) {
			return d
		}
	}
	s.t.Errorf("nothing for %s is held because %q: %v", address, why, s.list())
	return outbox.Delivery{}
}

func placementToMother(s *stage) {
	ref := s.enter(child("1"), attending(teacher(trusted)), carer(), parent())
	s.send()
	s.on("2026-03-04")
	s.finalise(ref, "m1", "Reads aloud every day.")
	s.send()
	read := 0
	for _, d := range s.stored() {
		if d.Recipient.Role != pep.Parent {
			continue
		}
		read++
		for _, secret := range []string{"Hollowbrook", "Hidden Lane", "ZZ99 7QX"} {
			if strings.Contains(s.readSent(d.ID), secret) {
				s.t.Errorf("the %s shows the mother %q", d.Kind, secret)
			}
		}
	}
	if read != 2 {
		s.t.Errorf("%d copies for the mother: nothing is proved", read)
	}
}

func siblingsAssessment(s *stage) {
	brother := child("2")
	brother.Forename, brother.DateOfBirth = "Peregrine", pep.MustDate("2014-05-04")
	refs := []pep.Ref{s.enter(child("1"), teacher(stranger)), s.enter(brother, teacher(stranger))}
	s.send()
	if s.mailedTo(stranger) != 2 {
		s.t.Fatalf("%v", s.recipients())
	}
	for i, e := range s.relay.taken {
		own, other := 0, 0
		for _, ref := range refs {
			if bytes.Contains(e.Bytes, []byte(ref)) {
				own++
			}
		}
		for _, d := range s.stored() {
			text := s.readSent(d.ID)
			if strings.Contains(text, "Ottoline") && strings.Contains(text, "Peregrine") {
				other++
			}
		}
		if own != 1 || other != 0 {
			s.t.Errorf("message %d names %d children outside, %d documents two", i, own, other)
		}
	}
	// The brother's form comes back under the sister's reference: it is filed
	// with neither by its surname.
	swapped := bytes.ReplaceAll(mail("m1", stranger, refs[0], s.filled(refs[1], nil)), []byte(refs[0]+".docx"), []byte("form.docx"))
	if taken := must(s.TakeIn(s.t.Context(), swapped))(s.t); taken.ID != "" {
		s.t.Errorf("it was filed: %+v", taken.Return.Reasons)
	}
}

func wrongList(s *stage) {
	s.enter(child("1"), teacher(trusted))
	for i := range 23 {
		c := worker()
		c.Email = pep.ParseAddress("list" + string(rune('a'+i)) + "@democheshire.gov.uk")
		other := child("9" + string(rune('a'+i)))
		other.LegalStatus = "V4" // no plan is made
		s.enter(other, c)
	}
	s.send()
	if got := s.recipients(); !slices.Equal(got, []string{trusted}) {
		s.t.Errorf("%v", got)
	}
	// Several addresses in one field are no recipient at all.
	c := teacher("dt2@marl.democheshire.sch.uk; all@marl.democheshire.sch.uk")
	s.enter(child("2"), c)
	s.send()
	if len(s.relay.taken) != 1 {
		s.t.Errorf("%v", s.recipients())
	}
}

// bounces says that what was sent to an address came back.
func (s *stage) bounces(address string) {
	s.t.Helper()
	for _, d := range s.stored() {
		if d.Recipient.Address.Canonical() == address && d.State == outbox.Accepted {
			must(s.Act(s.t.Context(), d.ID, outbox.Bounce, pipeline.By{Name: "O", Why: "the far server returned it"}))(s.t)
		}
	}
}

func repeatedToWrongPerson(s *stage) {
	s.enter(child("1"), teacher(trusted))
	s.send()
	s.now = s.now.Add(1)
	s.bounces(trusted)
	for _, id := range []string{"2", "3", "4", "5"} {
		s.now = s.now.Add(1)
		s.enter(child(id), teacher(trusted))
		s.send()
	}
	if n := s.mailedTo(trusted); n != 1 {
		s.t.Fatalf("%d messages to an address that bounced", n)
	}
	d := s.heldFor(trusted, "came back")
	// A person who asked may let one go; the others wait on.
	must(s.Act(s.t.Context(), d.ID, outbox.Approve, pipeline.By{Name: "O", Why: "rang them: the mailbox was full"}))(s.t)
	s.send()
	if n := s.mailedTo(trusted); n != 2 {
		s.t.Errorf("%d messages after one approval", n)
	}
	s.heldFor(trusted, "came back")
}

func groupMailInClear(s *stage) {
	s.enter(child("1"), teacher(trusted), worker(), parent())
	s.enter(child("2"), teacher(stranger))
	s.send()
	for _, e := range s.relay.taken {
		head, _, _ := bytes.Cut(e.Bytes, []byte("\r\n\r\n"))
		lower := strings.ToLower(string(head))
		if strings.Contains(lower, "\r\ncc:") || strings.Contains(lower, "\r\nbcc:") || strings.Count(lower[strings.Index(lower, "\r\nto:"):], "@") < 1 {
			s.t.Errorf("the head of a message: %s", head)
		}
		for _, other := range []string{trusted, workerAddress, parentAddress, stranger} {
			if other != e.To && bytes.Contains(head, []byte(other)) {
				s.t.Errorf("the message to %s names %s", e.To, other)
			}
		}
	}
	for _, d := range s.stored() {
		inside := strings.HasSuffix(d.Recipient.Address.Domain(), "democheshire.gov.uk") || strings.HasSuffix(d.Recipient.Address.Domain(), "democheshire.sch.uk")
		if d.Decision.Method == route.MethodTLS && !inside {
			s.t.Errorf("%s goes in ordinary mail outside the circle", d.Recipient.Role)
		}
	}
}

func forwarded(s *stage) {
	c := teacher("staff-list@elsewhere.example")
	ref := s.enter(child("1"), c)
	s.send()
	phrases := must(s.Deliveries.Phrases(s.t.Context(), ref))(s.t)
	for _, e := range s.relay.taken {
		for _, word := range []string{"Ottoline", "Quillfeather", "Marl School"} {
			if bytes.Contains(e.Bytes, []byte(word)) {
				s.t.Errorf("whoever it is forwarded to reads %q", word)
			}
		}
		for _, phrase := range phrases {
			if bytes.Contains(e.Bytes, []byte(phrase)) {
				s.t.Error("the passphrase goes with it")
			}
		}
	}
	if len(s.relay.taken) != 1 || len(phrases) != 1 {
		s.t.Errorf("%d messages, %d passphrases: nothing is proved", len(s.relay.taken), len(phrases))
	}
}

func formerRecipient(s *stage) {
	s.ByHand = true
	s.enter(child("1"), teacher(trusted), worker())
	s.draft(false)
	s.release()
	// Five exports later the worker is another; the release stands.
	next := worker()
	next.Name, next.Email = "Ash Worker", pep.ParseAddress("ash@democheshire.gov.uk")
	s.enter(child("1"), teacher(trusted), next)
	s.handOver()
	s.send()
	if n := s.mailedTo(workerAddress); n != 0 {
		s.t.Errorf("%d messages to who has nothing to do with the child any more", n)
	}
}

func wrongHouse(s *stage) {
	c := teacher("")
	c.Email, c.AgreedDelivery, c.Address1, c.Postcode = pep.Address{}, pep.AgreedPost, "1 Marl Row", "ZZ99 1AA"
	s.enter(child("1"), c)
	s.on("2026-02-04")
	c.Address1 = "2 Marl Row"
	s.enter(child("1"), c)
	s.send()
	if len(s.relay.taken) != 0 {
		s.t.Errorf("%v", s.recipients())
	}
	d := s.heldFor("", "changed the postal address on Wed 4 February 2026")
	must(s.Act(s.t.Context(), d.ID, outbox.Post, pipeline.By{Name: "O", Why: "rang: number 2 is right"}))(s.t)
}

func unredacted(s *stage) {
	father := parent()
	father.Name, father.Email = "Alex Former", pep.ParseAddress("alex@mail.example")
	ref := s.enter(child("1"), attending(teacher(trusted)), attending(carer()), parent(), father)
	s.send()
	s.on("2026-03-04")
	s.finalise(ref, "m1", "Merrion Hollowbrook of 7 Hidden Lane reads with her.")
	s.send()
	for _, address := range []string{parentAddress, "alex@mail.example"} {
		if n := s.mailedTo(address); n != 1 { // the form, not the final plan
			s.t.Errorf("%d messages to %s", n, address)
		}
		d := s.heldFor(address, "repeats something this reader may not see")
		told := must(s.Story(s.t.Context(), d.ID, pipeline.Reader{Login: "o"}))(s.t)
		if len(told.Repeats) == 0 || !strings.Contains(told.Repeats[0].Sentence, "7 Hidden Lane") {
			s.t.Errorf("the officer is not shown the sentence: %+v", told.Repeats)
		}
		if strings.Contains(d.Reason, "Hidden Lane") {
			s.t.Error("the reason repeats the sentence")
		}
	}
}

func birthFather(s *stage) {
	father := parent()
	s.ByHand = true
	ref := s.enter(child("1"), attending(teacher(trusted)), carer(), father)
	s.draft(false)
	s.release() // released, and then the child is placed
	placed := child("1")
	placed.Placement = "A4"
	shared, former := worker(), carer()
	shared.Role, shared.Name, shared.Email, shared.ReceivesFinal = pep.FosterCarer, "Kin Carer", pep.ParseAddress("SAM@mail.example"), pep.Yes
	former.Name, former.Email, former.Invited, former.ReceivesFinal = "Former Carer", pep.ParseAddress("former@mail.example"), pep.No, pep.Yes
	s.enter(placed, attending(teacher(trusted)), attending(carer()), father, shared, former)
	s.handOver()
	s.ByHand = false
	s.send()
	s.on("2026-03-04")
	s.finalise(ref, "m1", "Reads aloud every day.")
	s.send()
	for _, asked := range []string{parentAddress, "former@mail.example"} {
		if _, err := s.Copy(s.t.Context(), pipeline.CopyAsk{Ref: ref, To: asked, By: pipeline.By{Name: "O", Why: "he asked"}}); err == nil {
			s.t.Errorf("a copy is made for %s", asked)
		}
	}
	s.send()
	for _, e := range s.relay.taken {
		if address := strings.ToLower(e.To); address == parentAddress || address == "former@mail.example" {
			s.t.Errorf("a message went to %s", e.To)
		}
	}
	if s.mailedTo(trusted) != 2 || s.mailedTo("merrion@mail.example") != 1 {
		s.t.Errorf("the teacher and the adopters do not get their own: %v", s.recipients())
	}
}

func noteInFreeText(s *stage) {
	ref := s.enter(child("1"), attending(teacher(trusted)))
	s.send()
	s.on("2026-03-04")
	s.finalise(ref, "m1", "Write to the carer at new.home@mail.example from now on, 9 New Road.")
	s.send()
	s.on("2026-03-05")
	s.send()
	if n := s.mailedTo("new.home@mail.example"); n != 0 {
		s.t.Errorf("%d messages to an address of the free text", n)
	}
	if s.mailedTo(trusted) != 2 || len(s.relay.taken) != 2 {
		s.t.Errorf("%v", s.recipients())
	}
}

func firstSend(s *stage) {
	// The tick: it goes, and the release list says that it is the first.
	s.enter(child("1"), teacher(trusted))
	if d := s.draft(true).Drafts[0].Delivery; !d.Recipient.New {
		s.t.Error("the release list does not say that the address is new")
	}
	s.send()
	// Where the authority wants it confirmed, it waits for a person.
	s.FirstSend = addressbook.FirstConfirm
	first := "office@new.democheshire.sch.uk"
	c := teacher(first)
	c.Name, c.Organisation = "Ash Teacher", "New School"
	s.enter(child("2"), c)
	s.enter(child("3"), teacher(trusted))
	s.send()
	if s.mailedTo(first) != 0 || s.mailedTo(trusted) != 2 {
		s.t.Errorf("%v", s.recipients())
	}
	d := s.heldFor(first, "nothing was ever sent to this address")
	s.says(first, true, "")
	must(s.Act(s.t.Context(), d.ID, outbox.Approve, pipeline.By{Name: "O", Why: "confirmed"}))(s.t)
	s.send()
	if s.mailedTo(first) != 1 {
		s.t.Errorf("%v", s.recipients())
	}
}

// says is a person's word on an address; the error it came to.
func (s *stage) says(address string, right bool, account string) error {
	s.t.Helper()
	known := must(s.FindAddress(s.t.Context(), address))(s.t)
	_, err := s.SayAddress(s.t.Context(), known, right, pipeline.By{Name: "O", Why: "rang them"}, account)
	return err
}
