package mailsink_test

import (
	"bufio"
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/mailsink"
)

func sent() mailsink.Message {
	return mailsink.Message{
		QueueID: "SINK000007", From: "bounce+d1.abc@council.example", To: []string{"gone@school.example"},
		Data:       []byte("Message-ID: <d1@council.example>\r\nSubject: PEP-7F3K-2Q\r\n\r\nbody\r\n"),
		MailParams: mailsink.Params{"ENVID": "d1+2Bx"},
		RcptParams: []mailsink.Params{{"ORCPT": "rfc822;gone@school.example"}},
		At:         time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC),
	}
}

// parts reads a multipart message with the standard library.
func parts(t *testing.T, raw []byte) (mail.Header, map[string]string) {
	t.Helper()
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || params["report-type"] != "delivery-status" {
		t.Fatalf("content type %q %v, %v", kind, params, err)
	}
	found := map[string]string{}
	reader := multipart.NewReader(message.Body, params["boundary"])
	for {
		part, err := reader.NextPart()
		if err == io.EOF {
			return message.Header, found
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		found[kind] = string(text)
	}
}

func TestBounceIsADeliveryReport(t *testing.T) {
	raw, err := mailsink.Bounce(sent(), mailsink.Report{
		Action: mailsink.Failed, Status: "5.1.1", Diagnostic: "550 5.1.1 no such user",
		Reporter: "mx.school.example", At: time.Date(2026, 1, 12, 9, 1, 0, 0, time.UTC),
	})
	if err != nil {
		t.Fatal(err)
	}
	header, found := parts(t, raw)
	if got, want := header.Get("To"), "<bounce+d1.abc@council.example>"; got != want {
		t.Errorf("addressed to %q, want %q", got, want)
	}
	reader := textproto.NewReader(bufio.NewReader(strings.NewReader(found["message/delivery-status"] + "\r\n")))
	perMessage, err := reader.ReadMIMEHeader()
	if err != nil {
		t.Fatal(err)
	}
	perRecipient, err := reader.ReadMIMEHeader()
	if err != nil {
		t.Fatal(err)
	}
	if got := perMessage.Get("Original-Envelope-Id"); got != "d1+x" {
		t.Errorf("envelope id %q, want it decoded", got)
	}
	want := textproto.MIMEHeader{
		"Original-Recipient": {"rfc822;gone@school.example"},
		"Final-Recipient":    {"rfc822; gone@school.example"},
		"Action":             {"failed"},
		"Status":             {"5.1.1"},
		"Diagnostic-Code":    {"smtp; 550 5.1.1 no such user"},
	}
	if diff := cmp.Diff(want, perRecipient); diff != "" {
		t.Errorf("recipient fields (-want +got):\n%s", diff)
	}
	if got := found["text/rfc822-headers"]; !strings.Contains(got, "<d1@council.example>") || strings.Contains(got, "body") {
		t.Errorf("returned headers %q, want the headers and no body", got)
	}
}

func TestNoBounceForTheNullSender(t *testing.T) {
	m := sent()
	m.From = ""
	if _, err := mailsink.Bounce(m, mailsink.Report{Action: mailsink.Failed}); err == nil {
		t.Error("a report about a report was composed")
	}
	m = sent()
	m.To = nil
	if _, err := mailsink.Bounce(m, mailsink.Report{Action: mailsink.Failed}); err == nil {
		t.Error("a report about nobody was composed")
	}
}
