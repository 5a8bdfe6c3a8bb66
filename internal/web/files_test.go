package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestFilesAreSavedNeverShown(t *testing.T) {
	h := handler(t, sampleResult())
	for name, want := range map[string]struct{ kind, body string }{
		"d0001.docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "PK word"},
		"d0001.pdf":  {"application/pdf", "%PDF-1.7 pages"},
		"d0001.eml":  {"message/rfc822", "Subject: PEP\r\n\r\n<script>"},
	} {
		w := ask(h, http.MethodGet, "/files/"+name)
		if w.Code != http.StatusOK || w.Body.String() != want.body || w.Header().Get("Content-Type") != want.kind {
			t.Errorf("%s: %d, %s, %q", name, w.Code, w.Header().Get("Content-Type"), w.Body.String())
		}
		if got := w.Header().Get("Content-Disposition"); got != `attachment; filename="`+name+`"` {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestNothingOutsideTheResultIsHandedOut(t *testing.T) {
	h := handler(t, sampleResult())
	for _, name := range []string{
		"outside.pdf",  // a link out of the folder
		"climbing.pdf", // a listed path that climbs out
		"folder.pdf",   // a folder
		"gone.pdf",     // no longer there
		"secret.pdf",
		"forms/d0001.docx",
		"../secret.pdf",
		"..%2fsecret.pdf",
		"%2e%2e%2fsecret.pdf",
		"..\\secret.pdf",
		"/etc/passwd",
		"%2fetc%2fpasswd",
		"d0001.pdf%00.eml",
		"D0001.PDF",
		".",
		"..",
	} {
		address := name
		if _, err := url.Parse("/files/" + name); err != nil {
			address = url.PathEscape(name)
		}
		w := ask(h, http.MethodGet, "/files/"+address)
		if w.Header().Get("Content-Disposition") != "" || strings.HasPrefix(w.Body.String(), "secret") {
			t.Errorf("%s is handed out with %d", name, w.Code)
		}
	}
}

func TestFileNamesThatMayNotStandInALinkAreRefused(t *testing.T) {
	for _, files := range [][]File{
		{{Name: "a.exe"}},
		{{Name: "a.html"}},
		{{Name: "../a.pdf"}},
		{{Name: "a\".pdf"}},
		{{Name: "Zoë.pdf"}},
		{{Name: ".pdf"}},
		{{Name: strings.Repeat("a", 200) + ".pdf"}},
		{{Name: "a.pdf"}, {Name: "a.pdf"}},
	} {
		r := Result{Files: files}
		_, err := New(r, folder(t))
		var name *FileNameError
		if !errors.As(err, &name) {
			t.Errorf("%q: %v", files, err)
		}
	}
}

// FuzzDownload holds that no address hands out anything but the three files.
func FuzzDownload(f *testing.F) {
	for _, seed := range []string{"d0001.pdf", "../secret.pdf", "..%2fsecret.pdf", "outside.pdf", "climbing.pdf"} {
		f.Add(seed)
	}
	h := handler(f, sampleResult())
	f.Fuzz(func(t *testing.T, name string) {
		w := ask(h, http.MethodGet, "/files/"+url.PathEscape(name))
		if w.Header().Get("Content-Disposition") == "" {
			return
		}
		if name != "d0001.pdf" && name != "d0001.docx" && name != "d0001.eml" {
			t.Fatalf("%q is handed out", name)
		}
	})
}
