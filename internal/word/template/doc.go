// Package template is an authority's own form in Word.
//
// [Export] gives a form as a file whose content controls carry the keys of the
// fields; an officer changes its words, layout, colours and pictures in Word.
// [Load] takes it back and lists every [Fault]: controls that are missing,
// doubled, misspelt or of the wrong kind, and whatever a form may not carry.
// [Template.Fill] puts a document into a sound template and keeps its
// formatting. [Set] holds the templates of an installation.
//
// It decides nothing about who may see what: a filled template shows what the
// document has, and whatever the document does not have is taken out with its
// label. It never fills in a template that has a fault.
package template
