package web

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/route"
)

// pagesToTry are one address of every kind of page.
func pagesToTry() []string {
	return []string{"/", "/person", "/days", "/deliveries", "/deliveries?state=held", "/deliveries/d0001", "/deliveries/d0000", "/returns", "/skips", "/files"}
}

func TestEveryPageIsWholeAndKeyboardFriendly(t *testing.T) {
	h := handler(t, sampleResult())
	for _, page := range pagesToTry() {
		w := ask(h, http.MethodGet, page)
		body := w.Body.String()
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Fatalf("%s: %d, %s", page, w.Code, w.Header().Get("Content-Type"))
		}
		for _, want := range []string{`<html lang="en-GB">`, `<a class="skip" href="#main">`, `<main id="main"`, `name="viewport"`, "Spring term 2025/26", "every child, person and address is invented"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %q", page, want)
			}
		}
		if n := strings.Count(body, "<h1>"); n != 1 {
			t.Errorf("%s has %d main headings", page, n)
		}
		if tables, captions := strings.Count(body, "<table"), strings.Count(body, "<caption"); tables != captions {
			t.Errorf("%s has %d tables and %d captions", page, tables, captions)
		}
		for _, head := range regexp.MustCompile(`<th\b[^>]*>`).FindAllString(body, -1) {
			if !strings.Contains(head, "scope=") {
				t.Errorf("%s has a header cell without scope: %s", page, head)
			}
		}
		if regexp.MustCompile(`(?i)<script|style=|javascript:| on\w+=|https?://|ZgotmplZ`).MatchString(body) {
			t.Errorf("%s holds a script, an inline style or an address elsewhere", page)
		}
		wellFormed(t, page, body)
	}
}

// wellFormed checks that every element is closed and no identifier is used
// twice.
func wellFormed(t *testing.T, page, body string) {
	t.Helper()
	ids := map[string]bool{}
	// What HTML leaves open, XML wants closed.
	d := xml.NewDecoder(strings.NewReader(regexp.MustCompile(`<(meta|link|input)([^>]*)>`).ReplaceAllString(
		strings.NewReplacer("<!DOCTYPE html>", "", " selected", "", ` download>`, ">").Replace(body), `<$1$2/>`)))
	d.Entity = xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s is not well formed: %v", page, err)
			return
		}
		if element, ok := token.(xml.StartElement); ok {
			for _, a := range element.Attr {
				if a.Name.Local == "id" && ids[a.Value] {
					t.Errorf("%s uses the identifier %q twice", page, a.Value)
				} else if a.Name.Local == "id" {
					ids[a.Value] = true
				}
			}
		}
	}
}

// TestEveryLinkLeadsSomewhere follows every link of every page once.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	r := sampleResult()
	r.Files = r.Files[:3]
	h := handler(t, r)
	links := regexp.MustCompile(`(?:href|action)="(/[^"#]*)"`)
	followed, waiting := map[string]bool{"/": true}, []string{"/"}
	for len(waiting) > 0 {
		page := waiting[0]
		waiting = waiting[1:]
		w := ask(h, http.MethodGet, strings.ReplaceAll(page, "&amp;", "&"))
		if w.Code != http.StatusOK {
			t.Errorf("%s gives %d", page, w.Code)
		}
		for _, found := range links.FindAllStringSubmatch(w.Body.String(), -1) {
			if !followed[found[1]] {
				followed[found[1]] = true
				waiting = append(waiting, found[1])
			}
		}
	}
	if len(followed) < 250 {
		t.Errorf("only %d pages were found", len(followed))
	}
}

func TestOnlyTheAddressItListensOnIsAnswered(t *testing.T) {
	h := handler(t, sampleResult())
	for _, test := range []struct {
		host string
		code int
	}{
		{host, http.StatusOK},
		{"localhost:8080", http.StatusOK},
		{"", http.StatusMisdirectedRequest},
		{"127.0.0.1", http.StatusMisdirectedRequest},
		{"127.0.0.1:80", http.StatusMisdirectedRequest},
		{"127.0.0.2:8080", http.StatusMisdirectedRequest},
		{"localhost", http.StatusMisdirectedRequest},
		{"evil.example:8080", http.StatusMisdirectedRequest},
		{"127.0.0.1:8080.evil.example", http.StatusMisdirectedRequest},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = test.host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != test.code {
			t.Errorf("host %q gives %d", test.host, w.Code)
		}
		if test.code != http.StatusOK && strings.Contains(w.Body.String(), "PEP-") {
			t.Errorf("host %q is shown a reference", test.host)
		}
	}
}

