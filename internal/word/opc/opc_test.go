package opc_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/pepost/pepost/internal/word/opc"
)

// smallest is the smallest Word document.
func smallest(t testing.TB, more ...opc.Part) []byte {
	t.Helper()
	parts := []opc.Part{
		{Name: "[Content_Types].xml", Content: []byte(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/doc.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`)},
		{Name: "_rels/.rels", Content: []byte(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="/doc.xml"/></Relationships>`)},
		{Name: "doc.xml", Content: []byte(`<a/>`)},
	}
	data, err := opc.Write(append(parts, more...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPartsAreReadBackAndChanged(t *testing.T) {
	data := smallest(t, opc.Part{Name: "x.bin", Content: []byte("one")})
	pack, err := opc.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	if pack.Main != "doc.xml" || !pack.Has("X.BIN") {
		t.Errorf("main is %q, parts %v", pack.Main, pack.Names())
	}
	changed, err := pack.Changed(map[string][]byte{"x.bin": []byte("two")})
	if err != nil {
		t.Fatal(err)
	}
	if pack, err = opc.Open(changed); err != nil {
		t.Fatal(err)
	}
	if content, err := pack.Read("x.bin"); err != nil || string(content) != "two" {
		t.Errorf("x.bin is %q (%v)", content, err)
	}
	if _, err := pack.Read("nothing"); err == nil {
		t.Error("a part that is not there was read")
	}
}

func TestTheSamePartsGiveTheSameBytes(t *testing.T) {
	if !bytes.Equal(smallest(t), smallest(t)) {
		t.Error("two writings differ")
	}
}

func TestAnArchiveThatContradictsItselfIsRefused(t *testing.T) {
	data := smallest(t)
	end := len(data) - 22
	for name, change := range map[string]func([]byte) []byte{
		"cut short":             func(d []byte) []byte { return d[:end] },
		"more entries":          func(d []byte) []byte { d[end+8]++; d[end+10]++; return d },
		"split over files":      func(d []byte) []byte { d[end+4] = 1; return d },
		"directory elsewhere":   func(d []byte) []byte { d[end+16] += 4; return d },
		"something in front":    func(d []byte) []byte { return append([]byte("PK\x03\x04 in front"), d...) },
		"a local name differs":  func(d []byte) []byte { d[30] = '!'; return d },
		"an unknown compressor": func(d []byte) []byte { d[bytes.Index(d, []byte("PK\x01\x02"))+10] = 99; return d },
	} {
		_, err := opc.Open(change(bytes.Clone(data)))
		var refused *opc.RefusedError
		if !errors.As(err, &refused) || refused.Code != opc.Corrupt {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(smallest(f))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, data []byte) {
		pack, err := opc.Open(data)
		var refused *opc.RefusedError
		if err != nil {
			if !errors.As(err, &refused) {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		for _, name := range pack.Names() {
			_, _ = pack.Read(name)
		}
	})
}
