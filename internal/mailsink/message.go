package mailsink

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A Message is one message as it came in.
type Message struct {
	Number     int       // 1 for the first message kept since Start
	QueueID    string    // the identifier that the reply to the final dot named
	Connection int       // which connection it came by
	From       string    // envelope sender, empty for the null sender
	To         []string  // envelope recipients
	Data       []byte    // the message, dots unstuffed, as sent otherwise; nil with Options.EnvelopesOnly
	Bytes      int       // length of the message, kept or not
	TLS        uint16    // TLS version, as in tls.VersionTLS13
	MailParams Params    // SIZE, BODY, RET, ENVID as MAIL gave them
	RcptParams []Params  // NOTIFY, ORCPT as RCPT gave them, one entry a recipient
	At         time.Time // by Options.Now
	File       string    // path of the .eml file, empty without a folder
}

// Params are the ESMTP parameters of one command, keywords in upper case. A
// keyword without a value has an empty one.
type Params map[string]string

// Messages gives the messages kept so far, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

// A Command is one line that a client sent, as the server saw it.
type Command struct {
	Connection int
	Secure     bool
	Line       string // credentials replaced by an ellipsis
}

// Commands gives the command lines seen so far, oldest first, up to a limit
// of ten thousand.
func (s *Server) Commands() []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Command(nil), s.commands...)
}

const maxCommandsKept = 10_000

// note records a command line without its credentials.
func (s *Server) note(connection int, secure bool, line string) {
	if fields := strings.Fields(line); len(fields) > 2 && strings.EqualFold(fields[0], "AUTH") {
		line = fields[0] + " " + fields[1] + " …"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.commands) < maxCommandsKept {
		s.commands = append(s.commands, Command{Connection: connection, Secure: secure, Line: line})
	}
}

// room says whether another message of so many bytes may be kept.
func (s *Server) room(bytes int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept < s.opts.MaxMessages && s.keptBytes+int64(bytes) <= s.opts.MaxBytes
}

// nextNumber reserves the number of a message about to be kept.
func (s *Server) nextNumber() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept++
	return s.kept
}

// keep stores a message: in the folder first, so that whoever sees it in
// Messages can open its file.
func (s *Server) keep(m Message) (Message, error) {
	m.Number = s.nextNumber()
	m.QueueID = fmt.Sprintf("SINK%06d", m.Number)
	m.At = s.opts.Now()
	m.Bytes = len(m.Data)
	if s.opts.Folder != "" {
		path, err := writeMessage(s.opts.Folder, s.opts.FileName(m), m.Data)
		if err != nil {
			return Message{}, err
		}
		m.File = path
	}
	if s.opts.EnvelopesOnly {
		m.Data = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, m)
	s.keptBytes += int64(len(m.Data))
	return m, nil
}

// writeMessage writes one .eml file that did not exist before.
func writeMessage(folder, name string, data []byte) (string, error) {
	if name == "" || name != filepath.Base(name) || strings.HasPrefix(name, ".") {
		return "", fmt.Errorf("naming a kept message: %q is no plain file name", name)
	}
	path := filepath.Join(folder, name)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("keeping a message: %w", err)
	}
	if _, err = file.Write(data); err != nil {
		file.Close()
		return "", fmt.Errorf("keeping a message: %w", err)
	}
	if err = file.Close(); err != nil {
		return "", fmt.Errorf("keeping a message: %w", err)
	}
	return path, nil
}

// counterName names a kept message by its number alone.
func counterName(m Message) string {
	return fmt.Sprintf("message-%06d.eml", m.Number)
}
