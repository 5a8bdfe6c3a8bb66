package opc

import (
	"bytes"
	"compress/flate"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// packedAt is content packed by the standard library at a level.
func packedAt(t fatal, content []byte, level int) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, level)
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatalf("packing: %v", err)
	}
	return out.Bytes()
}

type fatal interface {
	Fatalf(format string, args ...any)
}

func TestWhatTheStandardLibraryPacksIsUnpacked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		content := rapid.SliceOf(rapid.Byte()).Draw(t, "content")
		if rapid.Bool().Draw(t, "repeated") {
			content = bytes.Repeat(content, rapid.IntRange(1, 2000).Draw(t, "times"))
		}
		packed := packedAt(t, content, rapid.IntRange(-2, 9).Draw(t, "level"))
		got := make([]byte, len(content))
		if why := new(inflater).inflate(packed, got); why != sound || !bytes.Equal(got, content) {
			t.Fatalf("%d bytes: fault %d", len(content), why)
		}
		if len(content) > 0 {
			if why := new(inflater).inflate(packed, got[1:]); why != tooLong {
				t.Fatalf("one byte too many: fault %d", why)
			}
			if why := new(inflater).inflate(packed[:len(packed)-1], got); why != broken && packed[len(packed)-1] != 0 {
				t.Fatalf("cut short: fault %d", why)
			}
		}
		if why := new(inflater).inflate(packed, make([]byte, len(content)+1)); why != broken {
			t.Fatalf("one byte too few: fault %d", why)
		}
	})
}

// FuzzInflate holds the inflater against the standard library's.
func FuzzInflate(f *testing.F) {
	for level := -2; level <= 9; level++ {
		f.Add(packedAt(f, []byte(strings.Repeat("<w:p><w:r/></w:p>", 9+level)), level), 17*(9+level))
	}
	f.Add([]byte{}, 0)
	f.Add([]byte{1, 0, 0, 255, 255}, 0)
	f.Add([]byte{5, 224, 129, 8, 0, 0, 0, 0, 32, 127}, 1)
	f.Fuzz(func(t *testing.T, packed []byte, size int) {
		if size < 0 || size > 1<<20 {
			return
		}
		want, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), int64(size)+1))
		got := make([]byte, size)
		why := new(inflater).inflate(packed, got)
		if taken := err == nil && len(want) == size; taken != (why == sound) || taken && !bytes.Equal(got, want) {
			t.Fatalf("fault %d; the standard library gives %d bytes of %d, %v", why, len(want), size, err)
		}
	})
}
