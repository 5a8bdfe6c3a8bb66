package mailsink_test

import (
	"bufio"
	"crypto/x509"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/mailsink"
)

// faulty starts a server with one fault at one point.
func faulty(t *testing.T, point mailsink.Point, fault mailsink.Fault) *mailsink.Server {
	t.Helper()
	return start(t, mailsink.Options{Faults: mailsink.At(point, fault)})
}

func TestEveryPointIsAskedInOrder(t *testing.T) {
	var asked []mailsink.Point
	server := start(t, mailsink.Options{
		Username: "u", Password: "p",
		Faults: func(s mailsink.Session) mailsink.Fault {
			if !slices.Contains(asked, s.Point) { // EHLO comes twice
				asked = append(asked, s.Point)
			}
			return mailsink.Fault{}
		},
	})
	p := ready(t, server)
	p.want("AUTH PLAIN AHUAcA==", "235")
	p.envelope()
	p.want("DATA", "354")
	p.say("x\r\n.")
	p.expect("250")
	p.want("QUIT", "221")
	p.gone()
	if diff := cmp.Diff(mailsink.Points(), asked); diff != "" {
		t.Errorf("points asked (-want +got):\n%s", diff)
	}
}

func TestFaultyGreeting(t *testing.T) {
	t.Run("421 closes", func(t *testing.T) {
		p := dial(t, faulty(t, mailsink.AtGreeting, mailsink.Fault{Reply: "421 4.3.2 later"}))
		p.expect("421 4.3.2 later")
		p.gone()
	})
	t.Run("554", func(t *testing.T) {
		dial(t, faulty(t, mailsink.AtGreeting, mailsink.Fault{Reply: "554 5.3.2 no"})).expect("554")
	})
	t.Run("silence lasts until the server closes", func(t *testing.T) {
		server := faulty(t, mailsink.AtGreeting, mailsink.Fault{Delay: mailsink.Forever})
		p := dial(t, server)
		if err := p.conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if _, err := p.reader.ReadByte(); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("reading a greeting that never comes: %v, want a timeout", err)
		}
	})
	t.Run("dropped", func(t *testing.T) {
		dial(t, faulty(t, mailsink.AtGreeting, mailsink.Fault{Drop: true})).gone()
	})
}

func TestExtensionsCanBeHidden(t *testing.T) {
	p := dial(t, faulty(t, mailsink.AtHello, mailsink.Fault{Hide: []string{"starttls"}}))
	p.expect("220")
	if got := p.want("EHLO client.example", "250"); strings.Contains(got, "STARTTLS") {
		t.Errorf("EHLO still offers STARTTLS: %q", got)
	}
}

func TestFaultyStartTLS(t *testing.T) {
	t.Run("454", func(t *testing.T) {
		p := dial(t, faulty(t, mailsink.AtStartTLS, mailsink.Fault{Reply: "454 4.7.0 not now"}))
		p.expect("220")
		p.want("EHLO client.example", "250")
		p.want("STARTTLS", "454")
		p.want("MAIL FROM:<a@council.example>", "530")
	})
	t.Run("injected reply comes in the same segment", func(t *testing.T) {
		p := dial(t, faulty(t, mailsink.AtStartTLS, mailsink.Fault{Inject: "250 forged\r\n"}))
		p.expect("220")
		p.want("EHLO client.example", "250")
		p.want("STARTTLS", "220")
		if got := p.reader.Buffered(); got != len("250 forged\r\n") {
			t.Errorf("%d bytes behind the reply, want the forged line", got)
		}
	})
}

func TestBadCertificatesAreRefusedByACarefulClient(t *testing.T) {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	for certificate, target := range map[mailsink.Certificate]any{
		mailsink.WrongName:        &name,
		mailsink.Expired:          &invalid,
		mailsink.SelfSigned:       &unknown,
		mailsink.UnknownAuthority: &unknown,
	} {
		p := dial(t, faulty(t, mailsink.AtSecure, mailsink.Fault{Certificate: certificate}))
		p.expect("220")
		p.want("EHLO client.example", "250")
		p.want("STARTTLS", "220")
		if err := p.handshake(); !errors.As(err, target) {
			t.Errorf("certificate %d: %v, want %T", certificate, err, target)
		}
	}
}

