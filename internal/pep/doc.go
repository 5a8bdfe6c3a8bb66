// Package pep holds the words of the field and their validity.
//
// It is what every other room speaks: children, their contacts and targets,
// roles, phases and variants, the identifiers that schools and councils use,
// civil dates, the opaque reference of a child, and a mail address that is
// judged once and never again.
//
// It takes text and gives values or an [Invalid] that says what is wrong in
// words an officer would use. It imports the standard library alone; it does
// no I/O, reads no clock, and never puts the offending value into an error,
// because the value may be a child's.
package pep
