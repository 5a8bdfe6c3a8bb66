// Package document turns a form and its answers into one neutral list of
// blocks for one reader.
//
// It takes a composed form, values, the reader and the words of the page's
// head, and gives a [Document] that rooms word and pdf draw alike, with the
// list of what was withheld and why. Redaction happens here and nowhere else:
// what the reader may not see is not in the document at all.
//
// It draws nothing, does no I/O and never changes an answer.
package document
