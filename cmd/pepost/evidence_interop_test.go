//go:build interop

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/audit"
)

// TestEvidenceIsProvenByTheScriptForAuditors lets the script that comes with
// the project prove an export, and find one changed letter.
func TestEvidenceIsProvenByTheScriptForAuditors(t *testing.T) {
	last := audit.Record{}
	var file bytes.Buffer
	for n := range 100 {
		last = audit.Chain(last, audit.Record{
			At: time.Date(2026, 2, 2, 9, 0, n, n*1000, time.UTC), Action: audit.DeliveryChanged, Delivery: "d1", By: "Zoë", Why: "rang her",
			Facts: []audit.Fact{{Name: "text", Value: "2.0.0 <b>ok</b>\u2028"}},
		})
		if err := audit.WriteLines(&file, []audit.Record{last}); err != nil {
			t.Fatal(err)
		}
	}
	prove := func(data []byte) (string, error) {
		path := filepath.Join(t.TempDir(), "evidence.jsonl")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("python3", filepath.Join("..", "..", "deploy", "verify-evidence.py"), path).CombinedOutput()
		return string(out), err
	}
	if out, err := prove(file.Bytes()); err != nil || !strings.Contains(out, "100 records hold; the last is "+last.Hash) {
		t.Fatalf("%v %s", err, out)
	}
	if out, err := prove(bytes.Replace(file.Bytes(), []byte("rang"), []byte("rung"), 1)); err == nil {
		t.Fatalf("a changed record was taken for proven: %s", out)
	}
}
