package notify

import "time"

// Result is what became of a text.
type Result string

// The results.
const (
	// Taken means that the service has the text.
	Taken Result = "taken"
	// Delivered means that it reached the telephone.
	Delivered Result = "delivered"
	// Failed means that it was taken and did not arrive.
	Failed Result = "failed"
	// Refused means that the service will not take it as it is.
	Refused Result = "refused"
	// Later means that nothing was taken, and Until says when to try again.
	Later Result = "later"
	// Uncertain means that no answer came: the service may have it.
	Uncertain Result = "uncertain"
	// Unknown means that the service has no text of the reference.
	Unknown Result = "unknown"
	// Misconfigured means that nothing is taken before a person mends the key,
	// the clock or the template.
	Misconfigured Result = "misconfigured"
)

// Outcome is a result with what the service said. No part of it holds a number
// or a passphrase.
type Outcome struct {
	Result Result
	ID     string // the service's own name for the text
	Status string // the service's word, such as permanent-failure
	Until  time.Time
	Detail string
}

// resultOf is what a status of a text message means.
func resultOf(status string) Result {
	switch status {
	case "created", "sending", "pending", "sent":
		return Taken
	case "delivered":
		return Delivered
	case "permanent-failure", "temporary-failure", "technical-failure":
		return Failed
	}
	return Uncertain
}
