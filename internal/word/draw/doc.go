// Package draw draws a document as a Word form.
//
// [Write] takes a document and gives the bytes of a .docx: styles, tables with
// header rows, one content control for every answer, the custom XML part behind
// them, header, footer and properties. The same document gives the same bytes.
// It reads nothing back, and puts no personal data into properties.
package draw
