// Package office encrypts Office files with a passphrase, and decrypts them,
// in the way Word itself does it: agile encryption of MS-OFFCRYPTO section
// 2.3.4.10 inside a compound file (MS-CFB).
//
// Encrypt takes the bytes of an OOXML package (a .docx) and gives a file that
// Word and LibreOffice open with the passphrase: AES-256-CBC, SHA-512, 100,000
// spins, an integrity value over the whole. Decrypt takes such a file, from
// here or from Word, and gives the package back, but only when passphrase and
// integrity value both hold.
//
// It knows nothing of what is inside the package, reads no files and no clock,
// never falls back to a weaker scheme, and never gives out a part of a file
// that did not verify.
package office
