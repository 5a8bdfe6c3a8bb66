package web

import (
	"fmt"
	"regexp"
	"time"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/report"
)

// Result is all that the pages show.
type Result struct {
	// Authority is the council's name.
	Authority string
	// Notice stands on every page: that the term was a rehearsal, for
	// instance.
	Notice string
	// Zone is where moments are shown; nil means UTC.
	Zone   *time.Location
	Report report.Result
	Files  []File
}

// File is one file that may be downloaded.
type File struct {
	// Name is opaque: a reference or a delivery's identifier with .docx, .pdf
	// or .eml.
	Name string
	// Path is where it lies in the folder, with slashes.
	Path string
	// Delivery is the delivery it belongs to, and Ref the child; either may be
	// empty.
	Delivery string
	Ref      pep.Ref
	// About says what it is: "the form as it was sent".
	About string
}

// FileNameError says that a file cannot be offered under its name.
type FileNameError struct{ Name string }

// Error names the file.
func (e *FileNameError) Error() string {
	return fmt.Sprintf("file %q cannot be offered: its name is used twice or is not letters, digits, dots and hyphens ending in .docx, .pdf or .eml", e.Name)
}

var fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(docx|pdf|eml)$`)

// offered are the files by name.
func offered(files []File) (map[string]File, error) {
	byName := make(map[string]File, len(files))
	for _, f := range files {
		if _, twice := byName[f.Name]; twice || !fileName.MatchString(f.Name) {
			return nil, &FileNameError{Name: f.Name}
		}
		byName[f.Name] = f
	}
	return byName, nil
}
