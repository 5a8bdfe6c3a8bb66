// Package roster reads the exports of a case system into children, the people
// around them, their last targets and what the statutory return says of them.
//
// It takes whole files (CSV in any separator and encoding that councils use,
// XLSX, JSON, JSON Lines, SSDA903 tables) told apart by their header rows and
// never by their names, and gives one Batch: the values that a PEP needs, each
// row's identity for telling new from changed, and a finding with file, sheet,
// row, column, code and reason for whatever was not taken. A bad row never
// stops a good one, and a value is never guessed: an ambiguous date is a
// fault, a formula is refused whatever it shows.
//
// A contact whose row is refused for its e-mail address alone stays among the
// child's contacts, with the refused pep.Address in it, while the row counts as
// rejected: the person must not vanish from the list of recipients, where the
// delivery is then refused in plain sight. Every other refused row leaves no
// trace but its finding. A row that repeats an earlier one counts as repeated
// and is taken once.
//
// An optional column that the export lacks is blank in every row, and the newest
// row of a child is the whole truth of it: a word of an earlier export does not
// outlive one that is silent. The one exception stands beside the row and not in
// it, what the SSDA903 return said, which comes once a year.
//
// It reads no column that a PEP does not need (mother, conviction, category of
// need, health number, …), quotes no value in a finding, opens no file, asks no
// clock and knows no calendar: whether a meeting falls on a closed day is the
// caller's question, for which each child carries the place of its meeting
// date.
package roster
