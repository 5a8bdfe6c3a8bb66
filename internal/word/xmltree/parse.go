package xmltree

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The bounds of one part. A form of a hundred fields has some 20,000 nodes at
// a depth of 20.
const (
	maxDepth = 256
	maxNodes = 300_000
	maxAttrs = 64
	// MaxBytes is the size of the largest part that is read.
	MaxBytes = 16 << 20
)

// SyntaxError says where and why XML was not taken; it never quotes the text.
type SyntaxError struct {
	Offset int
	Reason string
	// TooLarge is set where the markup may be sound but exceeds a bound.
	TooLarge bool
}

// Error names the byte and the reason.
func (e *SyntaxError) Error() string { return fmt.Sprintf("byte %d: %s", e.Offset, e.Reason) }

// Parse reads one document and gives its root element. The error is always a
// *[SyntaxError].
func Parse(data []byte) (*Node, error) {
	if len(data) > MaxBytes {
		return nil, &SyntaxError{Reason: "the part is larger than a form needs", TooLarge: true}
	}
	if !utf8.Valid(data) {
		return nil, &SyntaxError{Reason: "the text is not UTF-8"}
	}
	p := parser{text: strings.TrimPrefix(string(data), "\uFEFF")}
	if err := p.run(); err != nil {
		return nil, err
	}
	return p.root, nil
}

type parser struct {
	text     string
	at       int
	root     *Node
	open     *Node
	depth    int
	nodes    int
	bindings []binding
	// lastPrefix and lastSpace remember the latest look-up: most names of a
	// part stand in one namespace.
	lastPrefix, lastSpace string
	store                 store
}

// binding is one prefix in scope; owner is the element that declared it.
type binding struct {
	prefix, space string
	owner         *Node
}

// store hands out nodes and attributes from larger slabs, which halves the
// time of a parse.
type store struct {
	nodes []Node
	attrs []Attr
}

func (s *store) node() *Node {
	if len(s.nodes) == 0 {
		s.nodes = make([]Node, 256)
	}
	n := &s.nodes[0]
	s.nodes = s.nodes[1:]
	return n
}

// keep copies attributes into a slab; appending to the result never reaches a
// neighbour.
func (s *store) keep(attrs []Attr) []Attr {
	if len(attrs) == 0 {
		return nil
	}
	if len(s.attrs) < len(attrs) {
		s.attrs = make([]Attr, max(256, len(attrs)))
	}
	kept := s.attrs[:len(attrs):len(attrs)]
	s.attrs = s.attrs[len(attrs):]
	copy(kept, attrs)
	return kept
}

func (p *parser) fail(reason string) *SyntaxError { return &SyntaxError{Offset: p.at, Reason: reason} }

func (p *parser) tooLarge(reason string) *SyntaxError {
	return &SyntaxError{Offset: p.at, Reason: reason, TooLarge: true}
}

// run returns error, not *SyntaxError, so that nil stays nil.
func (p *parser) run() error {
	for p.at < len(p.text) {
		var err *SyntaxError
		if p.text[p.at] != '<' {
			err = p.characters()
		} else {
			err = p.markup()
		}
		if err != nil {
			return err
		}
	}
	switch {
	case p.root == nil:
		return p.fail("there is no element")
	case p.open != nil:
		return p.fail("the last element is not closed")
	}
	return nil
}

func (p *parser) markup() *SyntaxError {
	rest := p.text[p.at:]
	switch {
	case strings.HasPrefix(rest, "</"):
		return p.endTag()
	case strings.HasPrefix(rest, "<?"):
		return p.skip("<?", "?>")
	case strings.HasPrefix(rest, "<!--"):
		return p.skip("<!--", "-->")
	case strings.HasPrefix(rest, "<![CDATA["):
		return p.cdata()
	case strings.HasPrefix(rest, "<!"):
		return p.fail("a document type is not allowed")
	}
	return p.startTag()
}

