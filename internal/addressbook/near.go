package addressbook

import (
	"hash/fnv"
	"slices"
	"strings"
)

// Neighbours finds, among many domains, those that are like one, without
// comparing it with each. The zero value is empty and ready.
type Neighbours struct {
	domains []string
	known   map[string]bool
	byTrace map[uint64][]int32
}

// Add takes a domain in; one that is in already changes nothing.
func (n *Neighbours) Add(domain string) {
	if n.known == nil {
		n.known, n.byTrace = map[string]bool{}, map[uint64][]int32{}
	}
	if n.known[domain] {
		return
	}
	n.known[domain] = true
	at := int32(len(n.domains))
	n.domains = append(n.domains, domain)
	for _, trace := range traces(domain) {
		n.byTrace[trace] = append(n.byTrace[trace], at)
	}
}

// Of gives the domains added so far that are like the one given, in
// alphabetical order.
func (n *Neighbours) Of(domain string) []string {
	seen := map[int32]bool{}
	var all []string
	for _, trace := range traces(domain) {
		for _, at := range n.byTrace[trace] {
			if !seen[at] && Alike(domain, n.domains[at]) != NotAlike {
				all = append(all, n.domains[at])
			}
			seen[at] = true
		}
	}
	slices.Sort(all)
	return all
}

// traces are hashes of what two domains that are alike have at least one in
// common of: the whole, the skeleton, the name, the beginnings at a dot, and
// the whole with one character left out.
func traces(domain string) []uint64 {
	texts := []string{"whole " + domain, "squash " + squash(domain), "eye " + skeleton(domain), "name " + squash(name(domain))}
	for i := range len(domain) {
		texts = append(texts, "whole "+domain[:i]+domain[i+1:])
		if domain[i] == '.' {
			texts = append(texts, "start "+domain[:i])
		}
	}
	texts = append(texts, "start "+domain)
	all := make([]uint64, 0, len(texts))
	for _, text := range texts {
		if strings.HasSuffix(text, " ") {
			continue
		}
		sum := fnv.New64a()
		_, _ = sum.Write([]byte(text)) // it never fails
		all = append(all, sum.Sum64())
	}
	return all
}
