//go:build race

package rehearsal

// raced says that the race detector is on, under which a term takes five times
// as long: it plays two weeks, and what those have not enough of is not counted.
const raced = true
