package template

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pepost/pepost/internal/document"
)

// Folder is where templates stand in the templates folder of an installation.
const Folder = "word"

// Own is one template of an installation, sound or not.
type Own struct {
	// File is its name in the folder, Name the form's.
	File, Name string
	// SHA256 is the hash of the file; empty for one that was not read.
	SHA256   string
	Faults   []Fault
	template *Template
}

// Set is the templates of an installation; the zero Set has none.
type Set struct{ own []Own }

// LoadSet reads every .docx of the folder word. Faults of templates are no
// error: they keep the forms that would be drawn with them from being drawn.
func LoadSet(files fs.FS, forms Forms) (Set, error) {
	var out Set
	entries, err := fs.ReadDir(files, Folder)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("listing the Word templates: %w", err)
	}
	for _, entry := range entries {
		// Word keeps a lock beside a document that is open: ~$form.docx.
		if entry.IsDir() || !strings.HasSuffix(entry.Name(), extension) || strings.HasPrefix(entry.Name(), "~$") || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		one, err := loadOwn(files, entry, forms)
		if err != nil {
			return out, err
		}
		out.own = append(out.own, one)
	}
	return out, nil
}

func loadOwn(files fs.FS, entry fs.DirEntry, forms Forms) (Own, error) {
	one := Own{File: entry.Name(), Name: strings.TrimSuffix(entry.Name(), extension)}
	info, err := entry.Info()
	if err != nil {
		return one, fmt.Errorf("reading the Word template %s: %w", one.File, err)
	}
	if info.Size() > MaxFile {
		one.Faults = []Fault{{Code: Refused, Part: "the file", Text: "the file is larger than a form can be", Hint: "make its pictures smaller"}}
		return one, nil
	}
	f, known := FormOf(forms, one.Name)
	if !known {
		one.Faults = []Fault{Nameless(one.File, forms)}
		return one, nil
	}
	data, err := fs.ReadFile(files, Folder+"/"+entry.Name())
	if err != nil {
		return one, fmt.Errorf("reading the Word template %s: %w", one.File, err)
	}
	one.SHA256 = hashOf(data)
	one.template, one.Faults = Load(one.Name, data, f)
	return one, nil
}

// All are the templates in the order of their names.
func (s Set) All() []Own { return s.own }

// UnsoundError is a template that may not be used.
type UnsoundError struct {
	File   string
	Faults []Fault
}

// Error names the file and the first fault.
func (e *UnsoundError) Error() string {
	count := 0
	first := ""
	for _, fault := range e.Faults {
		if !fault.Warning {
			if count++; count == 1 {
				first = fault.Text
			}
		}
	}
	more := ""
	if count > 1 {
		more = fmt.Sprintf(" and %d more", count-1)
	}
	return fmt.Sprintf("the template %s has a fault and is not used: %s%s; pepost template check lists all", e.File, first, more)
}

// Drawn is a form made with a template.
type Drawn struct {
	Bytes []byte
	// Template is the name of the file, SHA256 the hash of its content.
	Template, SHA256 string
}

// Fill draws a document with the template of its form: the one of exactly this
// form, else the one of the phase. Found is false where there is none. The
// error is an *[UnsoundError] or an *[Error]: such a document is never drawn
// in another way.
func (s Set) Fill(doc document.Document) (drawn Drawn, found bool, err error) {
	one, found := s.Of(doc.FormID)
	if !found {
		return Drawn{}, false, nil
	}
	if one.template == nil {
		return Drawn{}, true, &UnsoundError{one.File, one.Faults}
	}
	data, err := one.template.Fill(doc)
	if err != nil {
		return Drawn{}, true, err
	}
	return Drawn{Bytes: data, Template: one.File, SHA256: one.SHA256}, true, nil
}

// Of is the template of a form: the one of exactly this form, else the one of
// its phase.
func (s Set) Of(formID string) (Own, bool) {
	phase, _, _ := strings.Cut(formID, "+")
	for _, name := range []string{formID, phase} {
		for _, one := range s.own {
			if one.Name == name {
				return one, true
			}
		}
	}
	return Own{}, false
}
