package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"sync"
	"time"
)

// The bounds of sessions.
const (
	idleFor     = 30 * time.Minute
	longestStay = 10 * time.Hour
	mostSeats   = 256
	tokenSize   = 32 // octets
)

// cookieName has no __Host- prefix, which asks for Secure.
const cookieName = "pepost"

// tokenHash is all that is kept of a token: what reads this memory cannot
// sign in with it. A token has 256 random bits, so a plain hash is enough.
type tokenHash [sha256.Size]byte

// session is one person's stay.
type session struct {
	name           string
	started, asked time.Time
}

// sessions are the stays, in this process's memory alone: a restart signs
// everybody out.
type sessions struct {
	now  func() time.Time
	lock sync.Mutex
	all  map[tokenHash]session
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, all: make(map[tokenHash]session)}
}

// begin gives the token of a new stay. It is always a fresh one: what a
// browser brought along is never taken over (session fixation).
func (s *sessions) begin(name string) (string, error) {
	token := make([]byte, tokenSize)
	if _, err := rand.Read(token); err != nil {
		return "", err
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	now := s.now()
	s.makeRoom(now)
	s.all[sha256.Sum256(token)] = session{name: name, started: now, asked: now}
	return base64.RawURLEncoding.EncodeToString(token), nil
}

// makeRoom drops what is over, and where that is not enough the stay that was
// quiet for longest.
func (s *sessions) makeRoom(now time.Time) {
	var quietest tokenHash
	for key, stay := range s.all {
		if stay.over(now) {
			delete(s.all, key)
			continue
		}
		if other, any := s.all[quietest]; !any || stay.asked.Before(other.asked) {
			quietest = key
		}
	}
	if len(s.all) >= mostSeats {
		delete(s.all, quietest)
	}
}

func (s session) over(now time.Time) bool {
	return now.Sub(s.asked) >= idleFor || now.Sub(s.started) >= longestStay || now.Before(s.started)
}

// stay gives the stay of whoever holds the token, and since when, and keeps it
// alive; the name is empty for nobody.
func (s *sessions) stay(token string) (name string, since time.Time) {
	key, ok := hashOf(token)
	if !ok {
		return "", since
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	stay, known := s.all[key]
	if !known {
		return "", since
	}
	now := s.now()
	if stay.over(now) {
		delete(s.all, key)
		return "", since
	}
	stay.asked = now
	s.all[key] = stay
	return stay.name, stay.started
}

func (s *sessions) end(token string) {
	if key, ok := hashOf(token); ok {
		s.lock.Lock()
		defer s.lock.Unlock()
		delete(s.all, key)
	}
}

func hashOf(token string) (tokenHash, bool) {
	if len(token) != base64.RawURLEncoding.EncodedLen(tokenSize) {
		return tokenHash{}, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	return sha256.Sum256(raw), err == nil && len(raw) == tokenSize
}

func tokenOf(r *http.Request) string {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return c.Value
}

// giveCookie sets the token, or takes it back where it is empty. On loopback
// nothing travels and there is no TLS: a cookie marked Secure would not come
// back from every browser. As soon as a request came over TLS it is marked.
func giveCookie(w http.ResponseWriter, r *http.Request, token string) {
	age := int(longestStay.Seconds())
	if token == "" {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: token, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil,
	})
}
