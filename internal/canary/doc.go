// Package canary judges whether an encrypting gateway is to be trusted now.
//
// A canary is a small message that goes through the gateway again and again as
// a form would, and comes back from a mailbox outside. It carries two markers,
// one in its text and one in an attached document; what comes back must have
// neither of them where a reader without a key can see it, and must look as the
// gateway's file says that its encrypted messages look. Judge says so of one
// message; StandingOf of a gateway, by the canaries of the past.
//
// Whatever cannot be read, does not look right or did not come back in time
// closes the gateway. The package takes values and gives verdicts with reasons;
// it sends nothing, keeps nothing and has no clock.
package canary
