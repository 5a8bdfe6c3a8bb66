package receive

import (
	"bytes"
	"errors"
	"strings"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"

	"github.com/pepost/pepost/internal/keyring"
)

// maxUnlocked bounds how many encrypted parts of one message are opened, those
// within others included.
const maxUnlocked = 5

// unlock opens what is encrypted with OpenPGP: a whole message (PGP/MIME,
// RFC 3156), a file, or a text. What is inside takes the place of what was
// locked and is judged like everything else: that it was encrypted to us proves
// nothing about who sent it. What cannot be opened stays, marked.
func (p *parsed) unlock(known Known, out *Return) {
	var all []part
	tries := 0
	for queue := p.parts; len(queue) > 0; {
		next := queue[0]
		queue = queue[1:]
		whole := next.kind == "application/pgp-encrypted" && len(queue) > 0 && keyring.IsArmored(queue[0].content)
		if whole { // the part that says so is followed by the one that is meant
			next, queue = queue[0], queue[1:]
		}
		if !whole && !next.encrypted() {
			all = append(all, next)
			continue
		}
		inside, why := []part(nil), "it holds more encrypted parts than are opened"
		if tries++; tries <= maxUnlocked {
			inside, why = p.opened(next, whole, known, out)
		}
		if why == "" {
			for i := range inside {
				inside[i].opened = true
			}
			queue = append(inside, queue...)
			continue
		}
		next.locked = true
		all = append(all, next)
		p.doubts = append(p.doubts, Reason{Unopened, "encrypted with OpenPGP, and not opened: " + why})
	}
	p.parts = all
}

// encrypted reports an OpenPGP message, by its content or by its name.
func (p part) encrypted() bool {
	name := strings.ToLower(p.name)
	return keyring.IsArmored(p.content) || strings.HasSuffix(name, ".pgp") || strings.HasSuffix(name, ".gpg")
}

// opened gives the parts within an encrypted one, or why there are none.
func (p *parsed) opened(sealed part, whole bool, known Known, out *Return) (inside []part, why string) {
	if known.Decrypt == nil {
		return nil, "no key of ours that opens it is configured (openpgp: in pepost.yaml)"
	}
	got, err := known.Decrypt(sealed.content, out.From)
	switch {
	case errors.Is(err, keyring.ErrOtherKey):
		return nil, "it is not for our key: the sender has an old one, or another's"
	case err != nil:
		return nil, "it is damaged, was changed on the way, or is encrypted in a way that is not read"
	}
	if got.Signature == keyring.SignedWrongly {
		p.doubts = append(p.doubts, Reason{WrongSignature, "the signature in it is of the sender's confirmed key and does not hold"})
	}
	out.signed(got.Signature)
	if !whole {
		inner := sealed
		inner.content, inner.name = got.Data, unlockedName(sealed.name)
		if p.left -= int64(len(got.Data)); p.left < 0 {
			return nil, "there is more in it than a returned form can have"
		}
		return []part{inner}, ""
	}
	w := walker{left: p.left}
	subject, err := w.inner(got.Data)
	if err != nil {
		return nil, "what is in it cannot be taken apart"
	}
	p.left = w.left
	if subject != "" {
		p.subjects = append(p.subjects, subject)
	}
	return w.parts, ""
}

// inner takes apart the message within an encrypted one, and gives its
// protected subject.
func (w *walker) inner(data []byte) (subject string, err error) {
	if headerSize(data) > maxHeader || !partsBounded(data) {
		return "", errTooLarge
	}
	entity, err := message.ReadWithOptions(bytes.NewReader(data), &message.ReadOptions{MaxHeaderBytes: maxMessage})
	if err = usable(err); err != nil {
		return "", err
	}
	if subject, err = (&mail.Header{Header: entity.Header}).Subject(); err != nil {
		subject = ""
	}
	return subject, w.walk(entity, 1, false)
}

// unlockedName is a file's name without the ending that encrypting gave it.
func unlockedName(name string) string {
	for _, ending := range []string{".pgp", ".gpg", ".asc"} {
		if len(name) > len(ending) && strings.EqualFold(name[len(name)-len(ending):], ending) {
			return name[:len(name)-len(ending)]
		}
	}
	return name
}

// signed notes what a signature said. A wrong one outweighs every other, and a
// part that is not signed one that is.
func (r *Return) signed(state keyring.SignatureState) {
	weight := func(s keyring.SignatureState) int {
		switch s {
		case keyring.SignedWrongly:
			return 4
		case keyring.Unsigned:
			return 3
		case keyring.SignedByUnknown:
			return 2
		case keyring.SignedBySender:
			return 1
		}
		return 0
	}
	if weight(state) > weight(r.Signature) {
		r.Signature = state
	}
}

// packed says in which way a part hides what it holds, empty where it does not.
func (p part) packed() string {
	name := strings.ToLower(p.name)
	switch {
	case p.kind == "application/pkcs7-mime", p.kind == "application/x-pkcs7-mime", strings.HasSuffix(name, ".p7m"):
		return "encrypted or packed with S/MIME, which is not opened here: ask for the Word form itself, protected as ours was"
	case p.kind == "application/ms-tnef", p.kind == "application/vnd.ms-tnef", name == "winmail.dat":
		return "packed as winmail.dat (Outlook's own format), which is not read: ask for the Word form as an attachment"
	case p.kind == "application/pgp-encrypted":
		return "encrypted with OpenPGP, and what was encrypted is missing"
	}
	return ""
}

// tellLocked says what of a message could not be looked into, and what was
// wrong with what could.
func (p parsed) tellLocked(out *Return) {
	for _, doubt := range p.doubts {
		out.forPerson(doubt.Code, doubt.Text)
	}
	for _, part := range p.parts {
		if why := part.packed(); why != "" {
			out.forPerson(Unopened, why)
		}
	}
}
