// Package store is the database: the connection, its migrations, transactions
// that River's jobs share, and the sealing of everything personal.
//
// It takes an address (a file for SQLite, postgres:// for PostgreSQL), the keys
// of a key file that lies outside the database, and a clock, and gives a [DB]
// on which store/register, store/deliveries and store/evidence stand, one for
// each seam of the pipeline. One schema and one code path serve both engines.
//
// Whatever holds a child's or a contact's data is sealed with authenticated
// encryption, bound to its table, row and column, before it reaches the
// database, and is found by keyed hash. In clear stand opaque references,
// states, due dates, counters, moments and hashes, nothing else. The package
// never renders, sends or decides anything, and nothing slow belongs inside its
// transactions: on SQLite there is one connection.
package store
