package rehearsal

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
)

// sample is the made-up authority's export as of 5 January 2026: what a case
// system gives, with titles above headers, three encodings, three separators,
// a workbook, the statutory return and every kind of bad row.
//
//go:embed sample
var sample embed.FS

// Export is one file of the sample as a case system would save it.
type Export struct {
	Name string
	Data []byte
}

// Sample gives the files of the sample export, in the order of their names.
func Sample() ([]Export, error) {
	var files []Export
	err := fs.WalkDir(sample, "sample", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := sample.ReadFile(name)
		files = append(files, Export{Name: path.Base(name), Data: data})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the sample export: %w", err)
	}
	return files, nil
}
