package rehearsal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pepost/pepost/internal/mailsink"
)

// SinkOptions are those of the mail server of a rehearsal: it keeps its messages
// as files below a folder's messages/, which it makes.
func (s Scenario) SinkOptions(folder string, clock *Clock) (mailsink.Options, error) {
	messages := filepath.Join(folder, messagesFolder)
	if err := os.MkdirAll(messages, 0o700); err != nil {
		return mailsink.Options{}, fmt.Errorf("making the folder for messages: %w", err)
	}
	return mailsink.Options{
		Faults: s.Faults, Folder: messages, FileName: FileName, EnvelopesOnly: true, Now: clock.Now,
	}, nil
}

// Faults is how the far mail systems of the scenario behave, as a hook for the
// loopback mail server.
func (s Scenario) Faults(session mailsink.Session) mailsink.Fault {
	first := session.Tries <= 1
	switch box := s.Mailbox(strings.ToLower(session.Recipient)); {
	case session.Point == mailsink.AtRcpt && box == Greylists && first:
		return mailsink.Fault{Reply: "451 4.7.1 greylisted: come again in ten minutes"}
	case session.Point == mailsink.AtRcpt && box == Full:
		return mailsink.Fault{Reply: "452 4.2.2 the mailbox is full"}
	case session.Point == mailsink.AtDot && box == Drops && first:
		return mailsink.Fault{Drop: true}
	}
	return mailsink.Fault{}
}

// FileName names a delivered message by its number and by the delivery's
// identifier, which says nothing about anyone.
func FileName(m mailsink.Message) string {
	return fmt.Sprintf("%04d-%s.eml", m.Number, deliveryOf(m))
}

// deliveryOf is the identifier of the delivery that a message belongs to: the
// relay was given it as ENVID (RFC 3461 section 4.4), and it begins the
// Message-ID.
func deliveryOf(m mailsink.Message) string {
	id, _, _ := strings.Cut(m.MailParams["ENVID"], ".") // what follows signs it
	if id == "" {
		if l, err := Opened(m.Data); err == nil {
			id, _, _ = strings.Cut(strings.Trim(l.MessageID, "<>"), "@")
		}
	}
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return -1
	}, id)
}
