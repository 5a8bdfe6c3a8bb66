package roster_test

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/pepost/pepost/internal/roster"
)

// workbookChildren reads the first column of every sheet with another program
// than the one under test.
func workbookChildren(t *testing.T, data []byte) map[roster.Place]string {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	of := map[roster.Place]string{}
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			if len(row) > 0 {
				of[roster.Place{Sheet: sheet, Row: i + 1}] = row[0]
			}
		}
	}
	return of
}
