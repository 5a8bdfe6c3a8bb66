package route

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

const gatewayKeys = "name, product, relay, add_header, subject_prefix, subject_suffix, from_must_be, max_size, canary_to, canary_every, canary_fresh, canary_header, canary_type, canary_file, canary_says, delivered_means, evidence, checked_by, checked_on, review_by"

// The bounds of a gateway.
const (
	maxGateways     = 20
	maxMessageBytes = 1 << 30
	maxCanaryHours  = 24 * 31
)

// gatewayReader reads the cells of one gateway. Where each stood and how a
// fault is told is a row's affair.
type gatewayReader struct {
	rowReader
	gateway Gateway
}

func (f *flatFile) readGateways(p *Policy) {
	if len(f.gateways) > maxGateways {
		f.add(f.gateways[maxGateways].line, 1, "", "more than 20 gateways", "one or two are enough")
		return
	}
	for _, e := range f.gateways {
		g := f.readGateway(e)
		if _, twice := p.Gateway(g.Name); twice && g.Name != "" {
			f.add(e.line, e.column, g.Name, "two gateways have the same name", "give each its own")
		}
		p.gateways = append(p.gateways, g)
	}
}

func (f *flatFile) readGateway(e entry) Gateway {
	r := gatewayReader{rowReader: rowReader{file: f, entry: e, cells: f.cells[e.from:e.to]}, gateway: Gateway{line: e.line}}
	before := len(f.problems)
	several := []string{"add_header", "from_must_be", "canary_header", "canary_says"}
	for i, c := range r.cells {
		if !slices.Contains(several, c.key) && slices.ContainsFunc(r.cells[:i], func(other cell) bool { return other.key == c.key }) {
			f.add(c.line, c.column, c.key, "the key stands twice in the gateway", "keep one of them")
			continue
		}
		if !r.handedOver(c) && !r.proved(c) {
			r.problem(c, "nobody reads the key "+c.key, "the keys of a gateway are "+gatewayKeys)
		}
	}
	if len(f.problems) == before {
		r.check()
	}
	return r.gateway
}

// handedOver reads how a message is handed to the gateway.
func (r *gatewayReader) handedOver(c cell) bool {
	g := &r.gateway
	switch c.key {
	case "name":
		g.Name = r.identifier(c)
	case "product":
		g.Product = c.value
	case "relay":
		g.Relay = c.value
	case "add_header":
		g.Headers = append(g.Headers, r.order(c))
	case "subject_prefix":
		g.SubjectPrefix = r.tag(c)
	case "subject_suffix":
		g.SubjectSuffix = r.tag(c)
	case "from_must_be":
		g.FromMustBe = append(g.FromMustBe, r.sender(c))
	case "max_size":
		g.MaxSize = r.number(c, 1, maxMessageBytes, "a number of bytes, at most 1 GiB")
	default:
		return false
	}
	return true
}

// proved reads how the gateway is known to encrypt, and who says so.
func (r *gatewayReader) proved(c cell) bool {
	g := &r.gateway
	hours := func() time.Duration {
		return time.Duration(r.number(c, 1, maxCanaryHours, "a number of hours, at most 744")) * time.Hour
	}
	switch c.key {
	case "canary_to":
		if g.Canary.To = pep.ParseAddress(c.value); g.Canary.To.Verdict() != pep.AddressGood {
			r.problem(c, "not an address that mail is sent to: "+g.Canary.To.Reason(), "one bare address of a mailbox outside, whose mail comes back here")
		}
	case "canary_every":
		g.Canary.Every = hours()
	case "canary_fresh":
		g.Canary.Fresh = hours()
	case "canary_header":
		g.Canary.Signs.Headers = append(g.Canary.Signs.Headers, r.header(c))
	case "canary_type":
		g.Canary.Signs.Type = strings.ToLower(c.value)
	case "canary_file":
		g.Canary.Signs.File = strings.ToLower(c.value)
	case "canary_says":
		g.Canary.Signs.Says = append(g.Canary.Signs.Says, c.value)
	case "delivered_means":
		g.DeliveredMeans = oneOf(&r.rowReader, c, Meanings()...)
	case "evidence":
		g.Evidence = c.value
	case "checked_by":
		g.CheckedBy = c.value
	case "checked_on":
		g.CheckedOn = r.date(c)
	case "review_by":
		g.ReviewBy = r.date(c)
	default:
		return false
	}
	return true
}

func (r *gatewayReader) number(c cell, least, most int, wanted string) int {
	n, err := strconv.Atoi(c.value)
	if err != nil || n < least || n > most {
		r.problem(c, "not "+wanted, "digits alone")
		return 0
	}
	return n
}

// header reads "Name: value".
func (r *gatewayReader) header(c cell) Header {
	name, value, found := strings.Cut(c.value, ":")
	h := Header{Name: name, Value: strings.TrimSpace(value)}
	if !found || !regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,60}$`).MatchString(name) || !printable(h.Value, 200) {
		r.problem(c, "not a header line", "write \"Name: value\" in quotes, plain characters only")
		return Header{}
	}
	return h
}

// order reads a header line that is put into messages. What a message says of
// itself and of its way is not for a gateway to set.
func (r *gatewayReader) order(c cell) Header {
	h := r.header(c)
	name := strings.ToLower(h.Name)
	ours := []string{
		"from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id", "mime-version", "auto-submitted",
		"received", "return-path", "references", "in-reply-to", "dkim-signature", "authentication-results", "disposition-notification-to",
	}
	if slices.Contains(ours, name) || strings.HasPrefix(name, "content-") || strings.HasPrefix(name, "resent-") || strings.HasPrefix(name, "list-") || strings.HasPrefix(name, "arc-") {
		r.problem(c, "no gateway is ordered by the header "+h.Name, "write the header that its administrators chose")
		return Header{}
	}
	return h
}

func (r *gatewayReader) tag(c cell) string {
	if !printable(c.value, 60) || strings.Contains(c.value, "=?") {
		r.problem(c, "not a tag for a subject", "plain characters, at most 60")
		return ""
	}
	return c.value
}

func (r *gatewayReader) sender(c cell) string {
	if strings.Contains(c.value, "@") {
		a := pep.ParseAddress(c.value)
		if a.Verdict() != pep.AddressGood {
			r.problem(c, "not an address: "+a.Reason(), "a bare address, or a domain")
		}
		return a.Canonical()
	}
	return r.domain(c)
}

func printable(text string, most int) bool {
	return text != "" && len(text) <= most && !strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c > '~' })
}

// check judges a gateway whose values are each sound by themselves.
func (r *gatewayReader) check() {
	g := &r.gateway
	r.need("name", "product", "relay", "max_size", "canary_to", "canary_every", "delivered_means", "evidence", "checked_by", "checked_on", "review_by")
	if g.Canary.Fresh == 0 {
		g.Canary.Fresh = 2 * g.Canary.Every
	}
	if g.Canary.Fresh < g.Canary.Every {
		r.refuse("canary_fresh", "a canary proves nothing any more before the next is sent", "make it longer than canary_every")
	}
	if g.Canary.Signs.None() {
		r.file.add(r.entry.line, r.entry.column, "", "nothing says how a message that the gateway encrypted is known",
			"write canary_header, canary_type, canary_file or canary_says")
	}
	if g.ReviewBy.Before(g.CheckedOn) {
		r.refuse("review_by", "the review lies before the gateway was checked", "check the dates")
	}
}
