// Package audit makes evidence that cannot be changed unseen.
//
// It takes records of what was done, when, by whom and why, and gives them
// chained: each carries the hash of the one before it, so that a record
// changed, removed or put in later breaks every link after it, and [Verify]
// names the first that is broken. It does no I/O and reads no clock.
//
// A record names a child by the opaque reference and a recipient by the
// delivery's identifier. It never holds a name, a date of birth, an identifier
// of the case system or a mail address of a child's contacts.
package audit
