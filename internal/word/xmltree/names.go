package xmltree

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// names gives the names of a part their namespaces, each once while the
// prefixes in scope stay the same.
type names struct {
	parser   *parser
	bindings []binding
	// without are the local names of WordprocessingML to be left out.
	without              []string
	elements, attributes known
}

// binding is one prefix in scope.
type binding struct{ prefix, space string }

// known are the names met so far: all, and by a quick guess the latest.
type known struct {
	quick [256]*Name
	all   map[string]*Name
}

// clear forgets all. A map that grew large is left behind: to clear it again
// and again would take long.
func (k *known) clear() {
	switch {
	case len(k.all) == 0:
		return
	case len(k.all) > 32:
		k.all = nil
	default:
		clear(k.all)
	}
	k.quick = [256]*Name{}
}

// guess is where a name may stand in quick.
func guess(raw string) uint8 {
	last := len(raw) - 1
	return raw[0] + 7*raw[last/2] + 31*raw[last] + 61*uint8(last)
}

// declare puts a prefix into scope. All names are resolved anew.
func (n *names) declare(attr, space string) {
	prefix, declares := strings.CutPrefix(attr, "xmlns:")
	if !declares && attr != "xmlns" {
		return
	}
	if !declares {
		prefix = ""
	}
	n.bindings = append(n.bindings, binding{prefix, transitional(space)})
	n.elements.clear()
	n.attributes.clear()
}

// forget takes the prefixes that an element declared out of scope.
func (n *names) forget(outside int) {
	if len(n.bindings) > outside {
		n.bindings = n.bindings[:outside]
		n.elements.clear()
		n.attributes.clear()
	}
}

// droppedBefore reports whether a name is known to be left out.
func (n *names) droppedBefore(raw string) bool {
	if raw == "" {
		return false
	}
	name := n.elements.quick[guess(raw)]
	return name != nil && name.raw == raw && name.dropped
}

func (n *names) element(raw string) (*Name, *SyntaxError) {
	if raw == "" {
		return nil, n.parser.fail("an element has no name")
	}
	if name := n.elements.quick[guess(raw)]; name != nil && name.raw == raw {
		return name, nil
	}
	return n.find(&n.elements, raw, true)
}

func (n *names) attribute(raw string) (*Name, *SyntaxError) {
	if name := n.attributes.quick[guess(raw)]; name != nil && name.raw == raw {
		return name, nil
	}
	return n.find(&n.attributes, raw, false)
}

func (n *names) find(met *known, raw string, element bool) (*Name, *SyntaxError) {
	name, found := met.all[raw]
	if !found {
		if n.parser.budget.names++; n.parser.budget.names > maxNames {
			return nil, n.parser.tooLarge("there are more names than a form needs")
		}
		space, local, ok := n.split(raw, element)
		if !ok {
			return nil, n.parser.fail("a name is broken, or its prefix is not declared")
		}
		name = &Name{Space: space, Local: local, raw: raw, dropped: element && space == Word && slices.Contains(n.without, local)}
		if met.all == nil {
			met.all = map[string]*Name{}
		}
		met.all[raw] = name
	}
	met.quick[guess(raw)] = name
	return name, nil
}

func (n *names) split(raw string, element bool) (space, local string, ok bool) {
	for i := range len(raw) {
		if !nameByte(raw[i]) {
			return "", "", false
		}
	}
	prefix, local, prefixed := strings.Cut(raw, ":")
	if !prefixed {
		if !element {
			return "", raw, true
		}
		space, _ = n.lookUp("")
		return space, raw, true
	}
	if local == "" || strings.IndexByte(local, ':') >= 0 {
		return "", "", false
	}
	space, ok = n.lookUp(prefix)
	return space, local, ok
}

func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == ':' || c == '_' || c == '-' || c == '.' || c >= utf8.RuneSelf
}

func (n *names) lookUp(prefix string) (string, bool) {
	switch prefix {
	case "xmlns":
		return "xmlns", true
	case "xml":
		return "http://www.w3.org/XML/1998/namespace", true
	}
	for i := len(n.bindings) - 1; i >= 0; i-- {
		if n.bindings[i].prefix == prefix {
			return n.bindings[i].space, true
		}
	}
	return "", false
}
