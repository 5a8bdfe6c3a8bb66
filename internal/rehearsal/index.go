package rehearsal

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

//go:embed index.html.tmpl
var indexPage string

// Index lists what a rehearsal leaves in its folder. Paths are relative to it.
type Index struct {
	Title    string
	Forms    []FormFile
	Messages []MessageFile
}

// FormFile is one form as Word and as PDF; a path is empty where that file
// could not be made.
type FormFile struct {
	Ref       pep.Ref
	Kind      outbox.Kind
	Role      pep.Role
	Word, PDF string
	Pages     int // of the PDF
}

// MessageFile is one delivered message.
type MessageFile struct {
	ID     string
	Ref    pep.Ref
	Kind   outbox.Kind
	Role   pep.Role
	Method string
	State  outbox.State
	Day    pep.Date
	File   string
}

// HTML draws the index as a page that needs nothing but a browser.
func (x Index) HTML() ([]byte, error) {
	page, err := template.New("index").Parse(indexPage)
	if err != nil {
		return nil, fmt.Errorf("drawing the index: %w", err)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, x); err != nil {
		return nil, fmt.Errorf("drawing the index: %w", err)
	}
	return b.Bytes(), nil
}
