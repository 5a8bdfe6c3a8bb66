package receive

import (
	"regexp"
	"slices"

	"github.com/pepost/pepost/internal/pep"
)

// from is the one sender of a message; the zero Address where there is none,
// or several.
func (p parsed) from() pep.Address {
	all, err := p.header.AddressList("From")
	if err != nil || len(all) != 1 {
		return pep.Address{}
	}
	return pep.ParseAddress(all[0].Address)
}

func (p parsed) subject() string {
	subject, err := p.header.Subject()
	if err != nil {
		return p.header.Get("Subject")
	}
	return subject
}

// maxIDs bounds the Message-IDs of a long conversation that are looked up.
const maxIDs = 50

// answered are the Message-IDs that a message answers, the nearest first.
func (p parsed) answered() []string {
	var ids []string
	for _, name := range []string{"In-Reply-To", "References"} {
		list, err := p.header.MsgIDList(name)
		if err != nil {
			continue
		}
		slices.Reverse(list)
		for _, id := range list[:min(len(list), maxIDs)] {
			if id = bracketed(id); id != "" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// trail gathers what a message says of whose it is.
type trail struct {
	refs     []pep.Ref
	mistyped bool
	// answers is the message of ours that this one answers.
	answers Sent
}

func (t *trail) add(ref pep.Ref) {
	if ref != "" && !slices.Contains(t.refs, ref) {
		t.refs = append(t.refs, ref)
	}
}

var refWords = regexp.MustCompile(`(?i)PEP[-_][0-9A-Z]{4}[-_][0-9A-Z]{2}`)

// note adds every reference that a text has.
func (t *trail) note(text string) {
	for _, at := range refWords.FindAllStringIndex(text, 20) {
		if at[0] > 0 && wordByte(text[at[0]-1]) || at[1] < len(text) && wordByte(text[at[1]]) {
			continue
		}
		ref, err := pep.ParseRef(underscored.ReplaceAllString(text[at[0]:at[1]], "-"))
		if err != nil {
			t.mistyped = true
			continue
		}
		t.add(ref)
	}
}

var underscored = regexp.MustCompile(`_`)

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// follow reads subject, file names and the message that is answered.
func (p parsed) follow(known Known) trail {
	var t trail
	t.note(p.subject())
	for _, subject := range p.subjects {
		t.note(subject)
	}
	for _, part := range p.parts {
		t.note(part.name)
	}
	for _, id := range p.answered() {
		if sent, ours := known.ByMessageID(id); ours {
			if t.answers.MessageID == "" {
				t.answers = sent
			}
			t.add(sent.Ref)
		}
	}
	return t
}

// settle says whose the message is: exactly one reference, of a child to whom
// a form went, from the address that it went to.
func (t trail) settle(from pep.Address, known Known, out *Return) {
	switch {
	case t.mistyped:
		out.forPerson(Mistyped, "a reference in the message has a wrong check character")
	case len(t.refs) > 1:
		out.forPerson(References, "subject, file name, form and the message answered do not all name the same child")
		return
	case len(t.refs) == 0:
		out.forPerson(NoReference, "neither subject, file name nor form says which child it is about")
		return
	}
	if len(t.refs) != 1 {
		return
	}
	out.Ref = t.refs[0]
	sent := known.ByRef(out.Ref)
	if len(sent) == 0 {
		out.forPerson(UnknownReference, "no form went out under this reference")
		return
	}
	at := slices.IndexFunc(sent, func(s Sent) bool { return sameMailbox(s.To, from) })
	if at < 0 {
		out.forPerson(OtherSender, "it comes from an address to which the form did not go")
		return
	}
	out.Delivery = sent[at].Delivery
	if t.answers.Ref == out.Ref && sameMailbox(t.answers.To, from) {
		out.Delivery = t.answers.Delivery
	}
}
