// Package word is the Word format both ways: it draws a document as a form of
// content controls, and reads back the form that somebody filled in.
//
// [Write] takes a document and gives a .docx: every answer is a content
// control whose tag is the field's key, bound to a custom XML part, inside a
// bookmark; ours are locked, the others open. The same document gives the
// same bytes. [Read] takes a file that came back, whatever Word, LibreOffice
// or a careless hand did to it, and gives canonical values together with what
// could not be read; it refuses what is dangerous or is no form of ours.
// [Fill] writes answers into the open controls as a person with Word would.
//
// It never runs, fetches or follows anything in a file, never trusts the
// custom XML alone (editors leave it stale or empty it), never drops an answer
// silently, and never puts an answer into an error or a document property.
package word
