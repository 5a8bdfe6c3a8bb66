// Package pdf draws a document as PDF and locks a PDF with a passphrase.
//
// It takes the neutral blocks of a [document.Document] and gives an A4 file
// that says the same as the Word form: no text is lost, whatever its length;
// table headers stand on every page; every page has the running lines and
// "Page x of y". Text is measured and broken into lines here, with the widths
// of the fonts that draw it; maroto then draws rows that are known to fit; the
// file around them, with fonts, outline and properties, is written here, so
// that the same document gives the same bytes.
//
// It draws no character that it cannot draw rightly: one that no font covers,
// or whose script needs shaping or runs from right to left, is an
// [UncoveredError]. It never changes an answer, reads no clock, no file and no
// setting of the machine, and writes no personal data into the properties.
package pdf
