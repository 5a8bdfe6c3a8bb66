// Package notify is a client of GOV.UK Notify for text messages: passphrases
// and nothing else.
//
// It takes a passphrase, a mobile number and an opaque reference, and says what
// became of the text: taken, refused, to be tried later, or uncertain. Notify
// takes the same request twice without a word, so that after a timeout the
// service is asked by the reference before anything is sent again. The package
// keeps no passphrase, puts none and no number into an error, follows no
// redirect, talks to nobody but the configured address, over TLS, and starts no
// try of its own: whoever calls decides.
//
// The documentation followed is that of the REST API of
// docs.notifications.service.gov.uk (June 2026).
package notify
