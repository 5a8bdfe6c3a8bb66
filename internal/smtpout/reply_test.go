package smtpout

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/outbox"
)

func read(text string) (reply, error) {
	return readReply(bufio.NewReaderSize(strings.NewReader(text), 16))
}

func TestReadReply(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	good := map[string]reply{
		"250 ok\r\n":                      {code: 250, lines: []string{"ok"}},
		"250\r\n":                         {code: 250, lines: []string{""}},
		"250 2.1.0 ok\r\n":                {code: 250, enhanced: "2.1.0", lines: []string{"ok"}},
		"250 5.1.0 not of this class\r\n": {code: 250, lines: []string{"5.1.0 not of this class"}},
		"250 2.1.1234 no\r\n":             {code: 250, lines: []string{"2.1.1234 no"}},
		"250 2.1. no\r\n":                 {code: 250, lines: []string{"2.1. no"}},
		"550-5.7.1 one\r\n550 5.7.1 two\r\n": {
			code: 550, enhanced: "5.7.1", lines: []string{"one", "two"},
		},
		"250-\r\n250 SIZE 10\n": {code: 250, lines: []string{"", "SIZE 10"}},
		"250 " + long + "\r\n":  {code: 250, lines: []string{long[:maxReplyLine-4]}},
	}
	for text, want := range good {
		got, err := read(text)
		if err != nil {
			t.Errorf("%.40q: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(reply{})); diff != "" {
			t.Errorf("%.40q (-want +got):\n%.400s", text, diff)
		}
	}
	for _, text := range []string{
		"", "250 ok", "25\r\n", "2x0 ok\r\n", "250ok\r\n", "150 no\r\n", "600 no\r\n", "250-a\r\n251 b\r\n", "250-a\r\n",
		"hello\r\n", strings.Repeat("250-x\r\n", maxReplyLines+1), "250 " + strings.Repeat("x", maxReplyBytes) + "\r\n",
	} {
		if got, err := read(text); err == nil {
			t.Errorf("%.40q: read as %+v, want an error", text, got)
		}
	}
}

func FuzzReadReply(f *testing.F) {
	for _, seed := range []string{"250 ok\r\n", "250-2.1.0 a\r\n250 2.1.0 queued as X\r\n", "250", "\xff\r\n", "250 id=1-2-3\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := read(text)
		if err != nil {
			return
		}
		if got.code < 200 || got.code > 599 || len(got.lines) == 0 || len(got.lines) > maxReplyLines {
			t.Errorf("%q read as %+v", text, got)
		}
		if shown := got.text(); len(shown) > maxText || strings.ContainsFunc(shown, func(c rune) bool { return c < ' ' || c > '~' }) {
			t.Errorf("%q is shown as %q", text, shown)
		}
		if id := got.queueID(); len(id) > 100 {
			t.Errorf("queue name %q", id)
		}
	})
}

func TestQueueNames(t *testing.T) {
	for text, want := range map[string]string{
		"Ok: queued as 4XyZ12ab":  "4XyZ12ab",
		"Ok: queued as 4XyZ12ab.": "4XyZ12ab",
		"OK id=1tPqR2-000abc-3D":  "1tPqR2-000abc-3D",
		"<d1@x> [InternalId=12345, Hostname=h] Queued mail for delivery": "12345",
		"45AbC123456 Message accepted for delivery":                      "45AbC123456",
		"ok":         "",
		"queued as ": "",
	} {
		if got := (reply{code: 250, lines: []string{text}}).queueID(); got != want {
			t.Errorf("%q: queue name %q, want %q", text, got, want)
		}
	}
}

