package template

import "github.com/pepost/pepost/internal/word/xmltree"

// unwrap puts the children of a control's content in the place of the control.
func unwrap(sdt *xmltree.Node) {
	parent := sdt.Parent
	if content := sdt.Child(xmltree.Word, "sdtContent"); content != nil {
		at := sdt
		for c := content.First; c != nil; {
			next := c.Next
			content.Remove(c)
			at.InsertAfter(c)
			at, c = c, next
		}
	}
	parent.Remove(sdt)
}

// remove takes a node out of its parent.
func remove(n *xmltree.Node) {
	if n.Parent != nil {
		n.Parent.Remove(n)
	}
}

// insertBefore puts a node in front of another.
func insertBefore(at, n *xmltree.Node) {
	parent := at.Parent
	if parent.First == at {
		n.Parent, n.Next = parent, at
		parent.First = n
		return
	}
	for c := parent.First; c != nil; c = c.Next {
		if c.Next == at {
			c.InsertAfter(n)
			return
		}
	}
}

// ancestor is the nearest element of a name around a node, not above a bound;
// nil where there is none.
func ancestor(n *xmltree.Node, local string) *xmltree.Node {
	for at := n.Parent; at != nil; at = at.Parent {
		if at.Is(xmltree.Word, local) {
			return at
		}
	}
	return nil
}

// every walks a node's descendants; a node that do takes out is not entered.
func every(n *xmltree.Node, do func(*xmltree.Node)) {
	for c := n.First; c != nil; {
		next := c.Next
		do(c)
		if c.Parent == n {
			every(c, do)
		}
		c = next
	}
}

// find is the first descendant of a name in Word's namespace.
func find(n *xmltree.Node, local string) *xmltree.Node {
	for c := n.First; c != nil; c = c.Next {
		if c.Is(xmltree.Word, local) {
			return c
		}
		if below := find(c, local); below != nil {
			return below
		}
	}
	return nil
}

func element(local string, attrs ...xmltree.Attr) *xmltree.Node {
	return xmltree.NewElement(xmltree.Word, "w", local, attrs...)
}

// valued is an element with the attribute w:val.
func valued(local, value string) *xmltree.Node { return element(local, attr("val", value)) }

func attr(local, value string) xmltree.Attr { return xmltree.NewAttr(xmltree.Word, "w", local, value) }

// setAttr changes an attribute or adds it.
func setAttr(n *xmltree.Node, local, value string) {
	if _, has := n.LookupAttr(xmltree.Word, local); has {
		n.SetAttr(xmltree.Word, local, value)
		return
	}
	n.Attrs = append(n.Attrs, attr(local, value))
}
