package rehearsal

import (
	"embed"
	"fmt"
	"io/fs"
	"path"

	"github.com/pepost/pepost/internal/pep"
)

// sample is the made-up authority's export as of 5 January 2026: what a case
// system gives, with titles above headers, three encodings, three separators,
// a workbook, the statutory return and every kind of bad row.
//
//go:embed sample
var sample embed.FS

// later are the exports of days in the term, each in a folder of its day: the
// rows alone that the case system changed since, whole.
//
//go:embed later
var later embed.FS

// Export is one file of the sample as a case system would save it.
type Export struct {
	Name string
	Data []byte
}

// Sample gives the files of the sample export, in the order of their names.
func Sample() ([]Export, error) { return exportsBelow(sample, "sample") }

// Later is what the case system exports on a day of the term.
type Later struct {
	Day   pep.Date
	Files []Export
}

// LaterExports gives the exports of the term's days, earliest first: a meeting
// cancelled and reconvened, a child who leaves care, two who change school, a
// social worker's part that is not complete and then is, an exclusion.
func LaterExports() ([]Later, error) {
	days, err := later.ReadDir("later")
	if err != nil {
		return nil, fmt.Errorf("reading the later exports: %w", err)
	}
	var all []Later
	for _, entry := range days {
		day, err := pep.ParseDate(entry.Name())
		if err != nil {
			return nil, fmt.Errorf("reading the later exports: the folder of a day: %w", err)
		}
		files, err := exportsBelow(later, path.Join("later", entry.Name()))
		if err != nil {
			return nil, err
		}
		all = append(all, Later{Day: day, Files: files})
	}
	return all, nil
}

// exportsBelow are the files of a folder, in the order of their names.
func exportsBelow(folder embed.FS, root string) ([]Export, error) {
	var files []Export
	err := fs.WalkDir(folder, root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := folder.ReadFile(name)
		files = append(files, Export{Name: path.Base(name), Data: data})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the sample export: %w", err)
	}
	return files, nil
}
