package word

import (
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/scan"
)

// Asks tells of one form that [Write] made which answers it has a place for, by
// field or cell, as targets[2].t.outcome. The error is a *[RefusedError].
func Asks(data []byte) (func(key string) bool, error) {
	f, err := scan.Open(data)
	if err != nil {
		return nil, err
	}
	return func(key string) bool {
		name, row, column := form.SplitKey(key)
		return f.StoredNode(place.Place{Key: name, Row: row, Column: column}, 0) != nil
	}, nil
}
