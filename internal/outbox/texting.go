package outbox

import "time"

// TextState is where the text message with a passphrase stands.
type TextState string

// The states of a text message; a delivery without one has the empty one.
const (
	TextNone TextState = ""
	// TextAsked was begun and no answer is recorded: the service is asked by the
	// reference before anything is sent again.
	TextAsked     TextState = "asked"
	TextTaken     TextState = "taken"
	TextDelivered TextState = "delivered"
	// TextFailed did not arrive or is not taken: it is not sent again, an
	// officer rings.
	TextFailed TextState = "failed"
)

// Texting is the text message with the passphrase of one delivery.
type Texting struct {
	State TextState `json:"state"`
	// Reference is the opaque name that the service knows it by.
	Reference string    `json:"reference"`
	At        time.Time `json:"at"` // when it was begun
}