func (p *parser) skip(opening, closing string) *SyntaxError {
	end := strings.Index(p.text[p.at+len(opening):], closing)
	if end < 0 {
		return p.fail("a comment or instruction is not closed")
	}
	p.at += len(opening) + end + len(closing)
	return nil
}

func (p *parser) cdata() *SyntaxError {
	const opening, closing = "<![CDATA[", "]]>"
	end := strings.Index(p.text[p.at:], closing)
	if end < 0 {
		return p.fail("a CDATA section is not closed")
	}
	if p.open == nil {
		return p.fail("there is text outside the root element")
	}
	if err := p.addText(newlines(p.text[p.at+len(opening) : p.at+end])); err != nil {
		return err
	}
	p.at += end + len(closing)
	return nil
}

func (p *parser) characters() *SyntaxError {
	end := strings.IndexByte(p.text[p.at:], '<')
	if end < 0 {
		end = len(p.text) - p.at
	}
	raw := p.text[p.at : p.at+end]
	if p.open == nil {
		if strings.Trim(raw, " \t\r\n") != "" {
			return p.fail("there is text outside the root element")
		}
		p.at += end
		return nil
	}
	text, reason := decode(newlines(raw))
	if reason != "" {
		return p.fail(reason)
	}
	if err := p.addText(text); err != nil {
		return err
	}
	p.at += end
	return nil
}

func (p *parser) addText(text string) *SyntaxError {
	if text == "" {
		return nil
	}
	if err := p.count(); err != nil {
		return err
	}
	n := p.store.node()
	n.Text = text
	p.open.Append(n)
	return nil
}

func (p *parser) count() *SyntaxError {
	if p.nodes++; p.nodes > maxNodes {
		return p.tooLarge("there are more elements than a form needs")
	}
	return nil
}

func (p *parser) endTag() *SyntaxError {
	end := strings.IndexByte(p.text[p.at:], '>')
	if end < 0 {
		return p.fail("an end tag is not closed")
	}
	name := strings.TrimRight(p.text[p.at+2:p.at+end], " \t\r\n")
	if p.open == nil || name != p.open.raw {
		return p.fail("an end tag does not match its element")
	}
	p.leave()
	p.at += end + 1
	return nil
}

// leave closes the open element and drops the prefixes it declared.
func (p *parser) leave() {
	for len(p.bindings) > 0 && p.bindings[len(p.bindings)-1].owner == p.open {
		p.bindings = p.bindings[:len(p.bindings)-1]
		p.lastPrefix, p.lastSpace = "", ""
	}
	p.open = p.open.Parent
	p.depth--
}

func (p *parser) startTag() *SyntaxError {
	if p.open == nil && p.root != nil {
		return p.fail("there is a second root element")
	}
	if p.depth++; p.depth > maxDepth {
		return p.tooLarge("elements are nested deeper than a form needs")
	}
	if err := p.count(); err != nil {
		return err
	}
	n := p.store.node()
	p.at++
	if n.raw = p.name(); n.raw == "" {
		return p.fail("an element has no name")
	}
	closed, err := p.attributes(n)
	if err != nil {
		return err
	}
	if err := p.resolve(n); err != nil {
		return err
	}
	if p.open == nil {
		p.root = n
	} else {
		p.open.Append(n)
	}
	p.open = n
	if closed {
		p.leave()
	}
	return nil
}

// name reads a name at the current place; empty where there is none.
func (p *parser) name() string {
	from := p.at
	for p.at < len(p.text) && nameByte(p.text[p.at]) {
		p.at++
	}
	return p.text[from:p.at]
}

func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == ':' || c == '_' || c == '-' || c == '.' || c >= utf8.RuneSelf
}

func (p *parser) space() bool {
	from := p.at
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\n' || p.text[p.at] == '\t' || p.text[p.at] == '\r') {
		p.at++
	}
	return p.at > from
}

