package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"
)

// maxForm bounds what is posted.
const maxForm = 4 << 10

// queueFor is how long a sign-in waits for others that are being checked.
const queueFor = 5 * time.Second

// signInBody is the sign-in form. What was typed is not shown again.
type signInBody struct{ Fault string }

func (c *Console) askToSignIn(w http.ResponseWriter, r *http.Request) {
	if c.who(r) != "" {
		http.Redirect(w, r, "/today", http.StatusSeeOther)
		return
	}
	c.askAgain(w, http.StatusOK, "")
}

func (c *Console) askAgain(w http.ResponseWriter, status int, fault string) {
	title := "Sign in"
	if fault != "" {
		title = "Not signed in"
	}
	c.show(w, status, signInPage, consoleView{Title: title, Body: signInBody{fault}})
}

// signIn looks at a name and a password. One is looked at at a time, from the
// throttle's question to its count.
func (c *Console) signIn(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		c.askAgain(w, http.StatusBadRequest, "The form could not be read.")
		return
	}
	ctx, done := context.WithTimeout(r.Context(), queueFor)
	defer done()
	select {
	case c.checking <- struct{}{}:
		defer func() { <-c.checking }()
	case <-ctx.Done():
		c.askAgain(w, http.StatusServiceUnavailable, "Too many people are signing in. Try again in a moment.")
		return
	}
	name, password := r.PostForm.Get("name"), r.PostForm.Get("password")
	if wait := c.throttle.wait(name); wait > 0 {
		seconds := int(math.Ceil(wait.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		c.askAgain(w, http.StatusTooManyRequests, "There were too many wrong passwords. Try again in "+plural(seconds, "second", "seconds")+".")
		return
	}
	kept, err := c.accounts.Verify(r.Context(), name, password)
	switch {
	case errors.Is(err, ErrRefused):
		c.throttle.missed(name)
		c.askAgain(w, http.StatusUnauthorized, "The name and the password do not belong together.")
		return
	case err != nil:
		c.askAgain(w, http.StatusInternalServerError, "The accounts could not be read. The log says more.")
		return
	}
	c.throttle.right(name)
	c.letIn(w, r, kept)
}

func (c *Console) letIn(w http.ResponseWriter, r *http.Request, name string) {
	c.sessions.end(tokenOf(r))
	token, err := c.sessions.begin(name)
	if err != nil {
		c.askAgain(w, http.StatusInternalServerError, "This machine gives no random numbers.")
		return
	}
	giveCookie(w, r, token)
	http.Redirect(w, r, "/today", http.StatusSeeOther)
}

func (c *Console) signOut(w http.ResponseWriter, r *http.Request) {
	c.sessions.end(tokenOf(r))
	giveCookie(w, r, "")
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// who is signed in; empty for nobody. An account that was disabled or given
// another password since is nobody at once, and so is one that cannot be read.
func (c *Console) who(r *http.Request) string {
	token := tokenOf(r)
	name, since := c.sessions.stay(token)
	if name == "" {
		return ""
	}
	if in, err := c.accounts.StillIn(r.Context(), name, since); err != nil || !in {
		c.sessions.end(token)
		return ""
	}
	return name
}

// signedIn shows a page to those who are signed in, and leads all others to
// the sign-in, whether there is such a page or not.
func (c *Console) signedIn(page func(http.ResponseWriter, *http.Request, string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := c.who(r)
		if name == "" {
			http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
			return
		}
		page(w, r, name)
	}
}
