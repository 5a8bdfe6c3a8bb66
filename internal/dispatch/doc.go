// Package dispatch hands over what is due and records what became of it.
//
// It claims one released delivery at a time for each relay, makes the delivery
// decision again, checks that the stored bytes are the ones that were sealed,
// gives them to a [Sender] and records the outcome. A marker is committed just
// before the final dot, so that a crash or a silence after it is known to be
// uncertain. A decision that became weaker holds the delivery. A relay that
// fails again and again is left alone for a while and its deliveries keep
// waiting.
//
// It takes a [Queue], a [Sender], a decision function and a clock, and gives a
// [Tally]. It never renders, seals or changes a message, never sends what a
// person must look at first, and never sends again what may already have left.
package dispatch
