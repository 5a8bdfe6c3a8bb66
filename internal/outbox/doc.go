// Package outbox holds the states of one delivery and the only transitions
// between them.
//
// A delivery is one document of one child to one recipient by one decision.
// The package takes a delivery and what happened and gives the delivery in its
// new state with the event recorded, or refuses. It does no I/O and reads no
// clock. It never moves a delivery whose message may already have left back to
// a state from which it is sent again: only a person can.
package outbox
