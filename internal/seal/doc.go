// Package seal applies a delivery decision to the contents of one message and
// gives the final bytes, hashed: nothing can change, and nothing can fail but
// the network, after this.
//
// [Seal] takes a [route.Decision], [letter.Contents], an [Envelope] and a
// source of randomness, and gives a [Parcel]. A secure decision by TLS gives
// the message as it is, for a connection on which TLS is verified. An encrypt
// decision by protected document gives a message whose attachment opens with
// the parcel's passphrase only, and whose other parts do not say what it is
// about. An encrypt decision by OpenPGP gives a PGP/MIME message (RFC 3156):
// the whole composed message, headers and all, is signed and encrypted to the
// recipient's key and to the council's escrow key, with its headers protected
// (RFC 9788), and outside stand only from whom, to whom, when, and the subject
// "[...]". Its one reference is inside. The same inputs and the same randomness
// give the same bytes; a locked PDF alone differs each time.
//
// # What it never does
//
// It gives no bytes for a decision to hold, to refuse or to post, for a method
// it cannot do or has no key for, or for an address other than the one that was decided on, and
// it never takes a weaker way instead. No message has a second recipient, a
// Cc, a Bcc, a Reply-To or a header that tells of the program or the child. It
// connects to nothing and reads no clock. The message is composed by go-mail,
// and what go-mail wrote is read back and compared before it is given out.
package seal
