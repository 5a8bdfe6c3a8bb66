package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

var errEngine = errors.New("the engine's file is not built as expected")

// contents takes the drawing of each page out of the engine's file, with the
// typefaces put in. The engine (gofpdf 1.4.3) writes pages first, each
// followed by its uncompressed content.
func contents(file []byte, pages int) ([][]byte, error) {
	// Its font is named by a SHA-1 sum of the font's numbers.
	name := regexp.MustCompile(`/F[0-9a-f]{40} `).Find(file)
	if name == nil {
		return nil, fmt.Errorf("font name: %w", errEngine)
	}
	list := make([][]byte, 0, pages)
	rest := file
	for i := range pages {
		stream, after, err := content(rest, 4+2*i)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		if stream, err = withTypefaces(stream, name); err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		list, rest = append(list, stream), after
	}
	if bytes.Contains(rest, []byte("<</Type /Page\n")) {
		return nil, fmt.Errorf("more than %d pages: %w", pages, errEngine)
	}
	return list, nil
}

// content finds the stream of one numbered object and what follows it.
func content(file []byte, object int) (stream, after []byte, err error) {
	_, from, found := bytes.Cut(file, fmt.Appendf(nil, "\n%d 0 obj\n<</Length ", object))
	if !found {
		return nil, nil, errEngine
	}
	length, from, found := bytes.Cut(from, []byte(">>\nstream\n"))
	size, err := strconv.Atoi(string(length))
	if err != nil || !found || size < 0 || size > len(from) {
		return nil, nil, errEngine
	}
	if stream, after = from[:size], from[size:]; !bytes.HasPrefix(after, []byte("\nendstream\n")) {
		return nil, nil, errEngine
	}
	return stream, after, nil
}

// withTypefaces replaces the engine's font, named before each size, by the
// typeface that the size's hundredths tell (see [ink.engineSize]).
func withTypefaces(stream, name []byte) ([]byte, error) {
	out := make([]byte, 0, len(stream))
	for {
		before, after, found := bytes.Cut(stream, name)
		out = append(out, before...)
		if !found {
			return out, nil
		}
		size, rest, found := bytes.Cut(after, []byte(" Tf"))
		at := bytes.IndexByte(size, '.')
		if !found || at < 0 || len(size) != at+3 {
			return nil, fmt.Errorf("font size: %w", errEngine)
		}
		face := typeface(size[at+2] - '0')
		if face < 0 || face >= typefaces {
			return nil, fmt.Errorf("font size %s: %w", size, errEngine)
		}
		out = append(out, face.fontName()...)
		out = append(out, ' ')
		out = append(out, size[:at+2]...)
		stream = rest
		out = append(out, " Tf"...)
	}
}
