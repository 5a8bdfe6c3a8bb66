package template

import "github.com/pepost/pepost/internal/word/xmltree"

// tidy leaves nothing behind that Word would not open: tables without rows,
// rows without cells, cells without a paragraph.
func tidy(n *xmltree.Node) {
	for c := n.First; c != nil; {
		next := c.Next
		tidy(c)
		switch {
		case c.Is(xmltree.Word, "tbl") && !has(c, "tr"), c.Is(xmltree.Word, "tr") && !has(c, "tc"):
			n.Remove(c)
		case c.Is(xmltree.Word, "tc") && (c.Last == nil || !c.Last.Is(xmltree.Word, "p") && !c.Last.Is(xmltree.Word, "sdt")):
			c.Append(element("p"))
		}
		c = next
	}
}

// has reports whether a node has an element of a name, in a control too.
func has(n *xmltree.Node, local string) bool {
	for c := n.First; c != nil; c = c.Next {
		if c.Is(xmltree.Word, local) {
			return true
		}
		if c.Is(xmltree.Word, "sdt") {
			if content := c.Child(xmltree.Word, "sdtContent"); content != nil && has(content, local) {
				return true
			}
		}
	}
	return false
}

// spaces drops the thin line of space that stood behind a table which is gone.
func (w *filling) spaces(root *xmltree.Node) {
	body := root.Child(xmltree.Word, "body")
	if body == nil {
		return
	}
	var before *xmltree.Node
	for c := body.First; c != nil; {
		next := c.Next
		if c.Is(xmltree.Word, "p") && w.gaps[styleOf(c)] && find(c, "r") == nil && (before == nil || !isTable(before)) {
			body.Remove(c)
		} else {
			before = c
		}
		c = next
	}
}

// isTable reports whether a node is a table, or ends with one.
func isTable(n *xmltree.Node) bool {
	return n.Is(xmltree.Word, "tbl") || n.Is(xmltree.Word, "sdt") && find(n, "tbl") != nil
}
