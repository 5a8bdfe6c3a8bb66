// Package place names where an answer stands in a Word form, and holds the
// words that drawing and reading must agree on.
//
// A [Place] is a field, or a column of a table's row, or one choice of either;
// it is written as tag, binding path, bookmark and title, and read back from
// each. The rest is what an empty control says, the signs of a box, and the
// names of the file's own properties. The package knows no file and draws
// nothing.
package place
