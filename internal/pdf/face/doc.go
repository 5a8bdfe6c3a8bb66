// Package face makes the font file that one document needs and no more.
//
// It takes TrueType fonts in order of preference and, for a document, the
// characters that document draws, and what a shaper made of others. It gives one small TrueType file with just
// those glyphs, whichever font they came from, and the numbers a PDF font
// object states about it. Hints are left out: nothing that shows PDF on a
// screen or printer of today needs them.
//
// It shapes nothing itself: one character is one glyph, and a [Cluster] is what
// it is told. Characters above U+FFFF are not covered. [Reduce] cuts a font for
// good, for those that are kept with the program. A [Stack] is immutable and may be used by several goroutines.
package face
