package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/web"
)

// demoFiles are the forms and messages that a rehearsal left, as the page
// offers them.
func demoFiles(dir string, result report.Result) ([]web.File, error) {
	refs := map[string]pep.Ref{}
	for _, row := range result.Rows {
		refs[row.ID] = row.Ref
	}
	var files []web.File
	for _, folder := range []string{"forms", "messages"} {
		entries, err := os.ReadDir(filepath.Join(dir, folder))
		if err != nil {
			return nil, fmt.Errorf("listing what the rehearsal left: %w", err)
		}
		for _, entry := range entries {
			file := web.File{Name: entry.Name(), Path: path.Join(folder, entry.Name())}
			stem := strings.TrimSuffix(entry.Name(), path.Ext(entry.Name()))
			if folder == "messages" {
				_, id, _ := strings.Cut(stem, "-")
				file.Delivery, file.Ref, file.About = id, refs[id], "the message as it was delivered"
			} else {
				file.Ref, file.About = refOf(stem), "the form as it was drawn"
			}
			files = append(files, file)
		}
	}
	return files, nil
}

// refOf is the reference that a form's name begins with.
func refOf(stem string) pep.Ref {
	const length = len("PEP-7F3K-2Q")
	if len(stem) < length {
		return ""
	}
	ref, err := pep.ParseRef(stem[:length])
	if err != nil {
		return ""
	}
	return ref
}
