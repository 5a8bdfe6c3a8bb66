package web

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

// bookOfTwo is a double of the accounts.
type bookOfTwo struct {
	asked    int
	disabled bool
	broken   bool
}

const goodPhrase = "correct horse battery"

func (b *bookOfTwo) Verify(_ context.Context, name, password string) (string, error) {
	b.asked++
	switch {
	case b.broken:
		return "", errors.New("SENTINEL the disk is full")
	case strings.EqualFold(name, "jo.smith") && password == goodPhrase:
		return "jo.smith", nil
	}
	return "", ErrRefused
}

func (b *bookOfTwo) StillIn(context.Context, string, time.Time) (bool, error) {
	return !b.disabled, nil
}

// name is who holds a token.
func (s *sessions) name(token string) string {
	name, _ := s.stay(token)
	return name
}

func sampleToday() Today {
	day := pep.MustDate("2026-02-02")
	t := Today{
		Authority: "Demo Cheshire", On: day, Until: day.AddDays(5), At: day.In(time.UTC, 9, 5),
		Daemon: Daemon{
			Rules: "cheshire-west, read when serve started", Relay: "relay.council.example:587, starttls", Warning: "the rules on disk are refused, those in force go on: <b>pepost check</b> prints every problem",
			Schedules: []ScheduleRow{{Name: "morning run", Last: day.In(time.UTC, 7, 0), Next: day.In(time.UTC, 19, 0), Lapsed: 1}},
		},
	}
	row := func(n int, role pep.Role, state outbox.State) DueRow {
		return DueRow{
			Ref: pep.Ref(fmt.Sprintf("PEP-7F3K-%02d", n)), CaseNumber: fmt.Sprint(410000 + n), What: "form to fill in", How: "mail over verified TLS",
			Due: day.AddDays(n % 6), Role: role, State: state, Why: []string{"3 school weeks before the meeting on Tuesday 3 March 2026", "half-term from 16 to 20 February does not count"},
		}
	}
	for n := range MostRows + 3 {
		t.Due.Add(row(n+10, pep.DesignatedTeacher, []outbox.State{"", outbox.Approved, outbox.Drafted}[n%3]))
	}
	late := row(1, pep.SocialWorker, outbox.Deferred)
	late.Late, late.Due = true, day.AddDays(-3)
	t.Late.Add(late)
	task := row(2, pep.SocialWorker, "")
	task.What, task.Why = "set the meeting", []string{"no meeting is booked: set its date"}
	t.Tasks.Add(task)
	t.Held.Add(HeldRow{ID: "4k2mq7w3", Ref: "PEP-7F3K-2Q", CaseNumber: "410777", What: "form to fill in", Due: day, Role: pep.FosterCarer, State: outbox.Held, Why: []string{"the address is new and the export did not vouch for it: confirm it by telephone"}})
	t.Passphrases.Add(PassphraseRow{ID: "9x8c7v6b", Ref: "PEP-7F3K-3R", CaseNumber: "410778", Role: pep.FosterCarer, Since: day.In(time.UTC, 8, 1), Tried: 2})
	return t
}

