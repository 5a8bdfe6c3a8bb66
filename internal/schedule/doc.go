// Package schedule says when work that belongs to an hour of the day is to be
// done: which runs are owed now, which come too late, and when the next is due.
//
// It takes a schedule in the words of cron, what is on record of its earlier
// runs, and the moment of now; it gives the runs that are owed and a note of
// what will not be run and of a clock that cannot be right. A run is named by
// its nominal moment, the civil time at which it falls due, so that neither a
// change to summer time nor a clock that was wrong gives one run two names.
//
// It runs nothing, stores nothing and asks no clock.
package schedule
