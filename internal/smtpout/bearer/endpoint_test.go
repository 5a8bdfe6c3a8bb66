package bearer_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/smtpout/bearer"
)

// office is an endpoint that numbers its tokens.
func office(t *testing.T, answer http.HandlerFunc) (*bearer.Endpoint, *int) {
	t.Helper()
	asked := 0
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.PostFormValue("grant_type") != "client_credentials" || r.PostFormValue("client_id") != "pepost" ||
			r.PostFormValue("client_secret") != "kept quiet" || r.PostFormValue("scope") != "smtp.send" {
			http.Error(w, "invalid_client", http.StatusUnauthorized)
			return
		}
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	return &bearer.Endpoint{
		URL: server.URL, ClientID: "pepost", Scope: "smtp.send", Client: server.Client(),
		Secret: func() (string, error) { return "kept quiet", nil }, Now: func() time.Time { return now },
	}, &asked
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(text)) }
}

func TestATokenIsKeptUntilItExpiresOrIsRefused(t *testing.T) {
	number := 0
	e, asked := office(t, func(w http.ResponseWriter, _ *http.Request) {
		number++
		w.Write([]byte(`{"access_token":"t` + string(rune('0'+number)) + `","token_type":"bearer","expires_in":3600}`))
	})
	want := func(refused, token string, requests int) {
		t.Helper()
		got, err := e.Token(t.Context(), refused)
		if err != nil || got != token || *asked != requests {
			t.Errorf("%q, %v after %d requests; want %s after %d", got, err, *asked, token, requests)
		}
	}
	want("", "t1", 1)
	want("", "t1", 1)
	want("t1", "t2", 2) // refused before its time
	want("t1", "t2", 2) // another conversation that still had the old one
	later := e.Now().Add(59 * time.Minute)
	e.Now = func() time.Time { return later }
	want("", "t3", 3)
}

func TestWhatIsNoTokenIsAnErrorWithoutWhatWasSaid(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"refused": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "kept quiet", http.StatusBadRequest) },
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusTemporaryRedirect)
		},
		"no JSON":     says("<html>kept quiet"),
		"no token":    says(`{"token_type":"Bearer"}`),
		"other type":  says(`{"access_token":"kept quiet","token_type":"mac","expires_in":60}`),
		"never ends":  says(strings.Repeat(" ", 70_000)),
		"absurd time": says(`{"access_token":"kept quiet","token_type":"Bearer","expires_in":9000000000}`),
	} {
		e, _ := office(t, answer)
		if got, err := e.Token(t.Context(), ""); err == nil || got != "" || strings.Contains(err.Error(), "kept quiet") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestAnEndpointInClearOrWithoutASecretIsNotAsked(t *testing.T) {
	e, asked := office(t, says(""))
	for _, change := range []func(*bearer.Endpoint){
		func(e *bearer.Endpoint) { e.URL = strings.Replace(e.URL, "https", "http", 1) },
		func(e *bearer.Endpoint) { e.ClientID = "" },
		func(e *bearer.Endpoint) { e.Secret = nil },
		func(e *bearer.Endpoint) { e.Secret = func() (string, error) { return "", errors.New("gone") } },
	} {
		again := &bearer.Endpoint{URL: e.URL, ClientID: e.ClientID, Scope: e.Scope, Secret: e.Secret, Client: e.Client, Now: e.Now}
		change(again)
		if _, err := again.Token(t.Context(), ""); err == nil || *asked != 0 {
			t.Errorf("%v after %d requests", err, *asked)
		}
	}
}

func TestAFileIsReadEachTime(t *testing.T) {
	next := []string{"one", "two"}
	token := bearer.Filed(func() (string, error) {
		got := next[0]
		next = next[1:]
		return got, nil
	})
	for _, want := range []string{"one", "two"} {
		if got, err := token(context.Background(), "one"); err != nil || got != want {
			t.Errorf("%q, %v; want %s", got, err, want)
		}
	}
}
