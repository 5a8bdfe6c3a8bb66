// Package daemon keeps the work going: what comes to wait in the outbox is sent,
// and what falls due by the clock is done, without anybody running a command.
//
// It takes a database, a function that sends what is due, the moment at which
// something is due next, schedules with the record of their runs, and a clock,
// and runs until it is told to stop. The engine's workers are woken by the jobs
// that the outbox inserts together with its changes; a look at the clock makes
// up for a job that was lost or came from a process that inserts none. Neither
// decides what is sent: that is the deliveries' own rows. A poll, such as that
// of the mailbox, runs beside both at a pace of its own, the slower the longer
// it fails.
//
// It never sends by itself, never decides what is due, never runs two sending
// passes or two scheduled runs at once, and leaves no work half done when it
// stops in time.
package daemon
