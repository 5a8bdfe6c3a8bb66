package smtpout

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

const (
	maxLineBytes  = 998 // without CRLF, RFC 5322 section 2.1.1
	maxPathBytes  = 254 // RFC 5321 section 4.5.3.1.3 less the brackets
	maxEnvIDBytes = 100 // RFC 3461 section 4.4
)

// A Message is one sealed message for one recipient.
type Message struct {
	From string // envelope sender; empty for the null sender
	// ReportTo is the envelope sender instead of From where the relay does not
	// take ID: without either a delivery report could not be matched. It may be
	// empty.
	ReportTo string
	To       string // envelope recipient, in the form it was decided on
	Bytes    []byte // RFC 5322, lines ended by CRLF, the last one too
	// ID names the delivery towards the relay (ENVID of RFC 3461), so that a
	// delivery report can be matched. It is left out where it cannot be given.
	ID string
}

// Check says what would keep m from being sent as it is, or nil. A message is
// never repaired on the way: bare line ends, NULs and lines over 998 bytes
// would be changed by relays, and a hash or a signature with them. The error
// names a line, never what is in it.
func (m Message) Check() error {
	if m.From != "" && !validPath(m.From) {
		return errors.New("envelope sender is not a plain address")
	}
	if m.ReportTo != "" && !validPath(m.ReportTo) {
		return errors.New("envelope sender for reports is not a plain address")
	}
	if !validPath(m.To) {
		return errors.New("envelope recipient is not a plain address")
	}
	return checkLines(m.Bytes)
}

// validPath accepts what can stand in MAIL or RCPT without any quoting, so
// that no address can carry a command.
func validPath(address string) bool {
	if len(address) > maxPathBytes || strings.Count(address, "@") != 1 {
		return false
	}
	local, domain, _ := strings.Cut(address, "@")
	return local != "" && domain != "" && !strings.ContainsFunc(address, func(c rune) bool {
		return c <= ' ' || c > '~' || strings.ContainsRune(`<>()[]\,;:"`, c)
	})
}

func checkLines(data []byte) error {
	for number, rest := 1, data; ; number++ {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			if len(rest) > 0 || len(data) == 0 {
				return fmt.Errorf("line %d of the message has no end", number)
			}
			break
		}
		if end == 0 || rest[end-1] != '\r' {
			return fmt.Errorf("line %d of the message ends in a bare LF", number)
		}
		if end-1 > maxLineBytes {
			return fmt.Errorf("line %d of the message has %d bytes, at most %d are allowed", number, end-1, maxLineBytes)
		}
		rest = rest[end+1:]
	}
	switch {
	case bytes.Count(data, []byte{'\r'}) != bytes.Count(data, []byte{'\n'}):
		return errors.New("the message has a bare CR")
	case bytes.IndexByte(data, 0) >= 0:
		return errors.New("the message has a NUL")
	}
	return nil
}

// A parcel is a message made ready before any connection.
type parcel struct {
	Message
	stuffed  []byte
	eightBit bool // whether the bytes go beyond ASCII
}

// ready checks and prepares m.
func (m Message) ready() (parcel, error) {
	if err := m.Check(); err != nil {
		return parcel{}, err
	}
	return parcel{Message: m, stuffed: stuff(m.Bytes), eightBit: beyondASCII(m.Bytes)}, nil
}

// stuff doubles the dots at line starts (RFC 5321 section 4.5.2). It is done
// once and before connecting; most messages have none and are not copied.
func stuff(data []byte) []byte {
	lineDot := []byte("\r\n.")
	count := bytes.Count(data, lineDot)
	first := bytes.HasPrefix(data, []byte("."))
	if count == 0 && !first {
		return data
	}
	out := make([]byte, 0, len(data)+count+1)
	if first {
		out = append(out, '.')
	}
	for {
		at := bytes.Index(data, lineDot)
		if at < 0 {
			return append(out, data...)
		}
		out = append(append(out, data[:at+len(lineDot)]...), '.')
		data = data[at+len(lineDot):]
	}
}

func beyondASCII(data []byte) bool {
	for _, b := range data {
		if b >= 0x80 {
			return true
		}
	}
	return false
}

// xtext encodes a parameter value (RFC 3461 section 4).
func xtext(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c > '~' || c == '+' || c == '=' {
			fmt.Fprintf(&b, "+%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
