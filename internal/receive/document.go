package receive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/office"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/word"
)

// The bounds of what is tried on one file. A try costs a tenth of a second for
// every 100,000 spins, and it is the file that says how many.
const (
	maxPassphrases = 8
	maxSpinsTried  = 10_000_000
)

// sameMailbox compares two addresses as mail systems do in practice: the local
// part without regard to case.
func sameMailbox(a, b pep.Address) bool {
	return a.Canonical() != "" && strings.EqualFold(a.Canonical(), b.Canonical())
}

// isOffice reports whether a file could be a Word form, by its content or by
// its name: what pretends to be one is looked at and refused with a reason.
func isOffice(name string, content []byte) bool {
	if bytes.HasPrefix(content, []byte("PK\x03\x04")) || bytes.HasPrefix(content, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) {
		return true
	}
	name = strings.ToLower(name)
	for _, extension := range []string{".docx", ".doc", ".docm", ".dotx", ".dotm", ".rtf", ".odt"} {
		if strings.HasSuffix(name, extension) {
			return true
		}
	}
	return false
}

// open opens a protected form with the passphrases of what was sent.
func open(content []byte, sent []Sent) (plain []byte, protected bool, reason *Reason) {
	if !office.IsEncrypted(content) {
		return content, false, nil
	}
	spins, err := office.Spins(content)
	if err != nil {
		return nil, true, sealNotRead()
	}
	most := mostTries(spins)
	tried := map[string]bool{}
	for _, phrase := range keysTo(sent) {
		if phrase == "" || tried[phrase] || len(tried) >= most {
			continue
		}
		tried[phrase] = true
		plain, err := office.Decrypt(content, phrase)
		if err == nil {
			return plain, true, nil
		}
		if !errors.Is(err, office.ErrWrongPassphrase) {
			return nil, true, sealNotRead()
		}
	}
	return nil, true, &Reason{Unopened, "no passphrase that was given out for this child opens the file"}
}

// keysTo are the passphrases of what was sent, and after them the phrases agreed
// with whoever it was sent to.
func keysTo(sent []Sent) []string {
	var own, agreed []string
	for _, s := range sent {
		own, agreed = append(own, s.Passphrase), append(agreed, s.Agreed...)
	}
	return append(own, agreed...)
}

// mostTries is how many passphrases are tried on a file that asks for so many
// spins.
func mostTries(spins uint32) int {
	return min(maxPassphrases, maxSpinsTried/max(int(spins), 1))
}

func sealNotRead() *Reason {
	return &Reason{Unopened, "the protected file is damaged, or protected in a way that is not read"}
}

// document opens and reads one form. The trail learns the form's own
// reference.
func document(name string, content []byte, known Known, t *trail, out *Return) {
	plain, protected, reason := open(content, t.sent(known))
	if reason != nil {
		out.forPerson(reason.Code, reason.Text)
		return
	}
	reading, err := word.Read(plain, known.Forms)
	var refused *word.RefusedError
	if errors.As(err, &refused) {
		out.forPerson(RefusedFile, string(refused.Code)+": "+refused.Detail)
		return
	}
	digest := sha256.Sum256(plain)
	out.File = &File{Name: name, Document: plain, SHA256: hex.EncodeToString(digest[:]), Protected: protected, Reading: reading}
	t.add(reading.Ref)
	if doubt := doubtOf(reading, known.Forms); doubt != "" {
		out.forPerson(Doubtful, doubt)
	}
}

// sent are the forms whose passphrases may be tried: those of the message
// answered and of every reference named.
func (t *trail) sent(known Known) []Sent {
	var all []Sent
	if t.answers.Delivery != "" {
		all = append(all, t.answers)
	}
	for _, ref := range t.refs {
		all = append(all, known.ByRef(ref)...)
	}
	return all
}

// certain is the confidence from which a form needs no second look.
const certain = 0.9

// doubtOf says why a reading needs a person, empty where it does not.
func doubtOf(reading word.Reading, forms word.Forms) string {
	f, _ := forms.ByID(reading.Form) // word.Read refuses a form that is unknown
	switch faults := form.Faults(f, reading.Values); {
	case len(reading.Unreadable) > 0:
		return "some answers could not be read"
	case reading.Confidence < certain:
		return "the form lost so much of its structure that the answers may be misread"
	case len(faults) > 0:
		return "the form does not take the answer " + faults[0].Field + ": " + faults[0].Reason
	}
	for _, problem := range reading.Problems {
		if problem.Code != word.OtherVersion {
			return "the form is odd: " + string(problem.Code)
		}
	}
	if len(reading.Comments) > 0 {
		return "somebody wrote remarks in the margin"
	}
	return ""
}

// compare lists what differs from the form as it was sent.
func compare(known Known, out *Return) {
	if out.File == nil || out.Ref == "" {
		return
	}
	was, sent := known.Values(out.Ref)
	f, ours := known.Forms.ByID(out.File.Reading.Form)
	if sent && ours {
		out.File.Changed = form.Diff(f, was, out.File.Reading.Values)
	}
}
