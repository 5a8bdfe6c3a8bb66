// Package face makes the font file that one document needs and no more.
//
// It takes TrueType fonts in order of preference and, for a document, the
// characters that document draws. It gives one small TrueType file with just
// those glyphs, whichever font they came from, and the numbers a PDF font
// object states about it. Hints are left out: nothing that shows PDF on a
// screen or printer of today needs them.
//
// It shapes nothing: one character is one glyph. Characters above U+FFFF are
// not covered. A [Stack] is immutable and may be used by several goroutines.
package face
