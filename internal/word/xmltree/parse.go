package xmltree

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The bounds of one part, and of the parts of one package together. A form of
// two hundred questions has some 30,000 elements at a depth of 20.
const (
	maxDepth = 256
	maxAttrs = 64
	// MaxBytes is the size of the largest part that is read.
	MaxBytes = 8 << 20
	// maxNodes, maxAttrsOfAll and maxNames bound what all parts hold together:
	// some 40 MB.
	maxNodes      = 200_000
	maxAttrsOfAll = 400_000
	maxNames      = 100_000
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
func Parse(text string) (*Node, error) { return new(Budget).Parse(text) }

// Budget bounds what the parts of one package may hold together. Its zero
// value is unspent.
type Budget struct {
	nodes, attributes, names int
	store                    store
	// raw are the attributes of the current start tag as written, attrs the
	// same with their namespaces.
	raw   [maxAttrs]rawAttr
	attrs [maxAttrs]Attr
}

// Release gives the memory of every tree that was parsed on the budget to the
// next one: none of them may be looked at any more. Texts stay good.
func (b *Budget) Release() { b.store.release() }

// Parse reads one document as [Parse] does, on the budget. Elements of
// WordprocessingML of the given local names are checked and left out of the
// tree with all that is in them.
func (b *Budget) Parse(text string, without ...string) (*Node, error) {
	if len(text) > MaxBytes {
		return nil, &SyntaxError{Reason: "the part is larger than a form needs", TooLarge: true}
	}
	if !utf8.ValidString(text) {
		return nil, &SyntaxError{Reason: "the text is not UTF-8"}
	}
	p := parser{text: strings.TrimPrefix(text, "\uFEFF"), budget: b}
	p.names = names{parser: &p, without: without}
	if err := p.run(); err != nil {
		return nil, err
	}
	return p.root, nil
}

type parser struct {
	text   string
	at     int
	root   *Node
	budget *Budget
	open   []element
	// dropping counts the open elements that are left out of the tree.
	dropping int
	names    names
	// noName is the name of every run of text.
	noName Name
}

// element is one that is open; node is nil where it is left out.
type element struct {
	raw  string
	node *Node
	// bindings is how many prefixes were in scope outside it.
	bindings int
}

type rawAttr struct{ name, value string }

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
	case len(p.open) > 0:
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
	if len(p.open) == 0 {
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
	if len(p.open) == 0 {
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
	if text == "" || p.dropping > 0 {
		return nil
	}
	if err := p.count(); err != nil {
		return err
	}
	n := p.budget.store.node(&p.noName)
	n.Text = text
	p.open[len(p.open)-1].node.Append(n)
	return nil
}

func (p *parser) count() *SyntaxError {
	if p.budget.nodes++; p.budget.nodes > maxNodes {
		return p.tooLarge("there are more elements than a form needs")
	}
	return nil
}

func (p *parser) endTag() *SyntaxError {
	if len(p.open) == 0 {
		return p.fail("an end tag does not match its element")
	}
	name, rest := p.open[len(p.open)-1].raw, p.text[p.at+2:]
	if !strings.HasPrefix(rest, name) {
		return p.fail("an end tag does not match its element")
	}
	p.at += 2 + len(name)
	p.space()
	if p.at >= len(p.text) || p.text[p.at] != '>' {
		return p.fail("an end tag is not closed, or does not match its element")
	}
	p.at++
	p.leave()
	return nil
}

// leave closes the open element and drops the prefixes it declared.
func (p *parser) leave() {
	last := p.open[len(p.open)-1]
	p.open = p.open[:len(p.open)-1]
	p.names.forget(last.bindings)
	if last.node == nil {
		p.dropping--
	}
}

func (p *parser) startTag() *SyntaxError {
	if len(p.open) == 0 && p.root != nil {
		return p.fail("there is a second root element")
	}
	if len(p.open) == maxDepth {
		return p.tooLarge("elements are nested deeper than a form needs")
	}
	if err := p.count(); err != nil {
		return err
	}
	p.at++
	raw, outside := p.rawName(), len(p.names.bindings)
	if p.root != nil && (p.dropping > 0 || p.names.droppedBefore(raw)) {
		if done, err := p.skipTag(raw); done || err != nil {
			return err
		}
	}
	count, closed, err := p.attributes()
	if err != nil {
		return err
	}
	name, err := p.names.element(raw)
	if err != nil {
		return err
	}
	if p.root != nil && (p.dropping > 0 || name.dropped) {
		p.dropping++
		p.open = append(p.open, element{raw, nil, outside})
	} else if err := p.enter(name, p.budget.raw[:count], outside); err != nil {
		return err
	}
	if closed {
		p.leave()
	}
	return nil
}

// skipTag reads the rest of a start tag that is left out. It is not done where
// the tag declares a prefix, or may.
func (p *parser) skipTag(raw string) (done bool, err *SyntaxError) {
	rest := p.text[p.at:]
	quote := byte(0)
	for i := range len(rest) {
		switch c := rest[i]; {
		case c == '<' || c < 0x20 && c != '\t' && c != '\n' && c != '\r':
			return false, p.fail("a start tag is broken")
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == 'x' && strings.HasPrefix(rest[i:], "xmlns") || raw == "":
			return false, nil
		case c == '>':
			p.at += i + 1
			if rest[max(0, i-1)] != '/' {
				p.dropping++
				p.open = append(p.open, element{raw, nil, len(p.names.bindings)})
			}
			return true, nil
		}
	}
	return false, p.fail("a start tag is not closed")
}

// enter opens an element of the tree.
func (p *parser) enter(name *Name, raw []rawAttr, outside int) *SyntaxError {
	attrs, err := p.resolve(raw)
	if err != nil {
		return err
	}
	n := p.budget.store.node(name)
	n.Attrs = p.budget.store.keep(attrs)
	if p.root == nil {
		p.root = n
	} else {
		p.open[len(p.open)-1].node.Append(n)
	}
	p.open = append(p.open, element{n.raw, n, outside})
	return nil
}

// rawName reads up to what ends a name; whether it is one is asked when it is
// first met.
func (p *parser) rawName() string {
	from := p.at
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n', '>', '/', '=':
			return p.text[from:p.at]
		}
		p.at++
	}
	return p.text[from:]
}

