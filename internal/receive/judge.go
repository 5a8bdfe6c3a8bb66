package receive

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

// forPerson puts a return before a person.
func (r *Return) forPerson(code ReasonCode, text string) {
	r.Verdict = ForPerson
	r.Reasons = append(r.Reasons, Reason{code, text})
}

// Judge judges one message as it was fetched from the mailbox.
func Judge(data []byte, known Known) Return {
	out := Return{SHA256: digest(data)}
	p, err := parse(data)
	if id, idErr := p.header.MessageID(); idErr == nil {
		out.MessageID = bracketed(id)
	}
	switch {
	case errors.Is(err, errTooLarge):
		out.forPerson(TooLarge, err.Error())
		return out
	case err != nil:
		out.forPerson(Malformed, "the message cannot be taken apart")
		return out
	}
	out.From = p.from()
	p.unlock(known, &out)
	out.Text = p.text()
	judgeMessage(p, known, &out)
	return out
}

// JudgeHeader judges a message of which the header alone was fetched, because it
// is too large to be taken in: a person looks at it where it lies. What the
// header says of whose it is, is a suggestion.
func JudgeHeader(header []byte, known Known) Return {
	out := Return{SHA256: digest(header)}
	p, _ := parse(header) // a message without its body has a header all the same
	if id, err := p.header.MessageID(); err == nil {
		out.MessageID = bracketed(id)
	}
	out.From = p.from()
	if t := p.follow(known); len(t.refs) == 1 {
		out.Ref = t.refs[0]
	}
	out.forPerson(TooLarge, "the message is too large to be taken in: it lies whole in the mailbox, in the folder for a person")
	return out
}

func judgeMessage(p parsed, known Known, out *Return) {
	if out.MessageID != "" {
		if sent, ours := known.ByMessageID(out.MessageID); ours {
			out.Ref, out.Delivery = sent.Ref, sent.Delivery
			out.forPerson(OwnMessage, "a message that this program sent came back as it was")
			return
		}
	}
	forms, others := p.attachments(out)
	switch {
	case p.isReport():
		judgeReport(p, known, out)
	case p.isReceipt() && len(forms) == 0:
		judgeAutomatic(p, known, out)
	case p.fromMailSystem() && len(forms) == 0:
		judgeAutomatic(p, known, out)
		out.forPerson(LooseReport, "a mail system wrote it, but not as a delivery report; it may be a bounce")
	case p.isAutomatic() && len(forms) == 0 && others == 0:
		judgeAutomatic(p, known, out)
	default:
		judgeReturn(p, forms, known, out)
		if p.isAutomatic() {
			out.forPerson(AutomaticForm, "the message calls itself automatic")
		}
	}
}

// judgeAutomatic says which delivery an automatic reply answers.
func judgeAutomatic(p parsed, known Known, out *Return) {
	t := p.follow(known)
	for _, address := range p.sentTo() {
		if sent, ours := known.ByReturnPath(address); ours {
			t.answers = sent
			t.add(sent.Ref)
			break
		}
	}
	out.Verdict, out.Delivery = Automatic, t.answers.Delivery
	if len(t.refs) == 1 {
		out.Ref = t.refs[0]
	}
}

// judgeReturn judges a message that a person wrote.
func judgeReturn(p parsed, forms []part, known Known, out *Return) {
	t := p.follow(known)
	out.Verdict = Filled
	switch len(forms) {
	case 0:
		out.forPerson(NoForm, "there is no Word form in the message")
	case 1:
		if forms[0].nested {
			out.forPerson(Forwarded, "the form is inside a message that was attached")
		}
		document(forms[0].name, forms[0].content, known, &t, out)
		if out.File != nil && forms[0].opened {
			out.File.Protected = true
		}
	default:
		out.forPerson(SeveralForms, "there is more than one Word file in the message")
	}
	p.tellLocked(out)
	if why := p.authentic(known.Gateway); why != "" {
		out.forPerson(Unverified, why)
	}
	if len(t.refs) == 0 {
		// The text may quote anything; what it names is a suggestion.
		t.hint(out.Text, out)
	}
	t.settle(out.From, known, out)
	if len(out.Others) > 0 {
		out.forPerson(OtherFile, "there is a file beside the form: a PDF, a picture or something else")
	}
	compare(known, out)
}

// hint suggests the child that the sender's own words name.
func (t trail) hint(text string, out *Return) {
	t.note(text)
	if len(t.refs) == 1 {
		out.Ref = t.refs[0]
	}
}

// attachments parts what could be a form from the rest. Pictures shown within
// the text are neither, nor is what is sealed or packed.
func (p parsed) attachments(out *Return) (forms []part, others int) {
	for _, part := range p.parts {
		switch {
		case part.locked, part.packed() != "":
			others++ // it may be anything, and is told by itself
		case isOffice(part.name, part.content):
			forms = append(forms, part)
		case part.name == "" && (strings.HasPrefix(part.kind, "text/") || strings.HasPrefix(part.kind, "message/")),
			part.inline && strings.HasPrefix(part.kind, "image/"),
			strings.HasSuffix(part.kind, "-signature"), part.kind == "text/calendar", strings.HasPrefix(part.kind, "message/"):
		default:
			others++
			out.Others = append(out.Others, nameOrKind(part))
		}
	}
	return forms, others
}

func nameOrKind(p part) string {
	if p.name != "" {
		return p.name
	}
	return p.kind
}

// JudgeFile judges a form that an officer hands in as a file. Whoever handed
// it in vouches for the sender, so there is none to compare.
func JudgeFile(name string, data []byte, known Known) Return {
	out := Return{SHA256: digest(data), Verdict: Filled}
	var t trail
	t.note(name)
	document(name, data, known, &t, &out)
	if t.mistyped {
		out.forPerson(Mistyped, "the file's name has a reference with a wrong check character")
	}
	switch len(t.refs) {
	case 0:
		out.forPerson(NoReference, "neither file name nor form says which child it is about")
	case 1:
		out.Ref = t.refs[0]
		out.settleFile(known)
	default:
		out.forPerson(References, "the file's name and the form name two children")
	}
	compare(known, &out)
	return out
}

func (r *Return) settleFile(known Known) {
	sent := known.ByRef(r.Ref)
	if len(sent) == 0 {
		r.forPerson(UnknownReference, "no form went out under this reference")
		return
	}
	r.Delivery = sent[0].Delivery
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
