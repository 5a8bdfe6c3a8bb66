//go:build interop

package office

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// libreOffice is one running LibreOffice with a profile of its own.
type libreOffice struct {
	t    *testing.T
	pipe string
}

func startLibreOffice(t *testing.T) libreOffice {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	pipe := fmt.Sprintf("pepost-office-%d", os.Getpid())
	command := exec.CommandContext(ctx, "soffice", "--headless", "--norestore", "--nodefault",
		"-env:UserInstallation=file://"+t.TempDir(), "--accept=pipe,name="+pipe+";urp;")
	// soffice is a script that starts another program: end the whole group.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	if err := command.Start(); err != nil {
		t.Fatalf("starting LibreOffice: %v", err)
	}
	t.Cleanup(func() {
		cancel()
		_ = command.Wait() // it was killed: an error is what is expected
	})
	return libreOffice{t: t, pipe: pipe}
}

// open gives the text of a document, or false if LibreOffice does not open it.
// The program that asks may crash in the bridge it asks through, now and then
// and whatever the document; then it asks again.
func (l libreOffice) open(path, password string) (string, bool) {
	l.t.Helper()
	const tries = 3
	for range tries - 1 {
		if text, ok, crashed := l.ask(path, password); !crashed {
			return text, ok
		}
	}
	text, ok, crashed := l.ask(path, password)
	if crashed {
		l.t.Fatalf("the program that asks LibreOffice crashed %d times", tries)
	}
	return text, ok
}

func (l libreOffice) ask(path, password string) (text string, ok, crashed bool) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), 2*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "/usr/bin/python3", "testdata/open.py", l.pipe, "file://"+path, password)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, unix := exit.Sys().(syscall.WaitStatus); unix && status.Signaled() && status.Signal() == syscall.SIGSEGV {
			return "", false, true
		}
		if exit.ExitCode() == 3 {
			return "", false, false
		}
	}
	if err != nil {
		l.t.Fatalf("asking LibreOffice: %v: %s", err, stderr.String())
	}
	return string(out), true, false
}

// document gives a Word document with one paragraph and, beside it, filling
// that no compression makes smaller.
func document(t *testing.T, text string, filling int) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" ContentType="application/octet-stream"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>` + text + `</w:t></w:r></w:p></w:body></w:document>`},
		{"filling.bin", string(content(filling))},
	} {
		w, err := archive.Create(part.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(part.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestLibreOfficeOpensWithThePassphraseOnly(t *testing.T) {
	office := startLibreOffice(t)
	const text = "Opened: an invented form, größer"
	for _, filling := range []int{0, 40_000, 8_000_000} { // the last needs a DIFAT
		file, err := Encrypt(document(t, text, filling), "ärgerlich "+phrase, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "form.docx")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, ok := office.open(path, "ärgerlich "+phrase); !ok || strings.TrimSpace(got) != text {
			t.Errorf("%d bytes of filling: opened %v, text %q; want %q", filling, ok, got, text)
		}
		if got, ok := office.open(path, phrase); ok {
			t.Errorf("%d bytes of filling: opened with a wrong passphrase: %q", filling, got)
		}
	}
}
