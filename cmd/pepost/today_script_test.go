package main

import (
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// freePort sets CONSOLE to a loopback address that was free just now.
func freePort(ts *testscript.TestScript, _ bool, _ []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv("CONSOLE", l.Addr().String())
	ts.Check(l.Close())
}

// visit signs in at CONSOLE, looks for texts on the page and signs out: visit
// NAME PASSWORD TEXT…. Negated, it wants the sign-in to be refused.
func visit(ts *testscript.TestScript, neg bool, args []string) {
	at := "http://" + ts.Getenv("CONSOLE")
	jar, err := cookiejar.New(nil)
	ts.Check(err)
	client := &http.Client{Jar: jar, Timeout: time.Minute}
	awaitPage(ts, client, at)
	page, from := submit(ts, client, at, "/sign-in", url.Values{"name": {args[0]}, "password": {args[1]}})
	if refused := from != "/today"; refused != neg {
		ts.Fatalf("the sign-in leads to %s", from)
	}
	if neg {
		return
	}
	for _, text := range args[2:] {
		if !strings.Contains(page, text) {
			ts.Fatalf("the page lacks %q:\n%s", text, page)
		}
	}
	if _, from := submit(ts, client, at, "/sign-out", nil); from != "/sign-in" {
		ts.Fatalf("signing out leads to %s", from)
	}
	w, err := client.Get(at + "/today")
	ts.Check(err)
	w.Body.Close()
	if w.Request.URL.Path != "/sign-in" {
		ts.Fatalf("after signing out the page is still shown")
	}
}

func awaitPage(ts *testscript.TestScript, client *http.Client, at string) {
	for range 200 {
		w, err := client.Get(at + "/sign-in")
		if err == nil {
			w.Body.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("nothing answers at %s", at)
}

func submit(ts *testscript.TestScript, client *http.Client, at, path string, form url.Values) (page, from string) {
	r, err := http.NewRequest(http.MethodPost, at+path, strings.NewReader(form.Encode()))
	ts.Check(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", at)
	w, err := client.Do(r)
	ts.Check(err)
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	ts.Check(err)
	return string(body), w.Request.URL.Path
}
