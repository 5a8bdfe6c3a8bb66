package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"os"

	"github.com/pepost/pepost/internal/report"
)

//go:embed html
var embedded embed.FS

// Site is the pages of one result. It never changes and may be asked by
// several at once.
type Site struct {
	result Result
	files  map[string]File
	folder *os.Root
	rows   map[string]report.Row
	pages  map[pageName]*template.Template
	style  []byte
}

// pageName is one template of folder html.
type pageName string

const (
	tablesPage   pageName = "tables"
	summaryPage  pageName = "summary"
	listPage     pageName = "list"
	deliveryPage pageName = "delivery"
	messagePage  pageName = "message"
)

// New prepares the pages of a result. The folder holds the result's files;
// nil offers none. Names that may not stand in a link are a [FileNameError].
func New(r Result, folder *os.Root) (*Site, error) {
	if folder == nil {
		r.Files = nil
	}
	files, err := offered(r.Files)
	if err != nil {
		return nil, err
	}
	s := &Site{result: r, files: files, folder: folder, rows: make(map[string]report.Row), pages: make(map[pageName]*template.Template)}
	for _, row := range r.Report.Rows {
		s.rows[row.ID] = row
	}
	for _, name := range []pageName{tablesPage, summaryPage, listPage, deliveryPage, messagePage} {
		page, err := template.New("layout.html").Option("missingkey=error").ParseFS(embedded, "html/layout.html", "html/table.html", "html/"+string(name)+".html")
		if err != nil {
			return nil, fmt.Errorf("reading the page %s: %w", name, err)
		}
		s.pages[name] = page
	}
	if s.style, err = fs.ReadFile(embedded, "html/style.css"); err != nil {
		return nil, fmt.Errorf("reading the style of the pages: %w", err)
	}
	return s, nil
}

// Handler answers requests for the address it is served at, and no others.
func (s *Site) Handler(at net.Addr) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.summary)
	mux.HandleFunc("GET /person", s.person)
	mux.HandleFunc("GET /days", s.days)
	mux.HandleFunc("GET /deliveries", s.deliveries)
	mux.HandleFunc("GET /deliveries/{id}", s.delivery)
	mux.HandleFunc("GET /returns", s.returns)
	mux.HandleFunc("GET /skips", s.skips)
	mux.HandleFunc("GET /files", s.list)
	mux.HandleFunc("GET /files/{name}", s.download)
	mux.HandleFunc("GET /style.css", s.sheet)
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		s.message(w, http.StatusNotFound, "Page not found", "There is nothing at this address.")
	})
	return guarded(mux, hostsOf(at))
}

func (s *Site) sheet(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	// A client that went away needs no answer; so everywhere in this package.
	_, _ = w.Write(s.style)
}

// view is what every page's template is given.
type view struct {
	Authority, Notice, Term, SeenOn string
	// Title is the page's name, Here the address of its entry in the
	// navigation.
	Title, Here string
	Navigation  []link
	Body        any
}

type link struct {
	Text, Href string
	Count      int
}

// show draws a page whole before the first byte goes out.
func (s *Site) show(w http.ResponseWriter, status int, name pageName, title, here string, body any) {
	r := s.result.Report
	v := view{
		Authority: s.result.Authority, Notice: s.result.Notice, Term: termName(r.Term), SeenOn: longDay(r.On),
		Title: title, Here: here, Body: body, Navigation: s.navigation(),
	}
	var page bytes.Buffer
	if err := s.pages[name].Execute(&page, v); err != nil {
		http.Error(w, "this page could not be drawn", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}

func (s *Site) navigation() []link {
	r := s.result.Report
	return []link{
		{Text: "Summary", Href: "/"},
		{Text: "Needs a person", Href: "/person", Count: len(r.ForAPerson())},
		{Text: "Deliveries", Href: "/deliveries", Count: r.All.Deliveries},
		{Text: "By day", Href: "/days"},
		{Text: "Returns", Href: "/returns", Count: r.Returns.Overdue},
		{Text: "Not planned", Href: "/skips", Count: len(r.Skips)},
		{Text: "Files", Href: "/files", Count: len(s.files)},
	}
}

// message is a page with a heading and a sentence.
func (s *Site) message(w http.ResponseWriter, status int, title, text string) {
	s.show(w, status, messagePage, title, "", text)
}
