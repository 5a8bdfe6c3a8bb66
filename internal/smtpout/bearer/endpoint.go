package bearer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// The bounds of one request for a token.
const (
	maxAnswer = 64 << 10
	within    = 30 * time.Second
	// early is how long before its end a token is no longer used: it must last
	// for a conversation.
	early = 2 * time.Minute
)

// Endpoint is an OAuth 2.0 token endpoint and who we are to it. Its methods
// may be called from any goroutine.
type Endpoint struct {
	URL      string // https
	ClientID string
	Scope    string // may be empty
	// Secret is read for each request.
	Secret func() (string, error)
	// Client makes the requests; nil means one with its own bounds.
	Client *http.Client
	Now    func() time.Time

	mu    sync.Mutex
	token string
	until time.Time
}

// Check says what is wrong with the endpoint as it was configured.
func (e *Endpoint) Check() error {
	at, err := url.Parse(e.URL)
	switch {
	case err != nil || at.Scheme != "https" || at.Host == "" || at.User != nil:
		return errors.New("the token endpoint is not an https:// address")
	case e.ClientID == "":
		return errors.New("the token endpoint has no client_id")
	case e.Secret == nil:
		return errors.New("the token endpoint has no secret")
	}
	return nil
}

// Token gives a token that has not expired, and not the one that was refused.
func (e *Endpoint) Token(ctx context.Context, refused string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.token != "" && e.token != refused && e.Now().Before(e.until) {
		return e.token, nil
	}
	e.token = ""
	if err := e.Check(); err != nil {
		return "", err
	}
	got, err := e.ask(ctx)
	if err != nil {
		return "", err
	}
	e.token, e.until = got.Token, e.Now().Add(time.Duration(got.Seconds)*time.Second-early)
	return e.token, nil
}

// answer is what RFC 6749 section 5.1 says an endpoint answers.
type answer struct {
	Token   string `json:"access_token"`
	Type    string `json:"token_type"`
	Seconds int64  `json:"expires_in"`
}

func (e *Endpoint) ask(ctx context.Context) (answer, error) {
	secret, err := e.Secret()
	if err != nil {
		return answer{}, fmt.Errorf("reading the secret of the token endpoint: %w", err)
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {e.ClientID}, "client_secret": {secret}}
	if e.Scope != "" {
		form.Set("scope", e.Scope)
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, errors.New("asking for a token: the endpoint's address cannot be used")
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	response, err := e.client().Do(request)
	if err != nil {
		return answer{}, fmt.Errorf("asking for a token: %w", err)
	}
	defer response.Body.Close()
	return read(response)
}

func read(response *http.Response) (answer, error) {
	if response.StatusCode != http.StatusOK {
		return answer{}, fmt.Errorf("asking for a token: the endpoint answered %d", response.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil || len(data) > maxAnswer {
		return answer{}, errors.New("asking for a token: the answer is too long or broke off")
	}
	var got answer
	if json.Unmarshal(data, &got) != nil || got.Token == "" || !strings.EqualFold(got.Type, "Bearer") || got.Seconds < 0 || got.Seconds > 365*24*3600 {
		return answer{}, errors.New("asking for a token: the answer has no bearer token")
	}
	return got, nil
}

// client makes the requests. A redirect could carry the secret elsewhere.
func (e *Endpoint) client() *http.Client {
	own := http.Client{}
	if e.Client != nil {
		own = *e.Client
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// Filed gives tokens out of a file that somebody else keeps fresh: it is read
// each time, and a token that was refused is given again while nobody has
// replaced it.
func Filed(read func() (string, error)) func(context.Context, string) (string, error) {
	return func(context.Context, string) (string, error) { return read() }
}