func TestThePagesCanOnlyBeRead(t *testing.T) {
	h := handler(t, sampleResult())
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions, http.MethodTrace, http.MethodConnect, "BREW"} {
		for _, page := range []string{"/", "/deliveries", "/files/d0001.pdf"} {
			w := ask(h, method, page)
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s gives %d, Allow %q", method, page, w.Code, w.Header().Get("Allow"))
			}
		}
	}
	if w := ask(h, http.MethodHead, "/"); w.Code != http.StatusOK {
		t.Errorf("HEAD gives %d", w.Code)
	}
}

func TestEveryAnswerHasTheHeadersOfProtection(t *testing.T) {
	h := handler(t, sampleResult())
	for _, page := range append(pagesToTry(), "/style.css", "/files/d0001.docx", "/nothing", "/deliveries?state=wrong") {
		header := ask(h, http.MethodGet, page).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy":      "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":       "nosniff",
			"X-Frame-Options":              "DENY",
			"Referrer-Policy":              "no-referrer",
			"Cache-Control":                "no-store",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Cross-Origin-Opener-Policy":   "same-origin",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s is %q", page, name, got)
			}
		}
	}
	if got := ask(h, http.MethodGet, "/style.css").Header().Get("Content-Type"); got != "text/css; charset=utf-8" {
		t.Errorf("the style is %s", got)
	}
}

func TestNoPageHoldsPersonalData(t *testing.T) {
	h := handler(t, sampleResult())
	for _, page := range pagesToTry() {
		body := ask(h, http.MethodGet, page).Body.String()
		for _, private := range []string{"Robin", "Private", "@", "Sam Officer"} {
			if strings.Contains(body, private) {
				t.Errorf("%s shows %q", page, private)
			}
		}
	}
}

func TestTextsAreEscaped(t *testing.T) {
	const sting = `"><script>alert(1)</script><a href="javascript:x`
	d := outbox.Delivery{
		ID: `a/../b?c"` + sting, Ref: pep.Ref(sting), Kind: outbox.KindForm, State: outbox.Held, Reason: sting, Milestone: sting,
		Recipient: outbox.Recipient{Role: pep.Role(sting)},
		Decision:  route.Decision{Rule: sting, Method: route.Method(sting), Reasons: []string{sting}},
		Events:    []outbox.Event{{Action: outbox.Action(sting), To: outbox.State(sting), Why: sting}},
	}
	r := Result{Authority: sting, Notice: sting, Report: report.Term(report.Facts{
		Term: pep.Term{Name: pep.TermName(sting)}, Deliveries: []outbox.Delivery{d},
		Skips: []report.Skip{{Ref: pep.Ref(sting), Why: []string{sting}}},
	}), Files: []File{{Name: "a.pdf", About: sting, Ref: pep.Ref(sting)}}}
	h := handler(t, r)
	for _, page := range []string{"/", "/person", "/days", "/deliveries", at(d.ID), "/returns", "/skips", "/files"} {
		w := ask(h, http.MethodGet, page)
		if w.Code != http.StatusOK {
			t.Errorf("%s gives %d", page, w.Code)
		}
		body := w.Body.String()
		if strings.Contains(body, "<script") || strings.Contains(body, `href="javascript`) {
			t.Errorf("%s does not escape what it shows", page)
		}
		wellFormed(t, page, body)
	}
}

