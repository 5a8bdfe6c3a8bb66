// Package book keeps the address book in the database: each address with who
// vouched for it and when, what became of messages to it, and what a person said
// of it; which addresses were recorded for one person; and the domains, each
// with the earlier ones that it is like. It fills the pipeline's seam for them.
//
// It takes the contacts of an import ([Intake]) and the states of deliveries
// ([Note]) in the transactions that store them, and gives the facts around an
// address for package addressbook to judge. Addresses are sealed and found by
// keyed hash. It judges nothing itself, and an error of it names no address.
package book
