package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// WriteLines writes records as JSON Lines, one record a line in the order of
// the chain, with everything that its hash is made of: whoever has the file can
// prove it without this program.
func WriteLines(w io.Writer, records []Record) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for _, r := range records {
		if err := encoder.Encode(r); err != nil {
			return fmt.Errorf("writing evidence record %d: %w", r.Seq, err)
		}
	}
	return nil
}

// longestLine bounds one record of a file, in bytes.
const longestLine = 1 << 20

// Checked is what checking a file of records came to.
type Checked struct {
	Records int
	// Head is the number and the hash of the last record that was right.
	Head Record
}

// VerifyLines checks a file that [WriteLines] made. The error is a
// [BrokenError] for the first broken link, and an error that names the line
// where a line is no record.
func VerifyLines(r io.Reader) (Checked, error) {
	var out Checked
	var v Verifier
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	for n := 1; lines.Scan(); n++ {
		var record Record
		strict := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		strict.DisallowUnknownFields()
		if err := strict.Decode(&record); err != nil || strict.More() {
			return out, fmt.Errorf("line %d is no record of evidence", n)
		}
		if err := v.Next(record); err != nil {
			return out, err
		}
		out.Records++
		out.Head.Seq, out.Head.Hash = v.Head()
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return out, fmt.Errorf("line %d is longer than any record of evidence", out.Records+1)
	} else if err != nil {
		return out, fmt.Errorf("reading the evidence: %w", err)
	}
	return out, nil
}
