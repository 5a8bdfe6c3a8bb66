package outbox

import "fmt"

// State is where a delivery stands. The names are part of the command line
// contract.
type State string

// The states.
const (
	Drafted   State = "drafted"   // sealed and stored, not released
	Approved  State = "approved"  // released, waiting to be sent
	Held      State = "held"      // a person must look
	Sending   State = "sending"   // a process has it and may be talking to a relay
	Accepted  State = "accepted"  // the relay took responsibility
	Delivered State = "delivered" // evidence that it reached the mailbox or the door
	Deferred  State = "deferred"  // not taken this time, to be tried again
	Refused   State = "refused"   // the relay will never take it
	Uncertain State = "uncertain" // it may or may not have left; never sent again by itself
	Bounced   State = "bounced"   // it came back
	Posted    State = "posted"    // handed to the post
	Cancelled State = "cancelled" // withdrawn before it left
)

// States lists every state in the order of the contract.
func States() []State {
	return []State{
		Drafted, Approved, Held, Sending, Accepted, Delivered,
		Deferred, Refused, Uncertain, Bounced, Posted, Cancelled,
	}
}

// Action is what happened to a delivery.
type Action string

// The actions. Note changes no state.
const (
	Draft   Action = "draft"
	Approve Action = "approve"
	Hold    Action = "hold"
	Cancel  Action = "cancel"
	Start   Action = "start"
	Accept  Action = "accept"
	Deliver Action = "deliver"
	Defer   Action = "defer"
	Refuse  Action = "refuse"
	Lose    Action = "lose"
	Bounce  Action = "bounce"
	Post    Action = "post"
	Retry   Action = "retry"
	Note    Action = "note"
)

// Actions lists every action.
func Actions() []Action {
	return []Action{
		Draft, Approve, Hold, Cancel, Start, Accept, Deliver, Defer, Refuse, Lose, Bounce, Post, Retry, Note,
	}
}

// table is the whole machine: which action leads from which state to which.
// What is not in it cannot happen.
func table() map[State]map[Action]State {
	return map[State]map[Action]State{
		Drafted:   {Approve: Approved, Hold: Held, Cancel: Cancelled},
		Approved:  {Start: Sending, Hold: Held, Cancel: Cancelled, Post: Posted},
		Held:      {Approve: Approved, Cancel: Cancelled, Post: Posted},
		Sending:   {Accept: Accepted, Defer: Deferred, Refuse: Refused, Lose: Uncertain, Hold: Held},
		Deferred:  {Start: Sending, Hold: Held, Cancel: Cancelled, Retry: Approved},
		Refused:   {Retry: Approved, Hold: Held, Cancel: Cancelled},
		Uncertain: {Accept: Accepted, Deliver: Delivered, Bounce: Bounced, Retry: Approved, Cancel: Cancelled},
		Accepted:  {Deliver: Delivered, Bounce: Bounced},
		Delivered: {Bounce: Bounced},
		Posted:    {Deliver: Delivered, Bounce: Bounced},
		Bounced:   {},
		Cancelled: {},
	}
}

// Waiting reports whether the delivery will be sent without a person.
func (s State) Waiting() bool {
	return s == Approved || s == Deferred || s == Sending
}

// Gone reports whether the message left or may have left.
func (s State) Gone() bool {
	switch s {
	case Accepted, Delivered, Uncertain, Bounced, Posted:
		return true
	}
	return false
}

// NotAllowedError says that an action cannot be done in a state.
type NotAllowedError struct {
	State  State
	Action Action
}

// Error names the state and what may be done in it.
func (e *NotAllowedError) Error() string {
	return fmt.Sprintf("cannot %s a delivery that is %s", e.Action, e.State)
}

// Next is the state an action leads to, or a [NotAllowedError].
func Next(from State, action Action) (State, error) {
	if action == Note {
		return from, nil
	}
	to, ok := table()[from][action]
	if !ok {
		return from, &NotAllowedError{State: from, Action: action}
	}
	return to, nil
}
