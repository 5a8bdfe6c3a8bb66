// Package rulefile reads the YAML files in which officers keep an authority's
// rules, and says of every mistake where it stands and what to write instead.
//
// It takes a file system and a name and gives a [Node] to walk; a reader asks
// each node for what it expects and goes on, and [File.Err] returns all the
// problems at once, each with file, line, column, the value and a hint. Keys
// that nobody asked for, keys written twice, anchors and aliases are refused.
//
// Rule files hold no personal data, so a problem may repeat a value. The
// package never writes, never guesses a value and bounds what it reads: size,
// line length, nesting and number of entries.
package rulefile