func TestOldTLSOnly(t *testing.T) {
	p := dial(t, faulty(t, mailsink.AtSecure, mailsink.Fault{MaxTLS: 0x0302}))
	p.expect("220")
	p.want("EHLO client.example", "250")
	p.want("STARTTLS", "220")
	if err := p.handshake(); err == nil || !strings.Contains(err.Error(), "protocol version") {
		t.Errorf("handshake with TLS 1.1: %v, want a version error", err)
	}
}

func TestRecipientsCanBeRefusedOneByOne(t *testing.T) {
	server := start(t, mailsink.Options{Faults: mailsink.ForRecipients(map[string]mailsink.Fault{
		"Gone@school.example": {Reply: "550 5.1.1 no such user"},
	})})
	p := ready(t, server)
	p.want("MAIL FROM:<a@council.example>", "250")
	p.want("RCPT TO:<gone@SCHOOL.example>", "550 5.1.1")
	p.want("RCPT TO:<here@school.example>", "250")
}

func TestGreylistingByTries(t *testing.T) {
	server := start(t, mailsink.Options{Faults: func(s mailsink.Session) mailsink.Fault {
		if s.Point == mailsink.AtRcpt && s.Tries < 2 {
			return mailsink.Fault{Reply: "450 4.7.1 try again"}
		}
		return mailsink.Fault{}
	}})
	p := ready(t, server)
	p.want("MAIL FROM:<a@council.example>", "250")
	p.want("RCPT TO:<b@school.example>", "450")
	p.want("RCPT TO:<b@school.example>", "250")
}

func TestFaultyBodyAndDot(t *testing.T) {
	tests := []struct {
		name  string
		point mailsink.Point
		fault mailsink.Fault
		reply string // empty: the connection is dropped without a word
		kept  int
	}{
		{"dropped in the body", mailsink.AtBody, mailsink.Fault{Drop: true, BodyBytes: 4}, "", 0},
		{"dropped before the dot", mailsink.AtBody, mailsink.Fault{Drop: true, BodyBytes: mailsink.WholeBody}, "", 0},
		{"dropped after the dot", mailsink.AtDot, mailsink.Fault{Drop: true}, "", 1},
		{"dropped after the dot, not taken", mailsink.AtDot, mailsink.Fault{Drop: true, Reply: "451 no"}, "", 0},
		{"late", mailsink.AtDot, mailsink.Fault{Delay: 30 * time.Millisecond}, "250 2.0.0 Ok", 1},
		{"taken, then dropped", mailsink.AtDot, mailsink.Fault{DropAfter: true}, "250 2.0.0 Ok", 1},
		{"451", mailsink.AtDot, mailsink.Fault{Reply: "451 4.3.0 no"}, "451", 0},
		{"554", mailsink.AtDot, mailsink.Fault{Reply: "554 5.7.1 no"}, "554", 0},
		{"several lines", mailsink.AtDot, mailsink.Fault{Reply: "250-2.0.0 taken\n250 2.0.0 queued as Z9"}, "250-2.0.0 taken\n250 2.0.0 queued as Z9", 1},
		{"trickle", mailsink.AtDot, mailsink.Fault{Trickle: time.Millisecond}, "250 2.0.0 Ok", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := faulty(t, tt.point, tt.fault)
			p := ready(t, server)
			p.envelope()
			p.want("DATA", "354")
			if tt.point == mailsink.AtBody {
				p.say("12345678")
			} else {
				p.say("12345678\r\n.")
			}
			if tt.reply == "" {
				p.gone()
			} else {
				p.expect(tt.reply)
			}
			if got := len(server.Messages()); got != tt.kept {
				t.Errorf("%d messages kept, want %d", got, tt.kept)
			}
		})
	}
}

func TestRawRepliesGoOutByteForByte(t *testing.T) {
	raw := "250 " + strings.Repeat("\xff", 100_000)
	p := ready(t, faulty(t, mailsink.AtMail, mailsink.Fault{Raw: raw, DropAfter: true}))
	p.say("MAIL FROM:<a@council.example>")
	got, err := io.ReadAll(bufio.NewReader(p.reader))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	if string(got) != raw {
		t.Errorf("%d bytes came, want the %d sent", len(got), len(raw))
	}
}
