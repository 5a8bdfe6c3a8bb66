// Package register keeps the children: one sealed row each, found by the keyed
// hash of the case system's identifier, with the opaque reference that is
// theirs for life.
//
// It takes what one import says and gives counts of new, changed and unchanged
// rows; it gives children back in the order of the case system's identifiers.
// All of an import is stored, or nothing. It judges no row, and an error of it
// names a child by the reference alone.
package register
