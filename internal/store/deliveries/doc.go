// Package deliveries keeps the outbox: every delivery with its message, its
// passphrase and the form it carries, all sealed, and who is sending it now.
//
// It takes deliveries changed by package outbox and stores each change only
// from the version that was read, with the evidence of every new event in the
// same transaction; it gives deliveries out for sending to one process at a
// time. In clear stand states, moments, the relay's name and what is needed to
// find a row; the rest, the child's plan and the recipient first of all, is one
// sealed cell. The package decides nothing: which change is allowed is the
// outbox's word, and it never alters a message that was attempted.
package deliveries
