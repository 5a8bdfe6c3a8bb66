// Package story tells one delivery from its first draft to what answered it, in
// an officer's words: for whom it is and why them, what it holds, why it goes
// the way it does, who let it go, what the relay said, where its passphrase
// stands, what proves that it arrived, what comes next and who does it, and the
// form that came back.
//
// It takes what was stored of the delivery and gives chapters in that order,
// each a few lines. It claims no more than is known: what a relay accepted is
// not delivered, and what was delivered is not read. It reads nothing, prints
// nothing and knows no clock. A chapter names the recipient's address and never
// the child, and never a passphrase.
package story
