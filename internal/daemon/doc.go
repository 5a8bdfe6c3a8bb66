// Package daemon keeps the work going: what comes to wait in the outbox is sent
// without anybody running a command.
//
// It takes a database, a function that sends what is due, the moment at which
// something is due next, and a clock, and runs until it is told to stop. The
// engine's workers are woken by the jobs that the outbox inserts together with
// its changes; a look at the clock makes up for a job that was lost or came
// from a process that inserts none. Neither decides what is sent: that is the
// deliveries' own rows.
//
// It never sends by itself, never decides what is due, never runs two sending
// passes at once, and leaves no work half done when it stops.
package daemon