func console(t testing.TB, book *bookOfTwo, seen Today) http.Handler {
	t.Helper()
	c, err := NewConsole(ConsoleOptions{Accounts: book, Now: time.Now, Source: func(context.Context) (Today, error) { return seen, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return c.Handler(loopback(host))
}

// request is a browser's: from the page itself, with a cookie.
func request(h http.Handler, method, path, cookie string, form url.Values, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host = host
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://"+host)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: cookieName, Value: cookie})
	}
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func credentials(name, password string) url.Values {
	return url.Values{"name": {name}, "password": {password}}
}

func enter(t testing.TB, h http.Handler, cookie string) string {
	t.Helper()
	w := request(h, http.MethodPost, "/sign-in", cookie, credentials("Jo.Smith", goodPhrase))
	given := w.Result().Cookies()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/today" || len(given) != 1 {
		t.Fatalf("the sign-in gives %d and %d cookies", w.Code, len(given))
	}
	c := given[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Secure || c.Domain != "" {
		t.Errorf("the cookie is %v", c)
	}
	return c.Value
}

func TestNobodyIsShownAnythingWithoutASignIn(t *testing.T) {
	h := console(t, &bookOfTwo{}, sampleToday())
	for _, path := range []string{"/", "/today", "/sign-in", "/nothing", "/today/x", "/style.css", "/favicon.ico"} {
		for _, cookie := range []string{"", "x", strings.Repeat("A", 43)} {
			w := request(h, http.MethodGet, path, cookie, nil)
			to := w.Header().Get("Location")
			if path != "/" && path != "/sign-in" && path != "/style.css" && (w.Code != http.StatusSeeOther || to != "/sign-in") {
				t.Errorf("%s gives %d to %q", path, w.Code, to)
			}
			if regexp.MustCompile(`PEP-|4107|Demo Cheshire|relay\.`).MatchString(w.Body.String()) {
				t.Errorf("%s tells something", path)
			}
			if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Frame-Options") != "DENY" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'") {
				t.Errorf("%s lacks the headers of protection", path)
			}
		}
	}
}

func TestSigningInShowsTheDayAndSigningOutEndsIt(t *testing.T) {
	h := console(t, &bookOfTwo{}, sampleToday())
	cookie := enter(t, h, "")
	body := request(h, http.MethodGet, "/today", cookie, nil).Body.String()
	for _, want := range []string{"PEP-7F3K-2Q", "410777", "and 3 more: pepost due", "pepost outbox passphrase 9x8c7v6b", "Signed in as jo.smith", "&lt;b&gt;", "(late)", "2 times"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if w := request(h, http.MethodGet, "/nothing", cookie, nil); w.Code != http.StatusNotFound {
		t.Errorf("a page that is not there gives %d", w.Code)
	}
	if w := request(h, http.MethodPost, "/sign-out", cookie, nil); w.Code != http.StatusSeeOther || w.Result().Cookies()[0].MaxAge >= 0 {
		t.Errorf("signing out gives %d", w.Code)
	}
	if w := request(h, http.MethodGet, "/today", cookie, nil); w.Code != http.StatusSeeOther {
		t.Error("the cookie still opens the page")
	}
}

func TestASessionIsNeverTakenOverNorKeptForADisabledAccount(t *testing.T) {
	book := &bookOfTwo{}
	h := console(t, book, sampleToday())
	planted := strings.Repeat("A", 43)
	first := enter(t, h, planted)
	if first == planted {
		t.Fatal("the visitor's own token is taken over")
	}
	second := enter(t, h, first)
	if w := request(h, http.MethodGet, "/today", first, nil); second == first || w.Code != http.StatusSeeOther {
		t.Error("the token of before the sign-in still works")
	}
	book.disabled = true
	if w := request(h, http.MethodGet, "/today", second, nil); w.Code != http.StatusSeeOther {
		t.Error("a disabled account is shown the page")
	}
	book.disabled = false
	if w := request(h, http.MethodGet, "/today", second, nil); w.Code != http.StatusSeeOther {
		t.Error("the session of a disabled account lives on")
	}
}

func TestOnlyTheOwnPageMayPost(t *testing.T) {
	book := &bookOfTwo{}
	h := console(t, book, sampleToday())
	for name, change := range map[string]func(*http.Request){
		"another origin": func(r *http.Request) {
			r.Header.Set("Origin", "http://evil.example")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		},
		"an origin that lies":   func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") },
		"another site":          func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"another port":          func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:1") },
		"neither header":        func(r *http.Request) { r.Header.Del("Origin"); r.Header.Del("Sec-Fetch-Site") },
		"an origin called null": func(r *http.Request) { r.Header.Set("Origin", "null"); r.Header.Del("Sec-Fetch-Site") },
	} {
		if w := request(h, http.MethodPost, "/sign-in", "", credentials("jo.smith", goodPhrase), change); w.Code != http.StatusForbidden {
			t.Errorf("%s gives %d", name, w.Code)
		}
	}
	w := request(h, http.MethodPost, "/sign-in", "", credentials("jo.smith", goodPhrase), func(r *http.Request) { r.Host = "evil.example" })
	if w.Code != http.StatusMisdirectedRequest || book.asked != 0 {
		t.Errorf("another host gives %d, %d passwords were looked at", w.Code, book.asked)
	}
	if w := request(h, http.MethodPost, "/today", enter(t, h, ""), nil); w.Code != http.StatusMethodNotAllowed && w.Code != http.StatusNotFound {
		t.Errorf("posting to the page gives %d", w.Code)
	}
	if w := request(h, http.MethodDelete, "/today", "", nil); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("DELETE gives %d", w.Code)
	}
}

func TestGuessesAreSlowedDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := &bookOfTwo{}
		h := console(t, book, Today{})
		try := func(name, password string) int {
			return request(h, http.MethodPost, "/sign-in", "", credentials(name, password)).Code
		}
		for n := range freeTries {
			if code := try("jo.smith", "wrong"); code != http.StatusUnauthorized {
				t.Fatalf("guess %d gives %d", n, code)
			}
		}
		var slept time.Duration
		for delay := firstDelay; slept < time.Hour/2; delay = min(2*delay, longestDelay) {
			asked := book.asked
			if code := try("JO.smith", goodPhrase); code != http.StatusTooManyRequests || book.asked != asked {
				t.Fatalf("after %v the right password gives %d", slept, code)
			}
			time.Sleep(delay)
			slept += delay
			if code := try("jo.smith", "wrong"); code != http.StatusUnauthorized {
				t.Fatalf("after %v a guess gives %d", slept, code)
			}
		}
		if code := try("sam", "wrong"); code != http.StatusTooManyRequests {
			t.Errorf("another name gives %d: the process is not slowed", code)
		}
		time.Sleep(longestOfAll)
		if code := try("sam", "wrong"); code != http.StatusUnauthorized {
			t.Errorf("another name gives %d after the longest delay of all", code)
		}
		time.Sleep(longestDelay)
		if code := try("jo.smith", goodPhrase); code != http.StatusSeeOther {
			t.Errorf("the right password gives %d", code)
		}
	})
}

