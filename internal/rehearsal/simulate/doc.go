// Package simulate plays a whole term through before it happens, or once more:
// which day brings which work, what leaves late, what is held, and what days
// without the program change.
//
// It takes a pipeline as it is wired for an installation, what its stores hold
// as values, a term and a [rehearsal.Scenario], and gives the numbers of
// package workload. The pipeline is the real one, by its real rules, in steps
// of an hour and of the authority's schedules; only forms are sketched instead
// of drawn, and nothing is handed to a relay. How settings answer and how fast
// officers work is a scenario, decided by the case system's numbers, so that a
// term is played the same way every time.
//
// It never writes to a store, opens no connection and looks at no clock: what
// happens in it happens in memory and nowhere else.
package simulate
