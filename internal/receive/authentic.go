package receive

import (
	"strings"

	"github.com/emersion/go-msgauth/authres"
)

// Gateway is the council's own mail gateway, whose word on a sender counts.
// The zero Gateway is unknown: then nobody's does.
type Gateway struct {
	// ID is the name under which it writes Authentication-Results (RFC 8601).
	ID string
	// Host is its name in its own Received line.
	Host string
}

// maxResults bounds the Authentication-Results of one message that are read.
const maxResults = 50

// authentic says why the sender is not verified, empty where there is nothing
// against them. A pass counts from our own gateway alone, above its Received
// line: below it stands whatever the sender wrote. A failure counts from
// anybody, since nobody gains by inventing one.
func (p parsed) authentic(g Gateway) string {
	passed, gateway, read := false, g.above(p.received()), 0
	received := 0
	for field := p.header.Fields(); field.Next() && read < maxResults; {
		switch strings.ToLower(field.Key()) {
		case "received":
			received++
		case "authentication-results":
			read++
			id, result := dmarcOf(field.Value())
			if result == authres.ResultFail {
				return "the sender's domain does not stand behind the message (DMARC fails)"
			}
			ours := g.ID != "" && strings.EqualFold(id, g.ID) && received < gateway
			passed = passed || ours && result == authres.ResultPass
		}
	}
	if g.ID != "" && !passed {
		return "the mail gateway does not say that the sender's domain stands behind the message (no DMARC pass)"
	}
	return ""
}

// dmarcOf is who writes an Authentication-Results field and what of DMARC. A
// field that cannot be read, or that says two things, says none.
func dmarcOf(value string) (id string, result authres.ResultValue) {
	id, results, err := authres.Parse(value)
	if err != nil {
		return "", authres.ResultNone
	}
	result = authres.ResultNone
	for _, each := range results {
		dmarc, ok := each.(*authres.DMARCResult)
		switch {
		case !ok:
		case result == authres.ResultNone:
			result = dmarc.Value
		case result != dmarc.Value:
			return id, authres.ResultFail
		}
	}
	return id, result
}

// received are the Received lines, the newest first.
func (p parsed) received() []string {
	var all []string
	for field := p.header.FieldsByKey("Received"); field.Next(); {
		all = append(all, field.Value())
	}
	return all
}

// above is how many Received lines may stand above a field for it to be within
// our own systems: those down to the gateway's, or to the first line of all
// where the gateway's is not found. Nought means that no field is.
func (g Gateway) above(received []string) int {
	for i, line := range received {
		words := strings.Fields(line)
		for n := range len(words) - 1 {
			if strings.EqualFold(words[n], "by") && strings.EqualFold(strings.TrimRight(words[n+1], ";"), g.Host) {
				return i + 1
			}
		}
	}
	return min(len(received), 1)
}
