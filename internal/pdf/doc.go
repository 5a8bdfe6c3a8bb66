// Package pdf draws a document as tagged PDF and locks a PDF with a passphrase.
//
// It takes the neutral blocks of a [document.Document] and gives an A4 file
// that says the same as the Word form: no text is lost, whatever its length;
// table headers stand on every page; every page has the running lines and
// "Page x of y". The file says what each piece of it is (PDF/UA-1, ISO
// 14289-1), so that it can be read aloud, searched and reflowed.
//
// Text is measured and broken into lines here, with the widths of the fonts
// that draw it; maroto then places rows that are known to fit on a canvas of
// ours, which writes the operators of the page and, in the same pass, the
// element of the structure that each belongs to; the file around them is
// written here, so that the same document gives the same bytes.
//
// Each run of letters is drawn by the first font that has them: Latin, Greek,
// Cyrillic, Hebrew, Arabic and Urdu, Ethiopic, Chinese. Letters are shaped and
// lines turned as their script asks; a picture that no font has stands as its
// name in brackets. A character that cannot be drawn rightly is an
// [UncoveredError] that names the field. The package never changes an answer, reads no clock, no file and no
// setting of the machine, and writes no personal data into the properties.
package pdf
