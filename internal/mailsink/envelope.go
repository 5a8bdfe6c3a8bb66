package mailsink

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"
)

const maxRecipients = 100

// reset forgets the envelope (RSET of RFC 5321 section 4.1.1.5).
func (c *session) reset() {
	c.from, c.hasFrom, c.to = "", false, nil
	c.mailParams, c.rcptParams = nil, nil
	c.recipient, c.tries = "", 0
}

// mail answers MAIL FROM.
func (c *session) mail(rest string) error {
	address, params, valid := pathAndParams(rest, "FROM:")
	size, _ := strconv.ParseInt(params["SIZE"], 10, 64)
	own := "250 2.1.0 sender ok"
	switch {
	case c.tls == 0:
		own = "530 5.7.0 STARTTLS first"
	case c.server.opts.Username != "" && !c.authed:
		own = "530 5.7.0 authentication required"
	case !c.greeted || c.hasFrom:
		own = "503 5.5.1 out of order"
	case !valid:
		own = "501 5.5.4 malformed MAIL"
	case size > c.server.opts.MaxMessageBytes:
		own = "552 5.3.4 message too big"
	}
	c.from = address
	ok, err := c.answer(AtMail, own)
	if ok {
		c.hasFrom, c.mailParams = true, params
	} else {
		c.from = ""
	}
	return err
}

// rcpt answers RCPT TO.
func (c *session) rcpt(rest string) error {
	address, params, valid := pathAndParams(rest, "TO:")
	own := "250 2.1.5 recipient ok"
	switch {
	case !c.hasFrom:
		own = "503 5.5.1 MAIL first"
	case !valid || address == "":
		own = "501 5.5.4 malformed RCPT"
	case len(c.to) >= maxRecipients:
		own = "452 4.5.3 too many recipients"
	}
	c.recipient, c.tries = address, c.server.tried(address)
	ok, err := c.answer(AtRcpt, own)
	if ok {
		c.to = append(c.to, address)
		c.rcptParams = append(c.rcptParams, params)
	}
	return err
}

// pathAndParams reads "FROM:<address> KEY=VALUE …" after its verb.
func pathAndParams(rest, prefix string) (address string, params Params, valid bool) {
	params = Params{}
	if len(rest) < len(prefix) || !strings.EqualFold(rest[:len(prefix)], prefix) {
		return "", params, false
	}
	rest = strings.TrimLeft(rest[len(prefix):], " ")
	end := strings.IndexByte(rest, '>')
	if !strings.HasPrefix(rest, "<") || end < 0 {
		return "", params, false
	}
	for _, field := range strings.Fields(rest[end+1:]) {
		key, value, _ := strings.Cut(field, "=")
		params[strings.ToUpper(key)] = value
	}
	return rest[1:end], params, true
}

// data answers DATA, reads the body and answers the final dot.
func (c *session) data() error {
	own := "354 end with a dot on a line by itself"
	if len(c.to) == 0 {
		own = "503 5.5.1 RCPT first"
	}
	ok, err := c.answer(AtData, own)
	if err != nil || !ok {
		return err
	}
	body, err := c.readBody(c.bodyLimit(c.ask(AtBody)))
	if err != nil && !errors.Is(err, errTooBig) {
		return err
	}
	fault := c.ask(AtDot)
	return c.endOfData(fault, body, err)
}

// endOfData keeps the message, unless somebody refuses it, and says so.
func (c *session) endOfData(fault Fault, body []byte, bodyErr error) error {
	defer c.reset()
	var own string
	switch {
	case bodyErr != nil:
		own = "552 5.3.4 message too big"
	case !c.server.room(len(body)):
		own = "452 4.3.1 the sink is full"
	case !agrees(fault.reply("250")):
		own = "451 4.3.0 not taken"
	default:
		kept, err := c.server.keep(Message{
			Connection: c.number, From: c.from, To: c.to, Data: body,
			TLS: c.tls, MailParams: c.mailParams, RcptParams: c.rcptParams,
		})
		own = "250 2.0.0 Ok: queued as " + kept.QueueID
		if err != nil {
			own = "451 4.3.0 message could not be stored"
		}
	}
	_, err := c.reply(fault, own)
	return err
}

// errTooBig marks a body that was read to its end but not kept.
var errTooBig = errors.New("message over the size limit")

// bodyLimit is how many bytes of the body are read before the connection is
// dropped; negative for no such limit.
func (c *session) bodyLimit(f Fault) int {
	if !f.Drop {
		return -1
	}
	if f.BodyBytes == WholeBody {
		size, err := strconv.Atoi(c.mailParams["SIZE"])
		if err != nil {
			return 0
		}
		return size
	}
	return f.BodyBytes
}

// readBody reads up to the final dot and takes the stuffed dots away. Only
// CRLF.CRLF ends a body: a bare LF before or after the dot does not, which
// would let one message smuggle in another.
func (c *session) readBody(limit int) ([]byte, error) {
	var body bytes.Buffer
	body.Grow(c.announced())
	size, tooBig, lineStart, last := 0, false, true, byte(0)
	for {
		if err := c.conn.SetReadDeadline(time.Now().Add(c.server.opts.IdleTimeout)); err != nil {
			return nil, err
		}
		if limit >= 0 && size >= limit {
			return nil, errDropped
		}
		part, err := c.reader.ReadSlice('\n')
		if err != nil && len(part) < c.reader.Size() {
			return nil, errDropped
		}
		if lineStart && string(part) == ".\r\n" {
			break
		}
		if lineStart && len(part) > 1 && part[0] == '.' {
			part = part[1:]
		}
		lineStart = endsLine(last, part)
		last = part[len(part)-1]
		size += len(part)
		if tooBig = tooBig || int64(size) > c.server.opts.MaxMessageBytes; !tooBig {
			body.Write(part)
		}
	}
	if tooBig {
		return nil, errTooBig
	}
	return body.Bytes(), nil
}

// announced is the size that MAIL gave, as far as room is made for it before
// any of it has come.
func (c *session) announced() int {
	size, err := strconv.Atoi(c.mailParams["SIZE"])
	if err != nil {
		return 0
	}
	return max(0, min(size, 1<<20))
}

// endsLine says whether part, which came after the byte last, ends in CRLF.
func endsLine(last byte, part []byte) bool {
	end := len(part) - 1
	if part[end] != '\n' {
		return false
	}
	if end > 0 {
		last = part[end-1]
	}
	return last == '\r'
}
