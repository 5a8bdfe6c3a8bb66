package letter

import (
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// Call is a telephone call in which a passphrase is read out. The name and the
// number are those of the register; the passphrase itself has no place here.
type Call struct {
	Ref       pep.Ref
	Sent      pep.Date // zero where the message has not left
	Name      string
	Telephone string
	Role      pep.Role
	Authority string
}

// callWords are what the script may speak of.
type callWords struct {
	Reference, Sent, Name, Telephone, Role, Authority string
}

// CallScript is what the officer goes by during the call. It is shown and
// never sent. It fails only for templates that were not loaded.
func (t Templates) CallScript(c Call) (string, error) { return t.script.say(c) }

// PhraseScript is what the officer goes by when telling a new phrase that is to
// open all documents from then on. A call of this kind has no reference.
func (t Templates) PhraseScript(c Call) (string, error) { return t.agree.say(c) }

// say fills a script in.
func (f file) say(c Call) (string, error) {
	if f.body == nil {
		return "", &InputError{"call script", "has no template"}
	}
	text, err := run(f.body, callWords{
		Reference: string(c.Ref), Sent: c.Sent.Long(), Name: c.Name, Telephone: c.Telephone,
		Role: spoken(c.Role), Authority: c.Authority,
	})
	if err != nil {
		return "", fmt.Errorf("writing the call script: %w", err)
	}
	return strings.TrimRight(oneEmptyLine(text), "\n") + "\n", nil
}

// spoken is a role as it is said.
func spoken(r pep.Role) string {
	if r == pep.ReviewingOfficer {
		return "independent reviewing officer"
	}
	return string(r)
}
