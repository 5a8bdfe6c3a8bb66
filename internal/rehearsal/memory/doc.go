// Package memory is a register, an outbox, returned forms, plans and evidence
// in memory, for a term that is only played through.
//
// It takes records, deliveries and returns as a real store gave them and
// fills the seams of package pipeline; whatever happens to them stays here and
// is gone with the process. It keeps no sealed bytes, no document and no
// passphrase: a delivery in it can be looked at and moved from state to state,
// but there is nothing that could be handed to anybody. It opens no file and no
// connection.
package memory
