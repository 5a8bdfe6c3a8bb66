// Package mailsink is a loopback mail server for the tests and the
// demonstration: it takes messages over SMTP with TLS, keeps them where they
// can be looked at, and misbehaves on request.
//
// Start gives a server on 127.0.0.1 with a certificate from an authority made
// at that moment; CAPEM is what a client must trust to reach it. A message is
// kept in memory, and by option also in a folder. A hook (Options.Faults) is
// asked at every point of a session and may answer with a Fault: another
// reply, a pause, a dropped connection, a bad certificate.
//
// It never listens beyond the loopback interface, never takes mail in clear,
// never passes a message on, and never writes a password into what it records.
package mailsink
