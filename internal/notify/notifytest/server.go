// Package notifytest is a stand-in for GOV.UK Notify that behaves as its
// documentation says, for tests: tokens that stand for 30 seconds, answers with
// errors of its kinds, texts found by reference, and no idempotence. It takes
// texts on a loopback port, keeps them, and never sends one.
package notifytest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// The service and the key that the stand-in knows.
const (
	service = "26785a09-ab16-4eb0-8407-a37497a57506"
	secret  = "3d844edf-8d35-48ac-975b-e847b4f122b0"
	// Key is the API key to be configured.
	Key = "test_key-" + service + "-" + secret
	// Template is the template's identifier.
	Template = "f33517ff-2a88-4f6e-b855-c550268ce08a"
)

// Fault is what the service does instead of taking a text.
type Fault string

// The faults.
const (
	None Fault = ""
	// RateLimit is a 429 for too many requests in a minute.
	RateLimit Fault = "rate limit"
	// DayLimit is a 429 for the day's limit.
	DayLimit Fault = "day limit"
	// Broken is a 500: nothing is taken.
	Broken Fault = "broken"
	// LostAnswer takes the text, and the connection ends without an answer.
	LostAnswer Fault = "lost answer"
	// NoTemplate is a 400 for a template that is missing.
	NoTemplate Fault = "no template"
	// NoNumber is a 400 for the number.
	NoNumber Fault = "no number"
	// Redirect answers with another address.
	Redirect Fault = "redirect"
)

// Sent is one text that was taken.
type Sent struct {
	ID, Reference, Number, Status string
	Personalisation               map[string]string
}

// Server is the stand-in.
type Server struct {
	*httptest.Server
	mu     sync.Mutex
	texts  []Sent
	faults []Fault
	asked  int
	// now is the service's own clock.
	now func() time.Time
}

// Start starts one. Whoever starts it closes it.
func Start(now func() time.Time) *Server {
	s := &Server{now: now}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	return s
}

// Next are the faults of the next texts, one each.
func (s *Server) Next(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Texts are the texts that were taken, in order.
func (s *Server) Texts() []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Sent(nil), s.texts...)
}

// Asked is how many texts were asked for, taken or not.
func (s *Server) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// Report gives every text a status.
func (s *Server) Report(status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.texts {
		s.texts[i].Status = status
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if why := s.refuses(r.Header.Get("Authorization")); why != "" {
		fail(w, http.StatusForbidden, "AuthError", why)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/v2/notifications/sms":
		s.take(w, r)
	case r.Method == http.MethodGet && r.URL.Path == "/v2/notifications":
		s.list(w, r.URL.Query().Get("reference"))
	default:
		fail(w, http.StatusNotFound, "NotFound", "no such path")
	}
}

// refuses checks a token as the service does: signature, service, 30 seconds.
func (s *Server) refuses(header string) string {
	parts := strings.Split(strings.TrimPrefix(header, "Bearer "), ".")
	if len(parts) != 3 {
		return "Unauthorized: authentication token must be provided"
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(parts[0] + "." + parts[1]))
	signature, _ := base64.RawURLEncoding.DecodeString(parts[2])
	var claims struct {
		Issuer string `json:"iss"`
		At     int64  `json:"iat"`
	}
	body, _ := base64.RawURLEncoding.DecodeString(parts[1])
	if !hmac.Equal(signature, mac.Sum(nil)) || json.Unmarshal(body, &claims) != nil || claims.Issuer != service {
		return "Invalid token: API key not found"
	}
	if off := s.now().Sub(time.Unix(claims.At, 0)).Abs(); off > 31*time.Second {
		return "Error: Your system clock must be accurate to within 30 seconds"
	}
	return ""
}

func (s *Server) take(w http.ResponseWriter, r *http.Request) {
	s.asked++
	fault := None
	if len(s.faults) > 0 {
		fault, s.faults = s.faults[0], s.faults[1:]
	}
	switch fault {
	case RateLimit:
		fail(w, http.StatusTooManyRequests, "RateLimitError", "Exceeded rate limit for key type TEAM of 3000 requests per 60 seconds")
		return
	case DayLimit:
		fail(w, http.StatusTooManyRequests, "TooManyRequestsError", "Exceeded send limits (250000) for today")
		return
	case Broken:
		fail(w, http.StatusInternalServerError, "Exception", "Internal server error")
		return
	case NoTemplate:
		fail(w, http.StatusBadRequest, "BadRequestError", "Template not found")
		return
	case NoNumber:
		fail(w, http.StatusBadRequest, "ValidationError", "phone_number Not a valid mobile number 447700900123")
		return
	case Redirect:
		w.Header().Set("Location", "https://elsewhere.example/")
		w.WriteHeader(http.StatusTemporaryRedirect)
		return
	case LostAnswer, None:
	}
	var asked struct {
		Number          string            `json:"phone_number"`
		Template        string            `json:"template_id"`
		Reference       string            `json:"reference"`
		Personalisation map[string]string `json:"personalisation"`
	}
	if json.NewDecoder(r.Body).Decode(&asked) != nil || asked.Template != Template || asked.Number == "" {
		fail(w, http.StatusBadRequest, "ValidationError", "template_id is not a known template")
		return
	}
	sent := Sent{fmt.Sprintf("740e5834-3a29-46b4-9a6f-%012d", len(s.texts)), asked.Reference, asked.Number, "created", asked.Personalisation}
	s.texts = append(s.texts, sent)
	if fault == LostAnswer {
		panic(http.ErrAbortHandler)
	}
	answer(w, http.StatusCreated, map[string]any{"id": sent.ID, "reference": sent.Reference, "content": map[string]string{}})
}

func (s *Server) list(w http.ResponseWriter, reference string) {
	found := []map[string]any{}
	for _, t := range s.texts {
		if t.Reference == reference {
			found = append(found, map[string]any{"id": t.ID, "reference": t.Reference, "status": t.Status, "type": "sms"})
		}
	}
	answer(w, http.StatusOK, map[string]any{"notifications": found, "links": map[string]string{}})
}

func fail(w http.ResponseWriter, status int, kind, message string) {
	answer(w, status, map[string]any{"status_code": status, "errors": []map[string]string{{"error": kind, "message": message}}})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if json.NewEncoder(w).Encode(body) != nil {
		panic(http.ErrAbortHandler)
	}
}
