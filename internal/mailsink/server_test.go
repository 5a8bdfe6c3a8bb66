package mailsink_test

import (
	"crypto/tls"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/pepost/pepost/internal/mailsink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMessageIsKeptAsItWasSent(t *testing.T) {
	at := time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC)
	server := start(t, mailsink.Options{Now: func() time.Time { return at }})
	p := ready(t, server)
	p.envelope()
	p.want("DATA", "354")
	p.say("Subject: a\r\n\r\n..stuffed\r\nplain\r\n.")
	p.expect("250 2.0.0 Ok: queued as SINK000001")
	p.want("QUIT", "221")
	p.gone()

	want := []mailsink.Message{{
		Number: 1, QueueID: "SINK000001", Connection: 1,
		From: "peps@council.example", To: []string{"head@school.example"},
		Data: []byte("Subject: a\r\n\r\n.stuffed\r\nplain\r\n"), Bytes: 31, TLS: tls.VersionTLS13,
		MailParams: mailsink.Params{"SIZE": "10", "ENVID": "d-1"},
		RcptParams: []mailsink.Params{{"NOTIFY": "FAILURE", "ORCPT": "rfc822;head@school.example"}},
		At:         at,
	}}
	if diff := cmp.Diff(want, server.Messages()); diff != "" {
		t.Errorf("kept message (-want +got):\n%s", diff)
	}
}

func TestNothingIsTakenInClear(t *testing.T) {
	server := start(t, mailsink.Options{Username: "u", Password: "p"})
	p := dial(t, server)
	p.expect("220")
	if got := p.want("EHLO client.example", "250"); strings.Contains(got, "AUTH") || !strings.Contains(got, "STARTTLS") {
		t.Errorf("EHLO in clear offers %q, want STARTTLS and no AUTH", got)
	}
	p.want("MAIL FROM:<a@council.example>", "530")
	p.want("AUTH PLAIN AHUAcA==", "538")
	p.want("RCPT TO:<b@school.example>", "503")
	p.want("DATA", "503")
}

func TestCommandsPipelinedBehindStartTLSEndTheSession(t *testing.T) {
	p := dial(t, start(t, mailsink.Options{}))
	p.expect("220")
	p.want("EHLO client.example", "250")
	p.say("STARTTLS\r\nEHLO smuggled.example")
	p.expect("220")
	p.gone()
}

func TestImplicitTLS(t *testing.T) {
	server := start(t, mailsink.Options{Mode: mailsink.ImplicitTLS})
	p := dial(t, server)
	if err := p.handshake(); err != nil {
		t.Fatal(err)
	}
	p.expect("220")
	if got := p.want("EHLO client.example", "250"); strings.Contains(got, "STARTTLS") {
		t.Errorf("EHLO under TLS offers STARTTLS: %q", got)
	}
	p.envelope()
}

func TestCredentialsAreCheckedAndNotRecorded(t *testing.T) {
	server := start(t, mailsink.Options{Username: "relay", Password: "open sesame"})
	p := ready(t, server)
	p.want("MAIL FROM:<a@council.example>", "530")
	wrong := base64.StdEncoding.EncodeToString([]byte("\x00relay\x00guess"))
	right := base64.StdEncoding.EncodeToString([]byte("\x00relay\x00open sesame"))
	p.want("AUTH LOGIN", "504")
	p.want("AUTH PLAIN "+wrong, "535")
	p.want("AUTH PLAIN "+right, "235")
	p.envelope()
	for _, command := range server.Commands() {
		if strings.Contains(command.Line, right) || strings.Contains(command.Line, wrong) {
			t.Errorf("credentials recorded: %q", command.Line)
		}
	}
}

func TestOnlyCRLFDotCRLFEndsABody(t *testing.T) {
	server := start(t, mailsink.Options{})
	p := ready(t, server)
	p.envelope()
	p.want("DATA", "354")
	p.say("one\n.\nMAIL FROM:<x@evil.example>\n.\r\ntwo\r\n.\n\r\n.")
	p.expect("250")
	if got := len(server.Messages()); got != 1 {
		t.Errorf("%d messages kept, want 1", got)
	}
}

func TestLimits(t *testing.T) {
	t.Run("message size announced", func(t *testing.T) {
		p := ready(t, start(t, mailsink.Options{MaxMessageBytes: 100}))
		p.want("MAIL FROM:<a@council.example> SIZE=101", "552")
	})
	t.Run("message size found out", func(t *testing.T) {
		server := start(t, mailsink.Options{MaxMessageBytes: 100})
		p := ready(t, server)
		p.envelope()
		p.want("DATA", "354")
		p.say(strings.Repeat("x", 101) + "\r\n.")
		p.expect("552")
		if got := len(server.Messages()); got != 0 {
			t.Errorf("%d messages kept, want none", got)
		}
	})
	t.Run("messages", func(t *testing.T) {
		p := ready(t, start(t, mailsink.Options{MaxMessages: 1}))
		for _, want := range []string{"250", "452"} {
			p.envelope()
			p.want("DATA", "354")
			p.say("x\r\n.")
			p.expect(want)
		}
	})
	t.Run("connections", func(t *testing.T) {
		server := start(t, mailsink.Options{MaxConnections: 1})
		dial(t, server).expect("220")
		dial(t, server).expect("421")
	})
	t.Run("command line", func(t *testing.T) {
		p := dial(t, start(t, mailsink.Options{}))
		p.expect("220")
		p.say(strings.Repeat("x", 13<<10))
		p.gone()
	})
}

func TestMessagesGoIntoTheFolder(t *testing.T) {
	folder := t.TempDir()
	server := start(t, mailsink.Options{Folder: folder, EnvelopesOnly: true})
	p := ready(t, server)
	p.envelope()
	p.want("DATA", "354")
	p.say("text\r\n.")
	p.expect("250")
	message := server.Messages()[0]
	if want := filepath.Join(folder, "message-000001.eml"); message.File != want {
		t.Errorf("file %q, want %q", message.File, want)
	}
	if message.Data != nil || message.Bytes != 6 {
		t.Errorf("%d bytes in memory of %d, want none of 6", len(message.Data), message.Bytes)
	}
	got, err := os.ReadFile(message.File)
	if err != nil || string(got) != "text\r\n" {
		t.Errorf("file holds %q, %v", got, err)
	}
}

func TestFileNamesThatLeaveTheFolderAreRefused(t *testing.T) {
	for _, name := range []string{"", "..", "../x.eml", "/x.eml", ".x"} {
		server := start(t, mailsink.Options{
			Folder: t.TempDir(), FileName: func(mailsink.Message) string { return name },
		})
		p := ready(t, server)
		p.envelope()
		p.want("DATA", "354")
		p.say("text\r\n.")
		p.expect("451")
		if got := len(server.Messages()); got != 0 {
			t.Errorf("file name %q: %d messages kept, want none", name, got)
		}
	}
}
