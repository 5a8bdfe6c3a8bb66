package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// Official is where GOV.UK Notify answers.
const Official = "https://api.notifications.service.gov.uk"

// The bounds of one request.
const (
	maxAnswer = 64 << 10
	patience  = 30 * time.Second
)

// The waits after a refusal that is nobody's fault, and how long a fault of the
// configuration is remembered.
const (
	firstWait    = time.Minute
	longestWait  = time.Hour
	faultStands  = 15 * time.Minute
	mostOfDetail = 200
)

// Options are what a client is made of.
type Options struct {
	// BaseURL is where the service answers; empty means [Official]. It must be
	// https, but on this machine.
	BaseURL  string
	Key      Key
	Template string // the identifier of the template
	// Now is the clock; tokens stand for 30 seconds of it.
	Now func() time.Time
}

// Client sends texts. It remembers between requests when it may ask again.
type Client struct {
	base     string
	key      Key
	template string
	now      func() time.Time
	http     *http.Client

	mu    sync.Mutex
	until time.Time
	wait  time.Duration
	fault string // why nothing is taken; empty where only too much was asked
}

// New gives a client, or says which option does not hold.
func New(o Options) (*Client, error) {
	base, err := checkBase(o.BaseURL)
	switch {
	case err != nil:
		return nil, err
	case o.Key == Key{}:
		return nil, ErrKey
	case !regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(o.Template):
		return nil, errors.New("the template is named by its identifier, such as f33517ff-2a88-4f6e-b855-c550268ce08a")
	case o.Now == nil:
		return nil, errors.New("a client needs a clock")
	}
	return &Client{
		base: base, key: o.Key, template: o.Template, now: o.Now,
		http: &http.Client{
			Timeout: patience,
			// A token must not follow a redirect to somebody else.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

func checkBase(text string) (string, error) {
	if text == "" {
		return Official, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || strings.Trim(u.Path, "/") != "" {
		return "", errors.New("the address of the service is https://HOST and no more")
	}
	here, err := netip.ParseAddr(u.Hostname())
	if u.Scheme != "https" && !(u.Scheme == "http" && err == nil && here.IsLoopback()) {
		return "", errors.New("the address of the service is https: passphrases do not travel in clear")
	}
	return u.Scheme + "://" + u.Host, nil
}

// Text is one passphrase for one telephone.
type Text struct {
	Reference  string // opaque: kept by the service, and asked by
	Number     string // 447700900123
	Names      string // the child's opaque reference, as the mail has it
	Passphrase string
}

// Ready reports whether the service may be asked now; else the outcome says
// until when not, and why.
func (c *Client) Ready() (Outcome, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.now().Before(c.until) {
		return Outcome{}, true
	}
	if c.fault != "" {
		return Outcome{Result: Misconfigured, Until: c.until, Detail: c.fault}, false
	}
	return Outcome{Result: Later, Until: c.until}, false
}

// Send hands one text over. After an uncertain outcome [Client.Find] must be
// asked before the same text is sent again.
func (c *Client) Send(ctx context.Context, t Text) Outcome {
	if out, ready := c.Ready(); !ready {
		return out
	}
	if number, ok := pep.ParseMobile("+" + t.Number); !ok || number != t.Number {
		return Outcome{Result: Refused, Detail: "not a mobile number of the United Kingdom"}
	}
	body, err := json.Marshal(map[string]any{
		"phone_number": t.Number, "template_id": c.template, "reference": t.Reference,
		"personalisation": map[string]string{"reference": t.Names, "passphrase": t.Passphrase},
	})
	if err != nil {
		return Outcome{Result: Refused, Detail: "it cannot be written as JSON"}
	}
	status, answer, err := c.do(ctx, http.MethodPost, "/v2/notifications/sms", body)
	if err != nil {
		return unanswered(err)
	}
	if status == http.StatusCreated {
		c.calm()
		var made struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(answer, &made) != nil {
			return Outcome{Result: Uncertain, Detail: "the answer cannot be read"}
		}
		return Outcome{Result: Taken, ID: made.ID, Status: "created"}
	}
	return c.refused(status, answer)
}

// Find asks what became of the text of a reference.
func (c *Client) Find(ctx context.Context, reference string) Outcome {
	if out, ready := c.Ready(); !ready {
		return out
	}
	status, answer, err := c.do(ctx, http.MethodGet, "/v2/notifications?template_type=sms&reference="+url.QueryEscape(reference), nil)
	if err != nil {
		return Outcome{Result: Uncertain, Detail: "no answer came"}
	}
	if status != http.StatusOK {
		out := c.refused(status, answer)
		if out.Result == Refused {
			out.Result = Uncertain
		}
		return out
	}
	c.calm()
	var list struct {
		Notifications []struct {
			ID        string `json:"id"`
			Reference string `json:"reference"`
			Status    string `json:"status"`
		} `json:"notifications"`
	}
	if json.Unmarshal(answer, &list) != nil {
		return Outcome{Result: Uncertain, Detail: "the answer cannot be read"}
	}
	for _, n := range list.Notifications {
		if n.Reference == reference {
			return Outcome{Result: resultOf(n.Status), ID: n.ID, Status: n.Status}
		}
	}
	return Outcome{Result: Unknown}
}

func (c *Client) do(ctx context.Context, method, path string, body []byte) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, fmt.Errorf("asking the service: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+c.key.token(c.now()))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "pepost")
	response, err := c.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return response.StatusCode, answer, err
}

// unanswered tells a connection that never stood from an answer that was lost:
// only the first shows that nothing was taken.
func unanswered(err error) Outcome {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return Outcome{Result: Later, Detail: "the service cannot be reached"}
	}
	return Outcome{Result: Uncertain, Detail: "no answer came"}
}

// refused reads an answer that is no success.
func (c *Client) refused(status int, answer []byte) Outcome {
	kind, message := errorOf(answer)
	switch {
	case status == http.StatusTooManyRequests:
		return Outcome{Result: Later, Status: kind, Until: c.back(kind)}
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		detail := "the key is not taken: " + message
		if strings.Contains(strings.ToLower(message), "clock") {
			detail = "this machine's clock is wrong by more than 30 seconds"
		}
		return c.misconfigured(detail)
	case status == http.StatusBadRequest && kind == "ValidationError" && strings.Contains(message, "phone_number"):
		return Outcome{Result: Refused, Status: kind, Detail: "the service does not take the number"}
	case status == http.StatusBadRequest:
		return c.misconfigured("the service does not take the request, look at the template and the kind of key")
	}
	return Outcome{Result: Uncertain, Status: kind, Detail: fmt.Sprintf("the service failed with status %d", status)}
}

// errorOf is the first error of an answer. The message is cut, and a digit in
// it is hidden: it may quote a number.
func errorOf(answer []byte) (kind, message string) {
	var said struct {
		Errors []struct {
			Error   string `json:"error"`
			Message string `json:"message"`
		} `json:"errors"`
	}
	if json.Unmarshal(answer, &said) != nil || len(said.Errors) == 0 {
		return "", ""
	}
	message = regexp.MustCompile(`\d{3,}`).ReplaceAllString(strings.ToValidUTF8(said.Errors[0].Message, ""), "…")
	return said.Errors[0].Error, message[:min(len(message), mostOfDetail)]
}

// back waits longer after each refusal; past the day's limit until the next
// day, which begins at midnight UTC there.
func (c *Client) back(kind string) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wait = min(max(2*c.wait, firstWait), longestWait)
	c.until, c.fault = c.now().Add(c.wait), ""
	if kind == "TooManyRequestsError" {
		c.until = c.now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
	}
	return c.until
}

func (c *Client) misconfigured(detail string) Outcome {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until, c.fault = c.now().Add(faultStands), detail
	return Outcome{Result: Misconfigured, Until: c.until, Detail: detail}
}

func (c *Client) calm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wait, c.fault = 0, ""
}
