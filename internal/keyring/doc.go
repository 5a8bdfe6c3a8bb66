// Package keyring handles OpenPGP: the public keys of recipients, the council's
// own signing key, and the encryption of one message.
//
// [Parse] takes a public key as somebody sent it and gives a [Key], within
// bounds. [Key.Judge] says, in typed reasons, why a key cannot be used for an
// address on a day, and what is going to be wrong with it soon. [ReadSigner]
// opens the key that messages are signed with, [ReadOpener] the one that
// [Opener.Open] decrypts what comes back with, within bounds. [Encrypt] signs
// and encrypts in one pass, in the profile that GnuPG 2.2, Sequoia and RNP all
// read: version 4 keys, AES, one literal packet of binary data, no compression,
// integrity protected (SEIPD version 1, RFC 9580 section 5.13.1). What it wrote
// is read again by a reader of its own before it is given out: the keys it is
// encrypted to are those intended and no others, and it decrypts to what was put
// in.
//
// The same input, randomness and moment give the same bytes for keys of RSA,
// Curve25519 and the NIST curves, and for signing keys of RSA and Ed25519; no
// other signing key is taken.
//
// # What it never does
//
// It looks for no key by itself, trusts none because it is there, and stores
// nothing. It encrypts to no key that is expired, revoked, weak or another
// address's, takes no private key as a recipient's, and never leaves a
// recipient out. It reads no clock. No error repeats a user ID or an address.
package keyring
