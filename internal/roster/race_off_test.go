//go:build !race

package roster_test

const raceEnabled = false
