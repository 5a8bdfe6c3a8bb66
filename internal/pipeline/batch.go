package pipeline

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/outbox"
)

// Batch is the sheet that goes with some letters to the post room, printed and
// as a table. It names no person and no address: a letter is known by its
// reference, which shows beside the window.
type Batch struct {
	PDF []byte
	CSV []byte
}

// batchColumns are what the sheet has for each letter; the last three are
// written by hand.
func batchColumns() []document.Column {
	return []document.Column{
		{Key: "n", Label: "No.", Kind: form.Number, Width: 3},
		{Key: "reference", Label: "Reference", Kind: form.Text, Width: 8},
		{Key: "role", Label: "For the", Kind: form.Text, Width: 9},
		{Key: "delivery", Label: "Delivery", Kind: form.Text, Width: 11},
		{Key: "tick", Label: "Posted", Kind: form.Text, Width: 5},
		{Key: "number", Label: "Royal Mail number", Kind: form.Text, Width: 12},
		{Key: "time", Label: "Time", Kind: form.Text, Width: 5},
	}
}

// BatchOf makes the sheet of some letters, in their order.
func (r *Runner) BatchOf(letters []outbox.Delivery) (Batch, error) {
	var rows [][]string
	for n, d := range letters {
		rows = append(rows, []string{fmt.Sprint(n + 1), string(d.Ref), string(d.Recipient.Role), d.ID, "", "", ""})
	}
	file, err := r.PDF.Write(r.batchSheet(rows))
	if err != nil {
		return Batch{}, fmt.Errorf("drawing the batch sheet: %w", err)
	}
	var table bytes.Buffer
	w := csv.NewWriter(&table)
	var head []string
	for _, column := range batchColumns() {
		head = append(head, column.Label)
	}
	// Writing to a buffer cannot fail.
	_ = w.WriteAll(append([][]string{head}, rows...))
	return Batch{PDF: file.Bytes, CSV: table.Bytes()}, nil
}

// batchSheet is the sheet as blocks.
func (r *Runner) batchSheet(rows [][]string) document.Document {
	const title = "Registered post: batch sheet"
	grid := document.Grid{Key: "batch", Label: fmt.Sprintf("%d to be posted", len(rows)), Columns: batchColumns()}
	for _, row := range rows {
		var cells []document.Cell
		for _, text := range row {
			cells = append(cells, document.Cell{Value: text, Display: text})
		}
		grid.Rows = append(grid.Rows, cells)
	}
	facts := []document.Fact{
		{Label: "Made on", Text: r.today().Long()},
		{Label: "By", Text: r.Post.Service},
	}
	if len(r.Post.ReturnAddress) > 0 {
		facts = append(facts, document.Fact{Label: "Sender", Text: strings.Join(r.Post.ReturnAddress, ", ")})
	}
	return document.Document{
		Title: title, Purpose: document.BlankForm, OnPaper: true, Authority: r.Words.Authority, Generated: r.today(),
		Header: title, Footer: "made on " + r.today().Slashed(),
		Blocks: []document.Block{
			document.Heading{Level: 1, Key: "title", Text: title},
			document.Facts{Label: "About this batch", Pairs: facts},
			document.Note{Tone: document.Important, Text: "Print every letter on one side and put all its sheets, the letter first, in one envelope with a window. " +
				"Write the number of each from its receipt; pepost refuses one that was copied wrongly."},
			grid,
		},
	}
}
