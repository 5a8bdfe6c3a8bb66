// Package smtpout hands sealed messages to a relay over SMTP and says exactly
// how far it came.
//
// A Client takes one message for one recipient, whole and final, and gives an
// outbox.Outcome: what the attempt means, the phase it reached, the relay's
// own words, and the TLS it was done under. The bytes go out as they are; a
// callback runs when all but the final dot has been sent, so that the caller
// can commit a marker there. From the dot on, silence means uncertain, never
// failed.
//
// There is no way to send in clear: the connection is under verified TLS 1.2
// or better before MAIL, or there is no MAIL. Whatever goes wrong after DATA
// drops the connection without a QUIT, because a relay may take an ended
// session for an ended message. It never composes, renders or repairs a
// message, never chooses a relay, and never sends one message twice.
package smtpout
