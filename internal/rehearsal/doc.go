// Package rehearsal plays a term of a made-up authority with a stepped clock
// and fictional settings: the demonstration.
//
// It takes a pipeline that sends to a loopback mail server, the sample exports
// kept here and a [Scenario], and steps day by day: forms go out, settings read
// their mail and fill in the very Word files they were sent, some late, some
// never; one mailbox bounces, one address is held, one call goes unanswered.
// On some days the case system exports anew ([LaterExports]): meetings are
// cancelled and moved, children leave care or change school, and the story says
// what came of each.
// It gives the numbers of the term as values and a folder with every form and
// every message to look at.
//
// Everything in it is chosen from the case system's numbers and the addresses
// of the sample, so that two rehearsals play alike. It never looks at a real
// clock, never opens a connection of its own, and never sends past the mail
// server it was given: everyone and every address in it is invented.
package rehearsal
