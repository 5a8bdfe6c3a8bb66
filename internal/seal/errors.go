package seal

import "github.com/pepost/pepost/internal/route"

// NotSealedError means that the decision permits no bytes: it is held, refused
// or to be posted, or asks for a method that cannot be done, such as OpenPGP without a key. A person must
// look; there is no other way to try.
type NotSealedError struct {
	Verdict route.Verdict
	Method  route.Method
}

// Error names the verdict and the method.
func (e *NotSealedError) Error() string {
	return "nothing is sealed for the decision " + string(e.Verdict) + " by " + string(e.Method)
}

// MismatchError means that what was given does not belong together or cannot
// stand in a message. Text never repeats a value.
type MismatchError struct {
	What string
	Text string
}

// Error names what does not fit.
func (e *MismatchError) Error() string { return "sealing a message: the " + e.What + " " + e.Text }

func mismatch(what, text string) error { return &MismatchError{What: what, Text: text} }
