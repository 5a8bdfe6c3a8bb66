package word

import (
	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/draw"
	"github.com/pepost/pepost/internal/word/fill"
	"github.com/pepost/pepost/internal/word/place"
)

// KeyError is a field whose key cannot stand in a Word file.
type KeyError = place.KeyError

// Write draws a document as a Word form: A4, one content control for every
// answer. The same document gives the same bytes. The error is a *[KeyError]
// where a field's key cannot stand in a Word file.
func Write(doc document.Document) ([]byte, error) { return draw.Write(doc) }

// FillError is an answer that the form has no place for.
type FillError = fill.Error

// Fill writes canonical answers into the open controls of a form that [Write]
// made, as a setting with Word does; see package fill. The error is a
// *[RefusedError] or a *[FillError].
func Fill(data []byte, answers form.Values) ([]byte, error) { return fill.Fill(data, answers) }
