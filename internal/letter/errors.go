package letter

import "github.com/pepost/pepost/internal/route"

// UndecidedError means that the decision permits no message: it is held,
// refused, or asks for a method for which there are no letters.
type UndecidedError struct {
	Verdict route.Verdict
	Method  route.Method
}

// Error names the verdict and the method.
func (e *UndecidedError) Error() string {
	return "no letter is written for the decision " + string(e.Verdict) + " by " + string(e.Method)
}

// InputError means that something a letter needs is missing or unfit. Text
// never repeats the value.
type InputError struct {
	Field string
	Text  string
}

// Error names the field.
func (e *InputError) Error() string { return "writing a letter: " + e.Field + " " + e.Text }

// TellingError means that a message to an address that is not secure would
// have said what it is about, or that a message would have carried something
// other than its one reference.
type TellingError struct {
	Part Part
	Word string // the telling words, which are the field's and nobody's data
}

// Error names the part of the message.
func (e *TellingError) Error() string {
	return "writing a letter: the " + string(e.Part) + " says " + e.Word
}

// Part is a part of a message that travels outside the document.
type Part string

// The parts.
const (
	PartSenderName Part = "sender name"
	PartSubject    Part = "subject"
	PartText       Part = "text"
	PartFileName   Part = "file name"
)