// attributes reads up to the end of the start tag and reports whether the
// element was closed in it.
func (p *parser) attributes(n *Node) (closed bool, err *SyntaxError) {
	var found [16]Attr
	attrs := found[:0]
	for {
		spaced := p.space()
		rest := p.text[p.at:]
		switch {
		case strings.HasPrefix(rest, ">"):
			p.at++
			n.Attrs = p.store.keep(attrs)
			return false, nil
		case strings.HasPrefix(rest, "/>"):
			p.at += 2
			n.Attrs = p.store.keep(attrs)
			return true, nil
		case !spaced:
			return false, p.fail("a start tag is broken")
		case len(attrs) == maxAttrs:
			return false, p.tooLarge("an element has more attributes than a form needs")
		}
		attr, err := p.attribute()
		if err != nil {
			return false, err
		}
		attrs = append(attrs, attr)
		p.declare(n, attr)
	}
}

func (p *parser) attribute() (Attr, *SyntaxError) {
	attr := Attr{raw: p.name()}
	p.space()
	if attr.raw == "" || p.at >= len(p.text) || p.text[p.at] != '=' {
		return attr, p.fail("an attribute is broken")
	}
	p.at++
	p.space()
	if p.at >= len(p.text) || (p.text[p.at] != '"' && p.text[p.at] != '\'') {
		return attr, p.fail("an attribute has no quotes")
	}
	end := strings.IndexByte(p.text[p.at+1:], p.text[p.at])
	if end < 0 {
		return attr, p.fail("an attribute is not closed")
	}
	raw := p.text[p.at+1 : p.at+1+end]
	if strings.IndexByte(raw, '<') >= 0 {
		return attr, p.fail("an attribute holds a tag")
	}
	value, reason := decode(attributeSpace(raw))
	if reason != "" {
		return attr, p.fail(reason)
	}
	attr.Value = value
	p.at += end + 2
	return attr, nil
}

func (p *parser) declare(n *Node, attr Attr) {
	prefix, declares := strings.CutPrefix(attr.raw, "xmlns:")
	if !declares && attr.raw != "xmlns" {
		return
	}
	if !declares {
		prefix = ""
	}
	p.bindings = append(p.bindings, binding{prefix, transitional(attr.Value), n})
	p.lastPrefix, p.lastSpace = "", ""
}

// resolve gives the element and its attributes their namespaces.
func (p *parser) resolve(n *Node) *SyntaxError {
	var ok bool
	if n.Space, n.Local, ok = p.split(n.raw, true); !ok {
		return p.fail("an element's prefix is not declared")
	}
	for i := range n.Attrs {
		a := &n.Attrs[i]
		if a.Space, a.Local, ok = p.split(a.raw, false); !ok {
			return p.fail("an attribute's prefix is not declared")
		}
		for j := range i {
			if n.Attrs[j].Local == a.Local && n.Attrs[j].Space == a.Space {
				return p.fail("an attribute stands twice")
			}
		}
	}
	return nil
}

func (p *parser) split(raw string, element bool) (space, local string, ok bool) {
	colon := strings.IndexByte(raw, ':')
	if colon < 0 {
		if !element {
			return "", raw, true
		}
		space, _ = p.lookUp("")
		return space, raw, true
	}
	prefix, local := raw[:colon], raw[colon+1:]
	if local == "" || strings.IndexByte(local, ':') >= 0 {
		return "", "", false
	}
	space, ok = p.lookUp(prefix)
	return space, local, ok
}

func (p *parser) lookUp(prefix string) (string, bool) {
	switch {
	case prefix != "" && prefix == p.lastPrefix:
		return p.lastSpace, true
	case prefix == "xmlns":
		return "xmlns", true
	case prefix == "xml":
		return "http://www.w3.org/XML/1998/namespace", true
	}
	for i := len(p.bindings) - 1; i >= 0; i-- {
		if p.bindings[i].prefix == prefix {
			p.lastPrefix, p.lastSpace = prefix, p.bindings[i].space
			return p.lastSpace, true
		}
	}
	return "", false
}
