//go:build !race

package rehearsal

// raced says that the race detector is off: half a term is played.
const raced = false
