//go:build interop

package pipeline_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/pep"
)

// read is the words of a PDF file as poppler sees them.
func read(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pack.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestPopplerFindsThePlacementInTheCarersPackAlone(t *testing.T) {
	s, record := atTheMeeting(t)
	all, carer := read(t, s.pack(record, "").PDF), read(t, s.pack(record, pep.FosterCarer).PDF)
	for _, secret := range []string{"Heron", "Marlford", "ZZ99", "Carerson", "carer@mail.example", "960222"} {
		if strings.Contains(all, secret) {
			t.Errorf("the pack for everybody tells %s", secret)
		}
		if !strings.Contains(carer, secret) {
			t.Errorf("the carer's own pack does not have %s", secret)
		}
	}
	for _, want := range []string{
		"Agenda", "Who is invited", "Attendance", "Attainment", "To write on: My views, wishes and feelings", "To write on: the carer's views", "What we agree to do",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the pack has no part %q", want)
		}
	}
}