func (p *parser) space() bool {
	from := p.at
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\n' || p.text[p.at] == '\t' || p.text[p.at] == '\r') {
		p.at++
	}
	return p.at > from
}

// attributes reads up to the end of the start tag and reports how many there
// are and whether the element was closed in it.
func (p *parser) attributes() (count int, closed bool, err *SyntaxError) {
	for ; ; count++ {
		spaced := p.space()
		rest := p.text[p.at:]
		switch {
		case strings.HasPrefix(rest, ">"):
			p.at++
			return count, false, nil
		case strings.HasPrefix(rest, "/>"):
			p.at += 2
			return count, true, nil
		case !spaced:
			return 0, false, p.fail("a start tag is broken")
		case count == maxAttrs:
			return 0, false, p.tooLarge("an element has more attributes than a form needs")
		}
		if p.budget.attributes++; p.budget.attributes > maxAttrsOfAll {
			return 0, false, p.tooLarge("there are more attributes than a form needs")
		}
		if err := p.attribute(&p.budget.raw[count]); err != nil {
			return 0, false, err
		}
	}
}

func (p *parser) attribute(attr *rawAttr) *SyntaxError {
	attr.name = p.rawName()
	p.space()
	if attr.name == "" || p.at >= len(p.text) || p.text[p.at] != '=' {
		return p.fail("an attribute is broken")
	}
	p.at++
	p.space()
	if p.at >= len(p.text) || (p.text[p.at] != '"' && p.text[p.at] != '\'') {
		return p.fail("an attribute has no quotes")
	}
	quote := p.text[p.at]
	p.at++
	from, plain := p.at, true
	for ; p.at < len(p.text) && p.text[p.at] != quote; p.at++ {
		switch c := p.text[p.at]; {
		case c == '<':
			return p.fail("an attribute holds a tag")
		case c < 0x20 || c == '&':
			plain = false
		}
	}
	if p.at >= len(p.text) {
		return p.fail("an attribute is not closed")
	}
	attr.value = p.text[from:p.at]
	p.at++
	if !plain {
		reason := ""
		if attr.value, reason = decode(attributeSpace(attr.value)); reason != "" {
			return p.fail(reason)
		}
	}
	if strings.HasPrefix(attr.name, "xmlns") {
		p.names.declare(attr.name, attr.value)
	}
	return nil
}

// resolve gives attributes their namespaces; the result is good until the next
// start tag.
func (p *parser) resolve(raw []rawAttr) ([]Attr, *SyntaxError) {
	attrs := p.budget.attrs[:len(raw)]
	for i := range raw {
		name, err := p.names.attribute(raw[i].name)
		if err != nil {
			return nil, err
		}
		for j := range i {
			if other := attrs[j].Name; other == name || other.Local == name.Local && other.Space == name.Space {
				return nil, p.fail("an attribute stands twice")
			}
		}
		attrs[i] = Attr{name, raw[i].value}
	}
	return attrs, nil
}