func TestASessionEndsByIdlenessAndByLength(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSessions(time.Now)
		idle, err := s.begin("jo")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(idleFor - time.Second)
		if s.name(idle) != "jo" {
			t.Fatal("it ends early")
		}
		time.Sleep(idleFor)
		if s.name(idle) != "" || len(s.all) != 0 {
			t.Error("an idle session goes on")
		}
		busy, err := s.begin("jo")
		if err != nil {
			t.Fatal(err)
		}
		for stayed := time.Duration(0); stayed < longestStay-time.Minute; stayed += time.Minute {
			if s.name(busy) != "jo" {
				t.Fatalf("a busy session ends after %v", stayed)
			}
			time.Sleep(time.Minute)
		}
		time.Sleep(time.Minute)
		if s.name(busy) != "" {
			t.Error("a session goes on for ever")
		}
	})
}

func TestSessionsAndNamesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, slow := newSessions(time.Now), newThrottle(time.Now)
		var tokens []string
		for n := range 2 * mostNames {
			slow.missed(fmt.Sprint("name", n))
			time.Sleep(time.Millisecond)
			if token, err := s.begin("jo"); err == nil {
				tokens = append(tokens, token)
			}
		}
		if len(s.all) != mostSeats || s.name(tokens[0]) != "" || s.name(tokens[len(tokens)-1]) != "jo" {
			t.Errorf("%d sessions, or the wrong ones", len(s.all))
		}
		if len(slow.names) > mostNames {
			t.Errorf("%d names", len(slow.names))
		}
		time.Sleep(forgetAfter)
		slow.missed("one more")
		if len(slow.names) != 1 {
			t.Errorf("%d names are kept after they lapsed", len(slow.names))
		}
	})
}

func TestFaultsInsideAreNotTold(t *testing.T) {
	book := &bookOfTwo{}
	c, err := NewConsole(ConsoleOptions{Accounts: book, Now: time.Now, Source: func(context.Context) (Today, error) { return Today{}, errors.New("SENTINEL") }})
	if err != nil {
		t.Fatal(err)
	}
	h := c.Handler(loopback(host))
	w := request(h, http.MethodGet, "/today", enter(t, h, ""), nil)
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "SENTINEL") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	book.broken = true
	w = request(h, http.MethodPost, "/sign-in", "", credentials("SENTINEL", "SENTINEL SENTINEL"))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "SENTINEL") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

func TestTheTodayPageIsTheGoldenOne(t *testing.T) {
	seen := sampleToday()
	seen.Due = Section[DueRow]{Rows: seen.Due.Rows[:3], More: 7}
	h := console(t, &bookOfTwo{}, seen)
	body := request(h, http.MethodGet, "/today", enter(t, h, ""), nil).Body.String()
	wellFormed(t, "/today", body)
	if n, m := strings.Count(body, "<table"), strings.Count(body, "<caption"); n != 6 || n != m {
		t.Errorf("%d tables, %d captions", n, m)
	}
	if regexp.MustCompile(`(?i)<script|style=|javascript:| on\w+=|https?://|tabindex="[1-9]`).MatchString(body) {
		t.Error("the page holds a script, an inline style, an address elsewhere or an order of its own")
	}
	golden := filepath.Join("testdata", "today.html")
	if *update {
		if err := os.WriteFile(golden, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), body); d != "" {
		t.Error(d)
	}
	wellFormed(t, "/sign-in", request(h, http.MethodGet, "/sign-in", "", nil).Body.String())
	for _, empty := range []Today{{}, {On: seen.On}} {
		e := console(t, &bookOfTwo{}, empty)
		if w := request(e, http.MethodGet, "/today", enter(t, e, ""), nil); w.Code != http.StatusOK {
			t.Errorf("an empty day gives %d", w.Code)
		}
	}
}

// FuzzCookie holds that no cookie but the one given opens a session.
func FuzzCookie(f *testing.F) {
	s := newSessions(time.Now)
	given, err := s.begin("jo")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", given[1:], given + "=", " " + given, strings.ToLower(given), strings.Repeat("A", 43), "pepost=" + given} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if slices.Contains([]string{given}, token) != (s.name(token) == "jo") {
			t.Fatalf("%q is answered wrongly", token)
		}
	})
}
