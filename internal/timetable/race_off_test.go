//go:build !race

package timetable_test

// raced is set where the race detector makes everything ten times slower.
const raced = false
