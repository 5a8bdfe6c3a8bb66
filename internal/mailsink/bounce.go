package mailsink

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
)

// Action is what became of a message for one recipient (RFC 3464 section 2.3.3).
type Action string

// The five actions of RFC 3464.
const (
	Failed    Action = "failed"
	Delayed   Action = "delayed"
	Delivered Action = "delivered"
	Relayed   Action = "relayed"
	Expanded  Action = "expanded"
)

// A Report is what a far server has to say about a message.
type Report struct {
	Action     Action
	Status     string    // enhanced status code, such as 5.1.1 (RFC 3463)
	Diagnostic string    // the far server's reply, such as "550 5.1.1 no such user"
	Reporter   string    // host name of the reporting server
	At         time.Time // when the report is made
}

// errNoReturnPath says that a message has no one to report to: its sender was
// null, and nothing may answer a message with a null sender (RFC 5321
// section 4.5.5).
var errNoReturnPath = errors.New("composing a delivery report: the message has a null sender")

// Bounce composes the delivery report (RFC 3464, in the multipart/report of
// RFC 6522) that a far server would send to m's envelope sender about its
// first recipient. It returns the headers of m with the report, not its body.
// It fails when m has no sender or no recipient to report to or about.
func Bounce(m Message, r Report) ([]byte, error) {
	if m.From == "" {
		return nil, errNoReturnPath
	}
	if len(m.To) == 0 {
		return nil, errors.New("composing a delivery report: the message has no recipient")
	}
	boundary := fmt.Sprintf("=_report_%s_%d", m.QueueID, r.At.Unix())
	var b bytes.Buffer
	for _, line := range []string{
		"From: Mail Delivery System <mailer-daemon@" + r.Reporter + ">",
		"To: <" + m.From + ">",
		"Subject: Delivery report (" + string(r.Action) + ")",
		"Date: " + r.At.Format(time.RFC1123Z),
		fmt.Sprintf("Message-ID: <%s.%d@%s>", m.QueueID, r.At.Unix(), r.Reporter),
		"Auto-Submitted: auto-replied",
		"MIME-Version: 1.0",
		`Content-Type: multipart/report; report-type=delivery-status; boundary="` + boundary + `"`,
	} {
		b.WriteString(line + "\r\n")
	}
	part(&b, boundary, "text/plain; charset=us-ascii", humanText(m, r))
	part(&b, boundary, "message/delivery-status", statusFields(m, r))
	part(&b, boundary, "text/rfc822-headers", headersOf(m.Data))
	b.WriteString("\r\n--" + boundary + "--\r\n")
	return b.Bytes(), nil
}

// part writes one part of the report.
func part(b *bytes.Buffer, boundary, kind, text string) {
	fmt.Fprintf(b, "\r\n--%s\r\nContent-Type: %s\r\n\r\n%s", boundary, kind, text)
}

func humanText(m Message, r Report) string {
	return crlf(fmt.Sprintf("This is the mail system at host %s.\n\nYour message to <%s>: %s.\n%s",
		r.Reporter, m.To[0], r.Action, r.Diagnostic))
}

// statusFields writes the per-message and the per-recipient fields.
func statusFields(m Message, r Report) string {
	lines := []string{"Reporting-MTA: dns; " + r.Reporter}
	if id := m.MailParams["ENVID"]; id != "" {
		lines = append(lines, "Original-Envelope-Id: "+fromXtext(id))
	}
	lines = append(lines, "Arrival-Date: "+m.At.Format(time.RFC1123Z), "")
	if len(m.RcptParams) > 0 && m.RcptParams[0]["ORCPT"] != "" {
		lines = append(lines, "Original-Recipient: "+fromXtext(m.RcptParams[0]["ORCPT"]))
	}
	lines = append(lines,
		"Final-Recipient: rfc822; "+m.To[0],
		"Action: "+string(r.Action),
		"Status: "+r.Status,
		"Diagnostic-Code: smtp; "+r.Diagnostic)
	return crlf(strings.Join(lines, "\n"))
}

// fromXtext decodes the xtext of RFC 3461 section 4. What is not valid xtext
// is given back as it stands.
func fromXtext(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '+' && i+2 < len(text) {
			if octet, err := hex.DecodeString(text[i+1 : i+3]); err == nil {
				b.Write(octet)
				i += 2
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// headersOf gives the header section of a message, or nothing where it has
// none that can be read.
func headersOf(data []byte) string {
	if _, err := mail.ReadMessage(bytes.NewReader(data)); err != nil {
		return ""
	}
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 {
		return ""
	}
	return string(data[:end+2])
}
