package route_test

import (
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

const boundPolicy = `authority: Council
rows:
  - id: own
    kind: exact
    pattern: council.example
    route: secure
    evidence: example
    checked_by: nobody
    checked_on: 2026-01-01
    review_by: 2030-01-01
  - id: courts
    kind: exact
    pattern: court.example
    route: secure
    evidence: example
    checked_by: nobody
    checked_on: 2026-01-01
    review_by: 2030-01-01
    relay: courts
`

// TestOrdinaryMailGoesThroughTheRelayItsRowNames: each relay by its own
// guarantee, and a relay that is not configured makes nothing secure.
func TestOrdinaryMailGoesThroughTheRelayItsRowNames(t *testing.T) {
	policy, err := route.Parse("delivery.yaml", []byte(boundPolicy))
	if err != nil {
		t.Fatal(err)
	}
	day, later, past := pep.MustDate("2026-11-02"), pep.MustDate("2027-11-02"), pep.MustDate("2026-11-01")
	main := route.RelayFacts{Name: "relay", OnwardTLS: true, ReviewBy: later}
	for name, tt := range map[string]struct {
		means   route.Means
		to      string
		verdict route.Verdict
		relay   string
		why     string
	}{
		"not bound":        {route.Means{Relay: main}, "a@council.example", route.Secure, "relay", ""},
		"bound":            {route.Means{Relay: main, Bound: []route.RelayFacts{{Name: "courts", OnwardTLS: true, ReviewBy: later}}}, "a@court.example", route.Secure, "courts", ""},
		"bound, unproved":  {route.Means{Relay: main, Bound: []route.RelayFacts{{Name: "courts"}}}, "a@court.example", route.Encrypt, "relay", "nobody guarantees"},
		"bound, lapsed":    {route.Means{Relay: main, Bound: []route.RelayFacts{{Name: "courts", OnwardTLS: true, ReviewBy: past}}}, "a@court.example", route.Encrypt, "relay", "has lapsed"},
		"bound to nothing": {route.Means{Relay: main, Sealed: "sealed"}, "a@court.example", route.Encrypt, "sealed", "not the one in use"},
	} {
		got := policy.Decide(route.Question{To: pep.ParseAddress(tt.to), From: pep.ParseAddress("b@council.example"), On: day, Means: tt.means})
		if got.Verdict != tt.verdict || got.Relay != tt.relay || !strings.Contains(strings.Join(got.Reasons, "; "), tt.why) {
			t.Errorf("%s: %s through %q, %v", name, got.Verdict, got.Relay, got.Reasons)
		}
	}
}
