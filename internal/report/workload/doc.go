// Package workload holds the numbers of a term as an officer would live it:
// what leaves on which day, what comes before a person, what is late and what
// is held.
//
// It takes a [Term], which somebody else counted, and gives it as weeks, as a
// chart of characters that fits a terminal, and as a picture in SVG. The same
// numbers give the same bytes. Everything here is a pure function: it reads no
// register, knows no clock and holds no name but those of teams, which are the
// case system's own words for them.
package workload
