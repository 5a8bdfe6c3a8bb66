package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// ErrRefused is what [Accounts] give for a name and a password that do not
// belong together.
var ErrRefused = errors.New("the name and the password do not belong together")

// Accounts say who may sign in.
type Accounts interface {
	// Verify gives the account's name as it is kept, or [ErrRefused]. It takes
	// as long for an unknown name as for a known one.
	Verify(ctx context.Context, name, password string) (string, error)
	// StillIn reports whether an account that signed in at a moment may still be:
	// it is not disabled, and has the password it had then.
	StillIn(ctx context.Context, name string, since time.Time) (bool, error)
}

// ConsoleOptions is what a console works with; every field is needed.
type ConsoleOptions struct {
	Accounts Accounts
	Source   Source
	Now      func() time.Time
}

// Console is the read-only page behind the sign-in.
type Console struct {
	accounts Accounts
	source   Source
	sessions *sessions
	throttle *throttle
	// checking lets one password be hashed at a time: hashing takes 64 MiB, and
	// guesses made side by side would otherwise outrun the throttle.
	checking chan struct{}
	pages    map[pageName]*template.Template
	style    []byte
}

const (
	todayPage  pageName = "today"
	signInPage pageName = "signin"
)

// NewConsole prepares the pages.
func NewConsole(o ConsoleOptions) (*Console, error) {
	c := &Console{
		accounts: o.Accounts, source: o.Source, sessions: newSessions(o.Now), throttle: newThrottle(o.Now),
		checking: make(chan struct{}, 1), pages: make(map[pageName]*template.Template),
	}
	for _, name := range []pageName{todayPage, signInPage, messagePage} {
		page, err := template.New("console.html").Option("missingkey=error").ParseFS(embedded, "html/console.html", "html/table.html", "html/"+string(name)+".html")
		if err != nil {
			return nil, fmt.Errorf("reading the page %s: %w", name, err)
		}
		c.pages[name] = page
	}
	var err error
	if c.style, err = fs.ReadFile(embedded, "html/style.css"); err != nil {
		return nil, fmt.Errorf("reading the style of the pages: %w", err)
	}
	return c, nil
}

// Serve shows the page at a listener until ctx ends, then closes it.
func (c *Console) Serve(ctx context.Context, l net.Listener) error {
	return serveUntil(ctx, l, http.MaxBytesHandler(c.Handler(l.Addr()), maxForm))
}

// Handler answers requests for the address it is served at, and no others.
func (c *Console) Handler(at net.Addr) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/today", http.StatusSeeOther) })
	mux.HandleFunc("GET /style.css", c.sheet)
	mux.HandleFunc("GET /sign-in", c.askToSignIn)
	mux.HandleFunc("POST /sign-in", c.signIn)
	mux.HandleFunc("POST /sign-out", c.signOut)
	mux.HandleFunc("GET /today", c.signedIn(c.today))
	mux.HandleFunc("GET /", c.signedIn(func(w http.ResponseWriter, _ *http.Request, name string) {
		c.show(w, http.StatusNotFound, messagePage, consoleView{Title: "Page not found", Name: name, Body: "There is nothing at this address."})
	}))
	return sameOrigin(http.NewCrossOriginProtection().Handler(mux), hostsOf(at))
}

// sameOrigin lets through who asks for one of the hosts, reading, or posting
// from a page of that very host. The standard library's protection lets a
// request without Origin and Sec-Fetch-Site pass, for programs; here it is
// refused as well, as every browser sends one of them with a form.
func sameOrigin(next http.Handler, hosts []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		w.Header().Set("Referrer-Policy", "same-origin") // else a form's Origin is "null"
		switch {
		case !slices.Contains(hosts, r.Host):
			http.Error(w, "this page is not served under that name", http.StatusMisdirectedRequest)
		case r.Method == http.MethodPost && !fromHere(r):
			http.Error(w, "this form was not sent from this page", http.StatusForbidden)
		case r.Method != http.MethodPost && r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD, POST")
			http.Error(w, "this page can only be read", http.StatusMethodNotAllowed)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func fromHere(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" && origin != "null" {
		_, host, ok := strings.Cut(origin, "://")
		return ok && host == r.Host
	}
	return r.Header.Get("Sec-Fetch-Site") == "same-origin"
}

// consoleView is what every template of the console is given. Name is empty
// where nobody is signed in: then nothing of the installation may stand in it.
type consoleView struct {
	Title, Name, Over string
	Body              any
}

// show draws a page whole before the first byte goes out.
func (c *Console) show(w http.ResponseWriter, status int, name pageName, v consoleView) {
	var page bytes.Buffer
	if err := c.pages[name].Execute(&page, v); err != nil {
		http.Error(w, "this page could not be drawn", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes())
}

func (c *Console) sheet(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(c.style)
}