// TestClassification has a row for every kind of answer in every phase.
func TestClassification(t *testing.T) {
	tests := []struct {
		phase outbox.Phase
		reply string
		want  outbox.Result
	}{
		{outbox.PhaseConnect, "421 4.3.2 later", outbox.ResultDeferred},
		{outbox.PhaseConnect, "554 go away", outbox.ResultRouteBroken},
		{outbox.PhaseConnect, "250 not a greeting", outbox.ResultDeferred},
		{outbox.PhaseTLS, "454 4.7.0 no", outbox.ResultTLSFault},
		{outbox.PhaseTLS, "501 5.5.4 no", outbox.ResultTLSFault},
		{outbox.PhaseAuth, "454 4.7.0 later", outbox.ResultDeferred},
		{outbox.PhaseAuth, "535 5.7.8 no", outbox.ResultRouteBroken},
		{outbox.PhaseAuth, "504 5.5.4 no", outbox.ResultRouteBroken},
		{outbox.PhaseEnvelope, "530 5.7.0 sign in", outbox.ResultRouteBroken},
		{outbox.PhaseEnvelope, "534 x", outbox.ResultRouteBroken},
		{outbox.PhaseEnvelope, "535 x", outbox.ResultRouteBroken},
		{outbox.PhaseEnvelope, "538 x", outbox.ResultRouteBroken},
		{outbox.PhaseEnvelope, "550 5.7.8 x", outbox.ResultRouteBroken},
		{outbox.PhaseEnvelope, "550 5.7.30 Basic authentication is not supported", outbox.ResultRouteBroken},
		{outbox.PhaseEnvelope, "550 5.7.54 Unable to relay recipient", outbox.ResultRouteBroken},
		{outbox.PhaseEnvelope, "554 5.7.1 Relay access denied", outbox.ResultRouteBroken},
		{outbox.PhaseEnvelope, "550 Relaying not permitted", outbox.ResultRouteBroken},
		{outbox.PhaseEnvelope, "550 5.7.1 blocked by policy", outbox.ResultRefused},
		{outbox.PhaseEnvelope, "550 5.1.1 our relay does not know the user", outbox.ResultRefused},
		{outbox.PhaseEnvelope, "552 x", outbox.ResultTooBig},
		{outbox.PhaseEnvelope, "552 5.2.2 mailbox full", outbox.ResultRefused},
		{outbox.PhaseEnvelope, "554 5.2.3 too long", outbox.ResultTooBig},
		{outbox.PhaseEnvelope, "452 4.3.1 full", outbox.ResultDeferred},
		{outbox.PhaseEnvelope, "354 what", outbox.ResultDeferred},
		{outbox.PhaseData, "451 x", outbox.ResultDeferred},
		{outbox.PhaseData, "554 5.5.1 no valid recipients", outbox.ResultRefused},
		{outbox.PhaseData, "250 what", outbox.ResultDeferred},
		{outbox.PhaseReply, "451 x", outbox.ResultDeferred},
		{outbox.PhaseReply, "554 5.7.1 relay of this content denied", outbox.ResultRefused},
		{outbox.PhaseReply, "535 5.7.8 x", outbox.ResultRouteBroken},
		{outbox.PhaseReply, "552 5.3.4 x", outbox.ResultTooBig},
		{outbox.PhaseReply, "354 x", outbox.ResultUncertain},
	}
	for _, tt := range tests {
		r, err := read(tt.reply + "\r\n")
		if err != nil {
			t.Fatal(err)
		}
		if got := classify(tt.phase, r); got != tt.want {
			t.Errorf("%q at %s: %s, want %s", tt.reply, tt.phase, got, tt.want)
		}
	}
}

func TestStuffing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		lines := rapid.SliceOf(rapid.SampledFrom([]string{"", ".", "..", "a", "a.", ".a"})).Draw(r, "lines")
		var text, want strings.Builder
		for _, line := range lines {
			text.WriteString(line + "\r\n")
			if strings.HasPrefix(line, ".") {
				want.WriteByte('.')
			}
			want.WriteString(line + "\r\n")
		}
		if got := stuff([]byte(text.String())); !bytes.Equal(got, []byte(want.String())) {
			r.Fatalf("%q stuffed to %q, want %q", text.String(), got, want.String())
		}
	})
}

func TestXtext(t *testing.T) {
	if got, want := xtext("a+b=c d\x7fü"), "a+2Bb+3Dc+20d+7F+C3+BC"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