func TestDeliveriesAreFiltered(t *testing.T) {
	r := sampleResult()
	h := handler(t, r)
	ref := string(r.Report.Rows[0].Ref)
	for _, test := range []struct {
		query string
		want  func(report.Row) bool
	}{
		{"", func(report.Row) bool { return true }},
		{"state=held", func(r report.Row) bool { return r.State == outbox.Held }},
		{"kind=chase", func(r report.Row) bool { return r.Kind == outbox.KindChase }},
		{"method=none", func(r report.Row) bool { return r.Method == route.MethodNone }},
		{"role=parent&state=accepted", func(r report.Row) bool { return r.Role == pep.Parent && r.State == outbox.Accepted }},
		{"ref=" + strings.ToLower(ref), func(r report.Row) bool { return string(r.Ref) == ref }},
		{"state=&kind=&role=&method=&ref=", func(report.Row) bool { return true }},
	} {
		want := 0
		for _, row := range r.Report.Rows {
			if test.want(row) {
				want++
			}
		}
		body := ask(h, http.MethodGet, "/deliveries?"+test.query).Body.String()
		if !strings.Contains(body, `role="status">`+plural(want, "delivery", "deliveries")) {
			t.Errorf("%q does not show %d", test.query, want)
		}
		if got := strings.Count(body, `scope="row"`); got != min(want, onePage) {
			t.Errorf("%q shows %d rows, not %d", test.query, got, want)
		}
	}
}

func TestPagesOfTheListHoldEveryDeliveryOnce(t *testing.T) {
	h := handler(t, sampleResult())
	rows := regexp.MustCompile(`href="/deliveries/(d\d+)"`)
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	seen := map[string]int{}
	page := "/deliveries?kind="
	for range 10 {
		body := ask(h, http.MethodGet, page).Body.String()
		for _, found := range rows.FindAllStringSubmatch(body, -1) {
			seen[found[1]]++
		}
		found := next.FindStringSubmatch(body)
		if found == nil {
			break
		}
		page = strings.ReplaceAll(found[1], "&amp;", "&")
	}
	if len(seen) != 240 {
		t.Errorf("%d deliveries", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s stands there %d times", id, n)
		}
	}
}

func TestWhatMeansNothingIsRefused(t *testing.T) {
	h := handler(t, sampleResult())
	for page, code := range map[string]int{
		"/deliveries?state=hold":      http.StatusBadRequest,
		"/deliveries?kind=letter":     http.StatusBadRequest,
		"/deliveries?role=cook":       http.StatusBadRequest,
		"/deliveries?method=pigeon":   http.StatusBadRequest,
		"/deliveries?ref=PEP-0000-0X": http.StatusBadRequest,
		"/deliveries?page=0":          http.StatusBadRequest,
		"/deliveries?page=x":          http.StatusBadRequest,
		"/deliveries?page=99":         http.StatusNotFound,
		"/deliveries/none":            http.StatusNotFound,
		"/nothing":                    http.StatusNotFound,
		"/favicon.ico":                http.StatusNotFound,
	} {
		if w := ask(h, http.MethodGet, page); w.Code != code || !strings.Contains(w.Body.String(), "<h1>") {
			t.Errorf("%s gives %d", page, w.Code)
		}
	}
}

func TestADeliveryShowsWhyNotAndItsHistory(t *testing.T) {
	h := handler(t, sampleResult())
	body := ask(h, http.MethodGet, "/deliveries/d0001").Body.String()
	for _, want := range []string{"Mail over verified TLS", "Accepted by the relay", "250 2.0.0", "13 Jan 2026, 09:01", "TLS 1.3", `href="/files/d0001.docx"`, "which a closed registry gives out"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(body, "Why it has not left") {
		t.Error("a delivery that was sent says why not")
	}
	held := ask(h, http.MethodGet, "/deliveries/d0014").Body.String()
	for _, want := range []string{"Why it has not left", "ring the school", `class="tag held"`} {
		if !strings.Contains(held, want) {
			t.Errorf("the page of a held delivery lacks %q", want)
		}
	}
}

func TestAnEmptyTermIsShown(t *testing.T) {
	site, err := New(Result{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := site.Handler(loopback(host))
	for _, page := range []string{"/", "/person", "/days", "/deliveries", "/returns", "/skips", "/files"} {
		if w := ask(h, http.MethodGet, page); w.Code != http.StatusOK {
			t.Errorf("%s gives %d", page, w.Code)
		}
	}
}
