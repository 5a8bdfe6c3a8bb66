package route

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// Load reads an authority's delivery.yaml from the folder of schedules. The
// error is [Problems] where the file says something wrong, and wraps
// [fs.ErrNotExist] where there is none; in both cases there is no policy, and
// a nil policy holds everything.
func Load(schedules fs.FS, authority string) (*Policy, error) {
	name := authority + "/delivery.yaml"
	if authority == "" || strings.Contains(authority, "/") || !fs.ValidPath(name) {
		return nil, errors.New("loading a delivery policy: the authority is not the name of a folder of schedules")
	}
	file, err := schedules.Open(name)
	if err != nil {
		return nil, fmt.Errorf("loading the delivery policy: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("loading the delivery policy %s: %w", name, err)
	}
	return Parse(name, data)
}

// Parse reads the bytes of a policy file; the name is used in problems only.
// The error is [Problems], every fault at once, and then there is no policy:
// whoever reloads keeps the one they have.
func Parse(name string, data []byte) (*Policy, error) {
	data = canonicalBytes(data)
	sum, text := sha256.Sum256(data), string(data)
	f := readFlat(name, text)
	p := &Policy{hash: "sha256:" + hex.EncodeToString(sum[:]), text: text}
	f.readHead(p)
	p.rows = make([]Row, 0, len(f.rows))
	for _, e := range f.rows {
		p.rows = append(p.rows, f.readRow(e))
	}
	if len(p.rows) == 0 && len(f.problems) == 0 {
		f.add(0, 0, "", noRows, "list them under rows:; without one every delivery is held")
	}
	f.fill(p)
	f.readGateways(p)
	if len(f.problems) > 0 {
		slices.SortStableFunc(f.problems, func(a, b Problem) int { return a.Line - b.Line })
		return nil, f.problems
	}
	return p, nil
}

func (f *flatFile) readHead(p *Policy) {
	for _, c := range f.head {
		var target *string
		switch c.key {
		case "authority":
			target = &p.authority
		case "source":
			target = &p.source
		}
		switch {
		case target == nil:
			f.add(c.line, 1, c.key, "nobody reads this key", "the keys of the file are authority, source, rows and gateways")
		case *target != "":
			f.add(c.line, 1, c.key, "the key stands twice", "keep one of them")
		default:
			*target = c.value
		}
	}
}

// fill indexes the rows; two rows that would speak of the same domains on the
// same side are a problem, since only one of them could ever decide.
func (f *flatFile) fill(p *Policy) {
	p.recipients, p.senders = newIndex(len(p.rows)), newIndex(0)
	ids := make(map[string]int, len(p.rows))
	for i, row := range p.rows {
		if row.ID == "" || row.Pattern == "" || row.Kind == "" || row.AppliesTo == "" {
			continue
		}
		if line, twice := ids[row.ID]; twice {
			f.add(row.line, 1, row.ID, fmt.Sprintf("the id stands in line %d already", line), "give each row its own id")
			continue
		}
		ids[row.ID] = row.line
		for _, side := range row.sides() {
			if earlier, ok := p.side(side).add(p.rows, i); !ok {
				f.add(row.line, 1, row.Pattern, fmt.Sprintf("row %s in line %d says the same already", earlier.ID, earlier.line), "keep one of them")
				break
			}
		}
	}
}
