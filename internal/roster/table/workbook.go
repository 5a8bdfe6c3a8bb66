package table

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Bounds on a workbook, which is a zip archive (ECMA-376 part 2): how many
// parts, and how large each may be once unpacked. No part is unpacked to disk
// or whole into memory, save the small ones and the shared strings.
const (
	maxParts       = 10_000
	maxSmallPart   = 8 << 20
	maxStringsPart = 256 << 20
	maxSheetPart   = 1 << 30
	// maxWorkbook bounds all that is unpacked of one workbook, since several
	// sheets may name the same part and the first rows are read twice.
	maxWorkbook = 2 << 30
	// maxRatio is how much smaller than its contents a large part may be: real
	// sheets stay below 60, a bomb comes to 1,000.
	maxRatio  = 200
	freeRatio = 16 << 20
)

// workbook is the part of a workbook that its sheets share.
type workbook struct {
	parts   map[string]*zip.File
	strings sharedStrings
	// epoch1904 is the date system of ECMA-376 part 1, 18.17.4.1.
	epoch1904 bool
	sheets    []sheetPart
	// left is how much more may be unpacked.
	left int64
}

type sheetPart struct{ name, part string }

func openWorkbook(data []byte, score func([]string) int) ([]Table, error) {
	book, err := readWorkbook(data)
	if err != nil {
		return nil, fmt.Errorf("opening the workbook: %w", err)
	}
	tables := make([]Table, 0, len(book.sheets))
	for _, s := range book.sheets {
		t := Table{Sheet: s.name, Epoch1904: book.epoch1904, walk: book.walk(s.part)}
		_, t.Problem = t.findHeader(score)
		tables = append(tables, t)
	}
	return tables, nil
}

func readWorkbook(data []byte) (*workbook, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, errors.New("it is not a whole .xlsx file")
	}
	if len(archive.File) > maxParts {
		return nil, errors.New("it has more than 10,000 parts")
	}
	book := &workbook{parts: make(map[string]*zip.File, len(archive.File)), left: maxWorkbook}
	for _, f := range archive.File {
		book.parts[strings.TrimPrefix(f.Name, "/")] = f
	}
	main, err := book.mainPart()
	if err != nil {
		return nil, err
	}
	return book, book.readMain(main)
}

// relationships is a part of ECMA-376 part 2, 9.3.
type relationships struct {
	All []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:"Type,attr"`
		Target string `xml:"Target,attr"`
		Mode   string `xml:"TargetMode,attr"`
	} `xml:"Relationship"`
}

// targets gives the parts related to a part, by id, whose type ends so (the
// strict and the transitional form of the standard differ before that).
func (b *workbook) targets(from, kind string) (map[string]string, error) {
	var list relationships
	folder, name := path.Split(from)
	if err := b.decode(folder+"_rels/"+name+".rels", &list); err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, r := range list.All {
		if !strings.HasSuffix(r.Type, kind) || r.Mode == "External" {
			continue
		}
		target := strings.TrimPrefix(r.Target, "/")
		if target == r.Target {
			target = path.Join(folder, r.Target)
		}
		found[r.ID] = target
	}
	return found, nil
}

func (b *workbook) mainPart() (string, error) {
	found, err := b.targets("", "/officeDocument")
	if err != nil {
		return "", err
	}
	for _, part := range found {
		return part, nil
	}
	return "", errors.New("it names no main part")
}

// mainDocument is what is read of the workbook part (ECMA-376 part 1, 18.2).
type mainDocument struct {
	XMLName    xml.Name `xml:"workbook"`
	Properties struct {
		Date1904 string `xml:"date1904,attr"`
	} `xml:"workbookPr"`
	Sheets []struct {
		Name string     `xml:"name,attr"`
		Rest []xml.Attr `xml:",any,attr"`
	} `xml:"sheets>sheet"`
}

func (b *workbook) readMain(main string) error {
	var document mainDocument
	if err := b.decode(main, &document); err != nil {
		return err
	}
	sheets, err := b.targets(main, "/worksheet")
	if err != nil {
		return err
	}
	b.epoch1904 = document.Properties.Date1904 == "1" || document.Properties.Date1904 == "true"
	if len(document.Sheets) > MaxTables {
		return errors.New("it has more than 64 sheets")
	}
	for _, s := range document.Sheets {
		for _, a := range s.Rest {
			if part, is := sheets[a.Value]; is && a.Name.Local == "id" {
				b.sheets = append(b.sheets, sheetPart{s.Name, part})
			}
		}
	}
	if len(b.sheets) == 0 {
		return errors.New("it has no sheet with cells")
	}
	shared, err := b.targets(main, "/sharedStrings")
	if err != nil {
		return err
	}
	for _, part := range shared {
		if err := b.readStrings(part); err != nil {
			return fmt.Errorf("reading the shared texts: %w", err)
		}
	}
	return nil
}

// decode reads a small part. encoding/xml expands no entity of a file's own
// and fetches nothing.
func (b *workbook) decode(part string, into any) error {
	r, err := b.open(part, maxSmallPart)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := xml.NewDecoder(r).Decode(into); err != nil {
		if errors.Is(err, errBomb) {
			return errBomb
		}
		return errors.New("one of its parts is not sound XML")
	}
	return nil
}

var errBomb = errors.New("a part is far larger than it should be once unpacked")

// open unpacks a part as it is read and stops where it grows beyond its limit.
func (b *workbook) open(part string, limit int64) (io.ReadCloser, error) {
	f, there := b.parts[part]
	switch {
	case !there:
		return nil, errors.New("one of its parts is missing")
	case f.Flags&1 != 0:
		return nil, errors.New("one of its parts is locked with a password")
	case int64(f.UncompressedSize64) < 0 || int64(f.UncompressedSize64) > limit:
		return nil, errBomb
	}
	r, err := f.Open()
	if err != nil {
		return nil, errors.New("one of its parts cannot be unpacked")
	}
	if packed := int64(f.CompressedSize64); packed >= 0 && packed < limit/maxRatio {
		limit = min(limit, max(freeRatio, packed*maxRatio))
	}
	return &bounded{ReadCloser: r, left: limit, all: &b.left}, nil
}

type bounded struct {
	io.ReadCloser
	left int64
	all  *int64
}

// Read gives errBomb in place of the byte after the last one allowed.
func (b *bounded) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	b.left -= int64(n)
	*b.all -= int64(n)
	if b.left < 0 || *b.all < 0 {
		return 0, errBomb
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return n, errors.New("a part is damaged and cannot be unpacked")
	}
	return n, err
}
