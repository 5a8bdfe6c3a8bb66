package web

import (
	"net/http"
	"path"
	"path/filepath"
	"time"
)

// download hands out one file of the result, always to be saved and never to
// be shown: a form or a message is not this site's to draw. Only names that
// the result lists are looked for, and the root keeps even those inside the
// folder.
func (s *Site) download(w http.ResponseWriter, r *http.Request) {
	missing := func() {
		s.message(w, http.StatusNotFound, "File not found", "No file of this term has that name, or it is no longer in its folder.")
	}
	listed, known := s.files[r.PathValue("name")]
	if !known {
		missing()
		return
	}
	file, err := s.folder.Open(filepath.FromSlash(listed.Path))
	if err != nil {
		missing()
		return
	}
	defer file.Close()
	if about, err := file.Stat(); err != nil || !about.Mode().IsRegular() {
		missing()
		return
	}
	w.Header().Set("Content-Type", contentType(listed.Name))
	w.Header().Set("Content-Disposition", `attachment; filename="`+listed.Name+`"`)
	http.ServeContent(w, r, "", time.Time{}, file)
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".docx":
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case ".pdf":
		return "application/pdf"
	case ".eml":
		return "message/rfc822"
	}
	return "application/octet-stream"
}
