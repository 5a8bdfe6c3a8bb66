package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Key is an API key of one service. It prints without its secret.
type Key struct {
	service string
	secret  string
}

// ErrKey says that a text is no API key.
var ErrKey = errors.New("not an API key of GOV.UK Notify: its name, the service's and the key's identifier, joined by hyphens")

var keyForm = regexp.MustCompile(`^[!-~][ -~]{0,200}-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)

// ParseKey reads a key as Notify shows it: the key's name, the service's
// identifier and the secret.
func ParseKey(text string) (Key, error) {
	parts := keyForm.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return Key{}, ErrKey
	}
	return Key{parts[1], parts[2]}, nil
}

// String names the service.
func (k Key) String() string { return "key of service " + k.service }

// GoString is String.
func (k Key) GoString() string { return k.String() }

// token is the JSON Web Token of one request (RFC 7519), signed with
// HMAC-SHA256 (RFC 7518, 3.2). Notify takes one for 30 seconds.
func (k Key) token(now time.Time) string {
	head := encoded(map[string]string{"typ": "JWT", "alg": "HS256"})
	body := encoded(map[string]any{"iss": k.service, "iat": now.Unix()})
	mac := hmac.New(sha256.New, []byte(k.secret))
	mac.Write([]byte(head + "." + body))
	return head + "." + body + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func encoded(part any) string {
	data, err := json.Marshal(part)
	if err != nil {
		panic(fmt.Sprintf("a map of texts and numbers is always JSON: %v", err))
	}
	return base64.RawURLEncoding.EncodeToString(data)
}
