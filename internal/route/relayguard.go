package route

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// Guarantee is what a relay is trusted with: which messages it may take, by its
// class, and whether somebody guarantees verified TLS beyond it. A relay that
// moved to another host is another one; its port does not matter.
type Guarantee struct {
	Name, Class, Host string
	OnwardTLS         bool
	ReviewBy          pep.Date
}

// Host is the host of an address host:port, in lower case.
func Host(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return strings.ToLower(address)
	}
	return strings.ToLower(host)
}

// RelayText writes guarantees for keeping, one a line by name; it is empty for
// none. The same guarantees give the same text.
func RelayText(all []Guarantee) string {
	lines := make([]string, 0, len(all))
	for _, g := range all {
		onward := "-"
		if g.OnwardTLS {
			onward = "until:" + g.ReviewBy.String()
		}
		lines = append(lines, strings.Join([]string{g.Name, g.Class, g.Host, onward}, " "))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// ParseRelays reads what [RelayText] wrote.
func ParseRelays(text string) ([]Guarantee, error) {
	var all []Guarantee
	for line := range strings.Lines(text) {
		cells := strings.Fields(line)
		if len(cells) != 4 {
			return nil, fmt.Errorf("a relay's guarantee has four parts, not %d", len(cells))
		}
		g := Guarantee{Name: cells[0], Class: cells[1], Host: cells[2]}
		if day, ok := strings.CutPrefix(cells[3], "until:"); ok {
			on, err := pep.ParseDate(day)
			if err != nil {
				return nil, fmt.Errorf("reading a relay's guarantee: %w", err)
			}
			g.OnwardTLS, g.ReviewBy = true, on
		}
		all = append(all, g)
	}
	return all, nil
}

// RelayTerms are the relays as two people agreed to them and as the file on
// disk has them. The zero RelayTerms guards nothing: what is on disk counts.
type RelayTerms struct {
	Kept            bool // whether InForce is to be gone by
	InForce, OnDisk []Guarantee
}

// Changed reports whether the file on disk says anything else.
func (t RelayTerms) Changed() bool { return t.Kept && RelayText(t.InForce) != RelayText(t.OnDisk) }

// Waits is why a relay is not to be used for what it must be trusted with;
// empty where it may. One that the file has taken out is gone at once.
func (t RelayTerms) Waits(name string) string {
	disk, there := relayNamed(t.OnDisk, name)
	if !t.Kept || !there {
		return ""
	}
	switch agreed, known := relayNamed(t.InForce, name); {
	case !known:
		return "the relay " + name + " is new, and waits for two people: " + howToAgree
	case agreed.Host != disk.Host:
		return "the relay " + name + " is at another host since, and waits for two people: " + howToAgree
	case agreed.Class != disk.Class:
		return "the relay " + name + " is of another class since, and waits for two people: " + howToAgree
	}
	return ""
}

// Changes says in words what the file on disk changes; what waits for two
// people says so.
func (t RelayTerms) Changes() []string {
	if !t.Changed() {
		return nil
	}
	var all []string
	for _, disk := range t.OnDisk {
		agreed, _ := relayNamed(t.InForce, disk.Name)
		switch why := t.Waits(disk.Name); {
		case why != "":
			all = append(all, why)
		case disk.OnwardTLS && !agreed.OnwardTLS:
			all = append(all, "the relay "+disk.Name+" has a guarantee of verified TLS beyond it, which waits for two people: "+howToAgree)
		case disk.OnwardTLS && disk.ReviewBy.After(agreed.ReviewBy):
			all = append(all, "the guarantee of the relay "+disk.Name+" goes on past "+agreed.ReviewBy.Long()+", which waits for two people: "+howToAgree)
		case disk != agreed:
			all = append(all, "the relay "+disk.Name+" is trusted with less, which counts already")
		}
	}
	for _, agreed := range t.InForce {
		if _, there := relayNamed(t.OnDisk, agreed.Name); !there {
			all = append(all, "the relay "+agreed.Name+" is gone, which counts already")
		}
	}
	return all
}

// permit takes from means what two people have not agreed to. It only ever
// takes away.
func (t RelayTerms) permit(m Means) Means {
	if !t.Changed() {
		return m
	}
	m.Relay = t.limit(m.Relay)
	m.Bound = slices.Clone(m.Bound)
	for i, bound := range m.Bound {
		m.Bound[i] = t.limit(bound)
	}
	if m.Sealed != "" && t.Waits(m.Sealed) != "" {
		m.Sealed = ""
	}
	return m
}

// limit is what of a relay's guarantee both the file and two people say.
func (t RelayTerms) limit(r RelayFacts) RelayFacts {
	agreed, known := relayNamed(t.InForce, r.Name)
	switch {
	case !known, t.Waits(r.Name) != "", !agreed.OnwardTLS:
		r.OnwardTLS, r.ReviewBy = false, pep.Date{}
	case agreed.ReviewBy.Before(r.ReviewBy):
		r.ReviewBy = agreed.ReviewBy
	}
	return r
}

func relayNamed(all []Guarantee, name string) (Guarantee, bool) {
	at := slices.IndexFunc(all, func(g Guarantee) bool { return g.Name == name })
	if at < 0 {
		return Guarantee{}, false
	}
	return all[at], true
}
