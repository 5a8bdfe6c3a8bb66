package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/audit"
)

// exported is a chain with awkward texts in every field.
func exported(t *testing.T) []byte {
	t.Helper()
	var all []audit.Record
	var last audit.Record
	for _, r := range []audit.Record{
		{At: time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC), Action: audit.DeliveryAdded, Ref: "PEP-7F3K-2Q", Delivery: "d1", By: "Zoë <O'Neill> & sons", Facts: []audit.Fact{{Name: "sha256", Value: "00ff"}, {Name: "empty"}}},
		{At: time.Date(2026, 2, 2, 9, 0, 0, 120001000, time.UTC), Action: audit.DeliveryChanged, Delivery: "d1", Why: "rang\nher\u2028, write to a@b.example"},
		{At: time.Date(2026, 2, 2, 10, 0, 0, 5000, time.FixedZone("somewhere", 3600)), Action: audit.EvidenceRead, By: "typed \xff badly", Facts: []audit.Fact{{Name: "bad \xfe", Value: "\xfd"}}},
	} {
		last = audit.Chain(last, r)
		all = append(all, last)
	}
	var file bytes.Buffer
	if err := audit.WriteLines(&file, all); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// proven is an implementation of its own, by the description in the README,
// which knows nothing of package audit.
func proven(file []byte) bool {
	prev, seq := "", int64(0)
	for line := range bytes.Lines(file) {
		var r struct {
			Seq                                        int64
			At                                         time.Time
			Action, Ref, Delivery, By, Why, Prev, Hash string
			Facts                                      []struct{ Name, Value string }
		}
		if json.Unmarshal(line, &r) != nil {
			return false
		}
		var body []byte
		number := func(n int64) { body = binary.BigEndian.AppendUint64(body, uint64(n)) }
		text := func(s string) { number(int64(len(s))); body = append(body, s...) }
		text("pepost evidence 1")
		text(r.Prev)
		number(r.Seq)
		number(r.At.UnixMicro())
		for _, s := range []string{r.Action, r.Ref, r.Delivery, r.By, r.Why} {
			text(s)
		}
		number(int64(len(r.Facts)))
		for _, f := range r.Facts {
			text(f.Name)
			text(f.Value)
		}
		sum := sha256.Sum256(body)
		if seq++; r.Seq != seq || r.Prev != prev || r.Hash != hex.EncodeToString(sum[:]) {
			return false
		}
		prev = r.Hash
	}
	return true
}

func TestAnExportIsProvenWithoutThisPackage(t *testing.T) {
	file := exported(t)
	if !proven(file) {
		t.Fatalf("not proven:\n%s", file)
	}
	checked, err := audit.VerifyLines(bytes.NewReader(file))
	if err != nil || checked.Records != 3 || checked.Head.Seq != 3 || checked.Head.Hash == "" {
		t.Fatalf("%+v %v", checked, err)
	}
	for what, changed := range map[string]string{
		"a moment":        strings.Replace(string(file), "120001Z", "120002Z", 1),
		"a fact":          strings.Replace(string(file), "00ff", "00fe", 1),
		"a name":          strings.Replace(string(file), "O'Neill", "O'Neil", 1),
		"a removed line":  string(file[bytes.IndexByte(file, '\n')+1:]),
		"a repeated line": string(file[:bytes.IndexByte(file, '\n')+1]) + string(file),
	} {
		var broken *audit.BrokenError
		if _, err := audit.VerifyLines(strings.NewReader(changed)); proven([]byte(changed)) || !errors.As(err, &broken) {
			t.Errorf("%s was not found out: %v", what, err)
		}
	}
}

func TestAFileThatIsNoEvidenceIsSaidToBeNone(t *testing.T) {
	for name, file := range map[string]string{
		"no JSON": "hello\n", "another's JSON": `{"seq":1,"colour":"red"}` + "\n", "two in a line": `{"seq":1}{"seq":2}` + "\n",
		"an endless line": strings.Repeat("x", 2<<20),
	} {
		if _, err := audit.VerifyLines(strings.NewReader(file)); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzVerifyLines(f *testing.F) {
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"seq":1,"at":"2026-02-02T09:00:00Z","action":"imported","prev":"","hash":"00"}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		checked, err := audit.VerifyLines(bytes.NewReader(file))
		if err == nil && checked.Records > 0 && !proven(bytes.TrimRight(file, "\n")) {
			t.Fatalf("taken for proven: %q", file)
		}
	})
}
