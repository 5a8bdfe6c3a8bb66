package smtpout

import (
	"bufio"
	"errors"
	"strings"
)

const (
	maxReplyLine  = 4 << 10 // kept of one line; RFC 5321 section 4.5.3.1.5 asks for 512
	maxReplyBytes = 1 << 20 // read for one reply, whatever is kept
	maxReplyLines = 200
	maxText       = 500 // of a reply, in an outcome
)

// errMalformed says that what the relay sent is no SMTP reply.
var errMalformed = errors.New("the relay's answer is not an SMTP reply")

// A reply is what a relay says to one command (RFC 5321 section 4.2).
type reply struct {
	code     int
	enhanced string   // RFC 2034, of the first line
	lines    []string // without the codes, not yet made safe to show
}

// readReply reads one reply, all its lines. It never reads more than
// maxReplyBytes and keeps far less.
func readReply(r *bufio.Reader) (reply, error) {
	var got reply
	budget := maxReplyBytes
	for range maxReplyLines {
		line, err := readLine(r, &budget)
		if err != nil {
			return reply{}, err
		}
		code, last, text, ok := splitLine(line)
		if !ok || got.code != 0 && got.code != code {
			return reply{}, errMalformed
		}
		enhanced, rest := cutEnhanced(code, text)
		if got.code == 0 {
			got.enhanced = enhanced
		}
		got.code = code
		got.lines = append(got.lines, rest)
		if last {
			return got, nil
		}
	}
	return reply{}, errMalformed
}

// readLine gives one line without its end. Of a long one it gives the
// beginning, and reads the rest away as far as the budget goes.
func readLine(r *bufio.Reader, budget *int) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if *budget -= len(part); *budget < 0 {
			return "", errMalformed
		}
		line = append(line, part[:min(len(part), maxReplyLine-len(line))]...)
		switch {
		case err == nil:
			return strings.TrimRight(string(line), "\r\n"), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return "", err
		}
	}
}

// splitLine takes "250-text" or "250 text" apart.
func splitLine(line string) (code int, last bool, text string, ok bool) {
	if len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return 0, false, "", false
	}
	for _, digit := range []byte(line[:3]) {
		if digit < '0' || digit > '9' {
			return 0, false, "", false
		}
		code = code*10 + int(digit-'0')
	}
	if code < 200 || code > 599 {
		return 0, false, "", false
	}
	if len(line) == 3 {
		return code, true, "", true
	}
	return code, line[3] == ' ', line[4:], true
}

// cutEnhanced takes the enhanced status code off the front of a text: three
// numbers, the first of which agrees with the reply code (RFC 2034 section 4).
func cutEnhanced(code int, text string) (enhanced, rest string) {
	word, rest, _ := strings.Cut(text, " ")
	numbers := strings.Split(word, ".")
	if len(numbers) != 3 || len(numbers[0]) != 1 || int(numbers[0][0]-'0') != code/100 {
		return "", text
	}
	for _, number := range numbers {
		if len(number) == 0 || len(number) > 3 || strings.Trim(number, "0123456789") != "" {
			return "", text
		}
	}
	return word, rest
}

// text gives the reply in one line that is safe to show: bounded, with
// control characters and bytes beyond ASCII replaced.
func (r reply) text() string { return safe(strings.Join(r.lines, " ")) }

func safe(text string) string {
	text = text[:min(len(text), maxText)]
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c >= ' ' && c <= '~' {
			b.WriteByte(c)
		} else {
			b.WriteByte('?')
		}
	}
	return b.String()
}

// queueID finds the name that the relay gave the message, in the words of
// Postfix ("queued as X"), Exim ("id=X"), Exchange ("[InternalId=X,"), and
// sendmail ("X Message accepted").
func (r reply) queueID() string {
	text := r.text()
	for _, mark := range []string{"queued as ", "InternalId=", "id="} {
		if _, after, found := strings.Cut(text, mark); found {
			return token(after)
		}
	}
	if before, _, found := strings.Cut(text, " Message accepted"); found {
		return token(before[strings.LastIndexByte(before, ' ')+1:])
	}
	return ""
}

// token gives the beginning of text up to what cannot be part of a queue name.
func token(text string) string {
	end := strings.IndexFunc(text, func(c rune) bool {
		return !strings.ContainsRune("-_./+=@", c) && !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')
	})
	if end >= 0 {
		text = text[:end]
	}
	return strings.TrimRight(text[:min(len(text), 100)], ".")
}
