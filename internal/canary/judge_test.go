package canary

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

const (
	id     = "abcdefghijklmnop"
	inText = "markerintextmark"
	inFile = "markerindocument"
)

func markers() []string { return []string{inText, inFile} }

// egress and voltage are what their encrypted messages look like.
func egress() route.Signs {
	return route.Signs{Headers: []route.Header{{Name: "X-Egress-Protected", Value: "yes"}}, File: ".switch"}
}

func voltage() route.Signs {
	return route.Signs{Type: "multipart/mixed", Says: []string{"secure message", "read it"}, File: ".html"}
}

func lines(text ...string) []byte { return []byte(strings.Join(text, "\r\n") + "\r\n") }

func wrapped(header, kind, encoding, name, body string) []byte {
	return lines("From: peps@council.example", "Subject: [secure] Service message canary-"+id, header, "MIME-Version: 1.0",
		"Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain", "Content-Transfer-Encoding: quoted-printable", "",
		"You have a secure=", "  message.  Read", "it in your browser.", "--b", "Content-Type: "+kind, "Content-Transfer-Encoding: "+encoding,
		`Content-Disposition: attachment; filename="`+name+`"`, "", body, "--b--")
}

func TestWhatCameBackEncryptedIsKnown(t *testing.T) {
	cipher := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("cipher", 20)))
	for name, tt := range map[string]struct {
		message []byte
		signs   route.Signs
		why     string // empty where it is encrypted
	}{
		"Egress":                         {wrapped("X-Egress-Protected: Yes, v4", "application/octet-stream", "base64", "message.SWITCH", cipher), egress(), ""},
		"Voltage":                        {wrapped("X-Other: a", "text/html", "7bit", "message_zdm.html", "<html>"), voltage(), ""},
		"the header is missing":          {wrapped("X-Other: a", "application/octet-stream", "base64", "message.switch", cipher), egress(), "header X-Egress-Protected"},
		"the file is missing":            {wrapped("X-Egress-Protected: yes", "application/octet-stream", "base64", "message.docx", cipher), egress(), "no attachment .switch"},
		"the words are missing":          {lines("Subject: canary-"+id, "Content-Type: text/plain", "", "hello"), voltage(), "words"},
		"the type is missing":            {lines("Subject: canary-"+id, "Content-Type: text/plain", "", "secure message, read it"), route.Signs{Type: "multipart/encrypted"}, "no part of the type"},
		"marker in a text":               {wrapped("X-Egress-Protected: yes", "text/plain", "7bit", "a.switch", inText), egress(), "in clear"},
		"marker in quoted-printable":     {wrapped("X-Egress-Protected: yes", "text/plain", "quoted-printable", "a.switch", inText[:5]+"=\r\n"+inText[5:]), egress(), "in clear"},
		"marker in base64":               {wrapped("X-Egress-Protected: yes", "application/zip", "base64", "a.switch", base64.StdEncoding.EncodeToString([]byte("PK..."+inFile))), egress(), "in clear"},
		"marker in a message within":     {wrapped("X-Egress-Protected: yes", "message/rfc822", "base64", "a.switch", base64.StdEncoding.EncodeToString(wrapped("A: b", "application/zip", "base64", "f", base64.StdEncoding.EncodeToString([]byte(inFile))))), egress(), "in clear"},
		"marker in the subject":          {lines("Subject: canary-"+id+" "+inText, "X-Egress-Protected: yes", "", "x"), egress(), "in clear"},
		"an encoding nobody knows":       {wrapped("X-Egress-Protected: yes", "text/plain", "x-uuencode", "a.switch", "M"), egress(), "cannot be read through"},
		"base64 that is none":            {wrapped("X-Egress-Protected: yes", "text/plain", "base64", "a.switch", "!!!!"), egress(), "cannot be read through"},
		"no end of parts":                {lines("Subject: canary-"+id, "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "x"), egress(), "cannot be read through"},
		"no message":                     {[]byte("\x00"), egress(), "cannot be read as a message"},
		"nothing says what encrypted is": {wrapped("A: b", "text/html", "7bit", "a.html", "x"), route.Signs{}, "nothing says"},
	} {
		got := Judge(tt.message, markers(), tt.signs)
		if got.Encrypted != (tt.why == "") || !strings.Contains(got.Why, tt.why) {
			t.Errorf("%s: %+v, want %q", name, got, tt.why)
		}
	}
	deep := "x"
	for range maxDepth + 2 {
		deep = "Content-Type: multipart/mixed; boundary=" + "b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + deep + "\r\n--b--\r\n"
	}
	if got := Judge([]byte("Subject: a\r\n"+deep), markers(), egress()); got.Encrypted {
		t.Error("nested without end and taken for encrypted")
	}
}

func TestTheIdentifierIsFoundWhereGatewaysLeaveIt(t *testing.T) {
	for name, tt := range map[string]struct {
		head string
		want bool
	}{
		"subject":           {"Subject: [secure] Service message canary-" + id, true},
		"encoded subject":   {"Subject: =?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte("canary-"+id)) + "?=", true},
		"message id":        {"Message-ID: <canary-" + id + "@council.example>", true},
		"references":        {"References: <a@b> <canary-" + id + "@council.example>", true},
		"none":              {"Subject: a form", false},
		"a report about it": {"Content-Type: multipart/report; boundary=b\r\nSubject: canary-" + id, false},
		"an answer to it":   {"Auto-Submitted: auto-replied (vacation)\r\nSubject: Re: canary-" + id, false},
		"too short":         {"Subject: canary-abc", false},
	} {
		got, found := ID([]byte(tt.head + "\r\n\r\ncanary-zzzzzzzzzzzzzzzz\r\n"))
		if found != tt.want || found && got != id {
			t.Errorf("%s: %q, %v", name, got, found)
		}
	}
}

func FuzzJudge(f *testing.F) {
	f.Add(wrapped("X-Egress-Protected: yes", "text/html", "7bit", "a.switch", "x"))
	f.Add(lines("Content-Type: message/rfc822", "", "Content-Type: multipart/mixed; boundary=b", "", "--b--"))
	f.Fuzz(func(t *testing.T, message []byte) {
		ID(message)
		if got := Judge(message, markers(), egress()); got.Encrypted && (strings.Contains(string(message), inText) || !strings.Contains(strings.ToLower(string(message)), "yes")) {
			t.Fatal("a message in clear, or without its header, was taken for encrypted")
		}
	})
}

// TestF44StandingOfAGateway: nothing but a canary that came back encrypted
// opens a gateway, and only for a while.
func TestF44StandingOfAGateway(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 2, 2, hour, 0, 0, 0, time.UTC) }
	g := route.Gateway{Name: "egress", ReviewBy: pep.MustDate("2026-12-31"), Canary: route.Canary{Every: 2 * time.Hour, Fresh: 4 * time.Hour}}
	sent := func(hour int, state State, judged int) Sent {
		c := Sent{Gateway: "egress", At: at(hour), State: state}
		if judged > 0 {
			c.Judged, c.Why = at(judged), "it came back in clear"
		}
		return c
	}
	lapsed := g
	lapsed.ReviewBy = pep.MustDate("2026-02-01")
	other := sent(9, Encrypted, 9)
	other.Gateway = "voltage"
	for _, tt := range []struct {
		name string
		g    route.Gateway
		all  []Sent
		open bool
		due  bool
		why  string
	}{
		{"F44 never proved", g, nil, false, true, "no canary has come back"},
		{"F44 on its way", g, []Sent{sent(9, Out, 0)}, false, false, "no canary has come back"},
		{"F44 came back encrypted", g, []Sent{sent(9, Encrypted, 10)}, true, false, "2 February 2026 at 09:00"},
		{"F44 next is due", g, []Sent{sent(8, Encrypted, 8)}, true, true, ""},
		{"F44 stale", g, []Sent{sent(5, Encrypted, 9)}, false, true, "more than 4 hours"},
		{"F44 stale though others are out", g, []Sent{sent(5, Encrypted, 9), sent(9, Out, 0), sent(7, Out, 0)}, false, false, "more than 4 hours"},
		{"F44 failed after it", g, []Sent{sent(7, Encrypted, 8), sent(9, Failed, 10)}, false, true, "came back in clear"},
		{"F44 an older one failed later", g, []Sent{sent(9, Encrypted, 9), sent(8, Failed, 10)}, false, false, "came back in clear"},
		{"F44 proved again since", g, []Sent{sent(7, Failed, 8), sent(9, Encrypted, 10)}, true, false, ""},
		{"F44 not taken by the relay", g, []Sent{sent(9, Unsent, 0)}, false, true, "no canary has come back"},
		{"F44 from the future", g, []Sent{sent(11, Encrypted, 11)}, false, true, "no canary has come back"},
		{"F44 another gateway's", g, []Sent{other}, false, true, "no canary has come back"},
		{"F44 review lapsed", lapsed, []Sent{sent(9, Encrypted, 10)}, false, false, "review was due by"},
	} {
		got := StandingOf(tt.g, tt.all, at(10))
		if got.Open != tt.open || got.Due != tt.due || !strings.Contains(got.Why, tt.why) {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}
