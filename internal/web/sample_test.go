package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
)

// seen is the day on which the sample term is looked at.
var seen = pep.MustDate("2026-03-27")

// delivered is an invented delivery in a given state.
func delivered(i int, state outbox.State) outbox.Delivery {
	due := pep.MustDate("2026-01-12").AddDays(i % 60)
	serial, _ := pep.NewRef(pep.RefKey{1}, uint32(i/3))
	d := outbox.Delivery{
		ID: fmt.Sprintf("d%04d", i), Ref: serial, PlanKey: string(serial) + "/spring", Kind: outbox.Kinds()[i%3],
		Milestone: string(timetable.FormOut), Due: due, State: state,
		Recipient: outbox.Recipient{Role: pep.Roles()[i%8], Name: "Robin Private", Address: pep.ParseAddress("robin.private@oak.example")},
		Decision: route.Decision{
			Verdict: route.Secure, Method: route.MethodTLS, Rule: "demo-schools", Address: "robin.private@oak.example",
			Reasons: []string{"the domain ends in demo.sch.uk, which a closed registry gives out", "the relay guarantees TLS onwards"},
		},
		SHA256: fmt.Sprintf("%064x", i),
	}
	moment := due.In(time.UTC, 9, i%60)
	note := func(action outbox.Action, to outbox.State, why string) {
		d.Events = append(d.Events, outbox.Event{At: moment, Action: action, From: "x", To: to, By: "Sam Officer", Why: why})
	}
	note(outbox.Draft, outbox.Drafted, "")
	switch state {
	case outbox.Held:
		d.Decision = route.Decision{Verdict: route.Hold, Method: route.MethodNone, Rule: "look-alike", Reasons: []string{"the domain looks like demo.sch.uk but is not"}}
		d.Reason = "the domain looks like demo.sch.uk but is not: ring the school"
		note(outbox.Hold, state, d.Reason)
	case outbox.Accepted, outbox.Delivered, outbox.Uncertain, outbox.Bounced:
		note(outbox.Approve, outbox.Approved, "released")
		note(outbox.Accept, outbox.Accepted, "accepted by the relay")
		d.Attempts = []outbox.Attempt{{At: moment, Result: outbox.ResultAccepted, Step: outbox.PhaseReply, Code: 250, Enhanced: "2.0.0", Text: "robin.private@oak.example ok", TLS: "TLS 1.3, TLS_AES_128_GCM_SHA256"}}
		d.Reason = "the mailbox is full"
		if state != outbox.Accepted {
			note(outbox.Deliver, state, d.Reason)
		}
	default:
		d.Reason = "not taken this time"
		note(outbox.Defer, state, d.Reason)
	}
	return d
}

// sampleResult is a term of 240 invented deliveries with two files.
func sampleResult() Result {
	f := report.Facts{Term: pep.Term{Year: 2025, Name: pep.Spring}, On: seen}
	for i := range 240 {
		state := outbox.Accepted
		if i%7 == 0 {
			state = outbox.States()[i/7%len(outbox.States())]
		}
		d := delivered(i, state)
		f.Deliveries = append(f.Deliveries, d)
		if d.Kind == outbox.KindForm {
			f.Asked = append(f.Asked, report.Asked{Ref: d.Ref, PlanKey: d.PlanKey, By: d.Due.AddDays(14)})
			if i%4 != 0 {
				f.Returns = append(f.Returns, report.Return{Ref: d.Ref, PlanKey: d.PlanKey, On: d.Due.AddDays(9 + i%9)})
			}
		}
	}
	f.Skips = []report.Skip{
		{Ref: f.Deliveries[0].Ref, Why: []string{"the child is 18: a pathway plan takes the place of the PEP"}},
		{Ref: f.Deliveries[3].Ref, Milestone: timetable.FormOut, Role: pep.Parent, Why: []string{"contact is restricted by order"}},
	}
	return Result{
		Authority: "Demo Cheshire Council", Notice: "This is a rehearsal: every child, person and address is invented.", Report: report.Term(f),
		Files: []File{
			{Name: "d0001.eml", Path: "mail/d0001.eml", Delivery: "d0001", About: "the message as the relay took it"},
			{Name: "d0001.docx", Path: "forms/d0001.docx", Delivery: "d0001", About: "the form as it was drawn"},
			{Name: "d0001.pdf", Path: "forms/d0001.pdf", Delivery: "d0001", About: "the form for reading"},
			{Name: "gone.pdf", Path: "forms/gone.pdf"},
			{Name: "folder.pdf", Path: "forms"},
			{Name: "outside.pdf", Path: "forms/outside.pdf"},
			{Name: "climbing.pdf", Path: "../secret.pdf"},
		},
	}
}

// folder is the sample's files, with a link that leads out and a secret beside
// it.
func folder(t testing.TB) *os.Root {
	t.Helper()
	parent := t.TempDir()
	base := filepath.Join(parent, "demo")
	for name, text := range map[string]string{
		"demo/mail/d0001.eml": "Subject: PEP\r\n\r\n<script>", "demo/forms/d0001.docx": "PK word", "demo/forms/d0001.pdf": "%PDF-1.7 pages", "secret.pdf": "secret",
	} {
		path := filepath.Join(parent, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(parent, "secret.pdf"), filepath.Join(base, "forms", "outside.pdf")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(base)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

const host = "127.0.0.1:8080"

// loopback is the address the handler of the tests is served at.
type loopback string

func (loopback) Network() string  { return "tcp" }
func (l loopback) String() string { return string(l) }

func handler(t testing.TB, r Result) http.Handler {
	t.Helper()
	site, err := New(r, folder(t))
	if err != nil {
		t.Fatal(err)
	}
	return site.Handler(loopback(host))
}

// ask sends one request for the right host.
func ask(h http.Handler, method, target string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	r.Host = host
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
