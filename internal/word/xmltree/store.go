package xmltree

import "sync"

// slab is how many nodes, or attributes, are made at once: that halves the
// time of a parse.
const slab = 512

var (
	// nodeSlabs are kept, empty, for the next package.
	nodeSlabs = sync.Pool{New: func() any { return new([slab]Node) }}
	// attrSlabs are kept likewise.
	attrSlabs = sync.Pool{New: func() any { return new([slab]Attr) }}
)

// store hands out nodes and attributes from slabs.
type store struct {
	nodes     []Node
	attrs     []Attr
	usedNodes []*[slab]Node
	usedAttrs []*[slab]Attr
}

func (s *store) node(name *Name) *Node {
	if len(s.nodes) == 0 {
		taken := nodeSlabs.Get().(*[slab]Node)
		s.usedNodes, s.nodes = append(s.usedNodes, taken), taken[:]
	}
	n := &s.nodes[0]
	s.nodes = s.nodes[1:]
	n.Name = name
	return n
}

// keep copies attributes into a slab; appending to the result never reaches a
// neighbour.
func (s *store) keep(attrs []Attr) []Attr {
	if len(attrs) == 0 {
		return nil
	}
	if len(s.attrs) < len(attrs) {
		taken := attrSlabs.Get().(*[slab]Attr)
		s.usedAttrs, s.attrs = append(s.usedAttrs, taken), taken[:]
	}
	kept := s.attrs[:len(attrs):len(attrs)]
	s.attrs = s.attrs[len(attrs):]
	copy(kept, attrs)
	return kept
}

// release empties all slabs and gives them back.
func (s *store) release() {
	for _, used := range s.usedNodes {
		*used = [slab]Node{}
		nodeSlabs.Put(used)
	}
	for _, used := range s.usedAttrs {
		*used = [slab]Attr{}
		attrSlabs.Put(used)
	}
	*s = store{}
}
