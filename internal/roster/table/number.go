package table

import (
	"bytes"
	"strconv"
)

// plainNumber writes a number as a person would have typed it: without an
// exponent and with the fifteen digits that a spreadsheet shows. What is not a
// number stays as it is.
func plainNumber(text []byte) []byte {
	if !bytes.ContainsAny(text, ".eE") {
		return text
	}
	value, err := strconv.ParseFloat(string(text), 64)
	if err != nil || value > 1e15 || value < -1e15 {
		return text
	}
	shown, err := strconv.ParseFloat(strconv.FormatFloat(value, 'e', 14, 64), 64)
	if err != nil {
		return text
	}
	return strconv.AppendFloat(nil, shown, 'f', -1, 64)
}
