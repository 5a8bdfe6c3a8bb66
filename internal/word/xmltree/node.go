// Package xmltree reads untrusted XML of an Office package into a small tree
// and writes it back, within bounds.
//
// It takes the bytes of one part and gives a [Node]. It exists because the
// standard decoder, and every library on top of it, needs several times the
// time that a returned form may cost, and because what an Office part may
// hold is far less than what XML allows: UTF-8 only, no document type, no
// entities but the five of XML 1.0 and numeric ones, bounded depth, bounded
// count of nodes and attributes. Names carry their namespace; the namespaces
// of strict OOXML (ISO/IEC 29500-1) are read as their transitional twins.
//
// It never resolves anything outside the given bytes, never guesses at broken
// markup and never panics.
package xmltree

// Name is the name of an element or an attribute. All elements of a part that
// are written alike share one.
type Name struct {
	// Space is the namespace, empty for an attribute without a prefix; Local
	// is the name in it, empty for a run of text; raw is the name as written.
	Space, Local, raw string
	// dropped marks what a reader asked to leave out of the tree.
	dropped bool
}

// Node is an element, or a run of text where Local is empty.
type Node struct {
	*Name
	Attrs []Attr
	// Text is the decoded character data of a text node.
	Text string

	Parent, First, Last, Next *Node
}

// Attr is one attribute.
type Attr struct {
	*Name
	Value string
}

// Is reports whether the node is the element local of a namespace.
func (n *Node) Is(space, local string) bool { return n.Local == local && n.Space == space }

// Attr is the value of an attribute, empty where there is none.
func (n *Node) Attr(space, local string) string {
	value, _ := n.LookupAttr(space, local)
	return value
}

// LookupAttr is the value of an attribute and whether there is one.
func (n *Node) LookupAttr(space, local string) (string, bool) {
	for i := range n.Attrs {
		if n.Attrs[i].Local == local && n.Attrs[i].Space == space {
			return n.Attrs[i].Value, true
		}
	}
	return "", false
}

// SetAttr changes the value of an attribute that is there.
func (n *Node) SetAttr(space, local, value string) {
	for i := range n.Attrs {
		if n.Attrs[i].Local == local && n.Attrs[i].Space == space {
			n.Attrs[i].Value = value
		}
	}
}

// Child is the first child element of that name, or nil.
func (n *Node) Child(space, local string) *Node {
	for c := n.First; c != nil; c = c.Next {
		if c.Is(space, local) {
			return c
		}
	}
	return nil
}

// Append puts a node, which has no parent yet, behind the last child.
func (n *Node) Append(child *Node) {
	child.Parent, child.Next = n, nil
	if n.Last == nil {
		n.First = child
	} else {
		n.Last.Next = child
	}
	n.Last = child
}

// InsertAfter puts a node, which has no parent yet, behind n.
func (n *Node) InsertAfter(sibling *Node) {
	sibling.Parent, sibling.Next = n.Parent, n.Next
	n.Next = sibling
	if n.Parent.Last == n {
		n.Parent.Last = sibling
	}
}

// Remove takes a child out of n.
func (n *Node) Remove(child *Node) {
	var before *Node
	for c := n.First; c != nil; before, c = c, c.Next {
		if c != child {
			continue
		}
		if before == nil {
			n.First = c.Next
		} else {
			before.Next = c.Next
		}
		if n.Last == c {
			n.Last = before
		}
		c.Parent, c.Next = nil, nil
		return
	}
}

// Clear takes all children out.
func (n *Node) Clear() { n.First, n.Last = nil, nil }

// Copy is a deep copy without parent.
func (n *Node) Copy() *Node {
	twin := &Node{Name: n.Name, Text: n.Text}
	twin.Attrs = append(twin.Attrs, n.Attrs...)
	for c := n.First; c != nil; c = c.Next {
		twin.Append(c.Copy())
	}
	return twin
}

// Content is all character data below the node.
func (n *Node) Content() string {
	if n.First != nil && n.First == n.Last && n.First.Local == "" {
		return n.First.Text
	}
	return string(n.appendContent(nil))
}

func (n *Node) appendContent(to []byte) []byte {
	for c := n.First; c != nil; c = c.Next {
		if c.Local == "" {
			to = append(to, c.Text...)
		} else {
			to = c.appendContent(to)
		}
	}
	return to
}

// NewText is a text node.
func NewText(text string) *Node { return &Node{Name: &Name{}, Text: text} }

// NewElement is an element written under the prefix that its parent's part
// declares for the namespace.
func NewElement(space, prefix, local string, attrs ...Attr) *Node {
	return &Node{Name: &Name{Space: space, Local: local, raw: prefix + ":" + local}, Attrs: attrs}
}

// NewAttr is an attribute; an empty prefix stands for no namespace.
func NewAttr(space, prefix, local, value string) Attr {
	raw := local
	if prefix != "" {
		raw = prefix + ":" + local
	}
	return Attr{Name: &Name{Space: space, Local: local, raw: raw}, Value: value}
}
