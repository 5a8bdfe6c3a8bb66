package route

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/pepost/pepost/internal/pep"
)

// egressRecipe and voltageRecipe are how the two products are written: one by
// its own entrance and a header, the other by a tag in the subject.
const egressRecipe = `  - name: egress
    product: Egress
    relay: egress
    add_header: "X-Egress-Label: Official-Sensitive"
    from_must_be: peps@council.example
    max_size: 26214400
    canary_to: canary@elsewhere.example
    canary_every: 6
    canary_fresh: 24
    canary_header: "X-Egress-Protected: yes"
    canary_file: .switch
    delivered_means: waiting
    evidence: "the contract of 2026, section 4"
    checked_by: council IT
    checked_on: 2026-01-05
    review_by: 2027-01-05
`

const voltageRecipe = `  - name: voltage
    product: Voltage SecureMail
    relay: voltage
    subject_prefix: "[secure] "
    max_size: 20000000
    canary_to: canary@elsewhere.example
    canary_every: 12
    canary_type: multipart/mixed
    canary_says: "secure message"
    canary_file: .html
    delivered_means: mailbox
    evidence: "the gateway's policy, read with its administrator"
    checked_by: council IT
    checked_on: 2026-01-05
    review_by: 2027-01-05
`

const gatewayRows = "authority: Council\nrows:\n  - id: gone\n    kind: deny\n    pattern: gone.example\ngateways:\n"

func TestGatewaysAreReadBesideTheRows(t *testing.T) {
	for _, text := range []string{gatewayRows + egressRecipe + voltageRecipe, "gateways:\n" + egressRecipe + voltageRecipe + strings.TrimSuffix(gatewayRows, "gateways:\n")} {
		p, err := Parse("delivery.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		day := pep.MustDate
		want := []Gateway{
			{
				Name: "egress", Product: "Egress", Relay: "egress", Headers: []Header{{"X-Egress-Label", "Official-Sensitive"}},
				FromMustBe: []string{"peps@council.example"}, MaxSize: 26214400, DeliveredMeans: MeansWaiting,
				Canary: Canary{
					To: pep.ParseAddress("canary@elsewhere.example"), Every: 6 * time.Hour, Fresh: 24 * time.Hour,
					Signs: Signs{Headers: []Header{{"X-Egress-Protected", "yes"}}, File: ".switch"},
				},
				Evidence: "the contract of 2026, section 4", CheckedBy: "council IT", CheckedOn: day("2026-01-05"), ReviewBy: day("2027-01-05"),
			},
			{
				Name: "voltage", Product: "Voltage SecureMail", Relay: "voltage", SubjectPrefix: "[secure] ", MaxSize: 20000000, DeliveredMeans: MeansMailbox,
				Canary: Canary{
					To: pep.ParseAddress("canary@elsewhere.example"), Every: 12 * time.Hour, Fresh: 24 * time.Hour,
					Signs: Signs{Type: "multipart/mixed", File: ".html", Says: []string{"secure message"}},
				},
				Evidence: "the gateway's policy, read with its administrator", CheckedBy: "council IT", CheckedOn: day("2026-01-05"), ReviewBy: day("2027-01-05"),
			},
		}
		if diff := cmp.Diff(want, p.Gateways(), cmpopts.IgnoreUnexported(Gateway{}), cmp.Comparer(func(a, b pep.Address) bool { return a == b })); diff != "" {
			t.Errorf("gateways (-want +got):\n%s", diff)
		}
		if len(p.Rows()) != 1 || p.Rows()[0].ID != "gone" {
			t.Errorf("rows %+v", p.Rows())
		}
	}
}

func TestEveryFaultOfAGatewayIsFound(t *testing.T) {
	for name, tt := range map[string]struct{ was, is, text string }{
		"unknown key":        {"product: Egress", "produkt: Egress", "nobody reads the key"},
		"twice":              {"product: Egress", "name: other", "the key stands twice"},
		"no relay":           {"    relay: egress\n", "", "has no relay"},
		"no evidence":        {"    evidence: \"the contract of 2026, section 4\"\n", "", "has no evidence"},
		"no review":          {"    review_by: 2027-01-05\n", "", "has no review_by"},
		"reviewed too early": {"review_by: 2027-01-05", "review_by: 2026-01-04", "lies before"},
		"no signs":           {"    canary_header: \"X-Egress-Protected: yes\"\n    canary_file: .switch\n", "", "how a message that the gateway encrypted is known"},
		"a forged sender":    {"X-Egress-Label: Official-Sensitive", "Reply-To: x@evil.example", "no gateway is ordered by the header"},
		"a second line":      {"X-Egress-Label: Official-Sensitive", "X-Egress Label: a", "not a header line"},
		"a size of words":    {"26214400", "25MB", "not a number of bytes"},
		"no size":            {"26214400", "0", "not a number of bytes"},
		"fresh too short":    {"canary_fresh: 24", "canary_fresh: 5", "proves nothing any more"},
		"canary to nobody":   {"canary_to: canary@elsewhere.example", "canary_to: canary", "not an address"},
		"sender":             {"from_must_be: peps@council.example", "from_must_be: \"a@b@c\"", "not an address"},
		"meaning":            {"delivered_means: waiting", "delivered_means: read", "not one of the words"},
		"no name":            {"name: egress", "name: Egress!", "not an id"},
	} {
		_, err := Parse("delivery.yaml", []byte(gatewayRows+strings.Replace(egressRecipe, tt.was, tt.is, 1)))
		var problems Problems
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v, want %q", name, err, tt.text)
		}
	}
	_, err := Parse("delivery.yaml", []byte(gatewayRows+egressRecipe+egressRecipe))
	if err == nil || !strings.Contains(err.Error(), "same name") {
		t.Errorf("two of one name: %v", err)
	}
}

func TestAGatewayTakesFromItsSendersOnly(t *testing.T) {
	g := Gateway{FromMustBe: []string{"peps@council.example", "schools.example"}}
	for address, want := range map[string]bool{
		"peps@council.example": true, "PEPS@council.example": true, "x@schools.example": true,
		"other@council.example": false, "x@evilschools.example": false, "": false,
	} {
		if got := g.TakesFrom(pep.ParseAddress(address)); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
	if !(Gateway{}).TakesFrom(pep.ParseAddress("a@b.example")) {
		t.Error("a gateway that asks for no sender refuses one")
	}
}

// TestD05D07AClosedGatewayGivesWayToTheNextMethod, with the reason why it is
// closed in the decision.
func TestD05D07AClosedGatewayGivesWayToTheNextMethod(t *testing.T) {
	p, err := Parse("delivery.yaml", []byte(gatewayRows+egressRecipe))
	if err != nil {
		t.Fatal(err)
	}
	ask := func(m Means) Decision {
		return p.Decide(Question{To: pep.ParseAddress("a@school.example"), From: pep.ParseAddress("peps@council.example"), On: pep.MustDate("2026-02-02"), Means: m})
	}
	const why = "the gateway egress is closed: its last canary came back in clear"
	for name, tt := range map[string]struct {
		means  Means
		method Method
		reason string
	}{
		"D05 open":               {Means{Gateway: "egress", OpenPGPKey: true}, MethodGateway, "through the encrypting gateway egress"},
		"D05 closed, with a key": {Means{GatewayClosed: why, OpenPGPKey: true}, MethodOpenPGP, why},
		"D07 closed, no key":     {Means{GatewayClosed: why}, MethodProtectedDocument, why},
		"D07 none, no key":       {Means{}, MethodProtectedDocument, "no gateway is configured"},
		"D07 agreed Egress":      {Means{GatewayClosed: why, Agreed: pep.AgreedEgress}, MethodProtectedDocument, why},
	} {
		got := ask(tt.means)
		if got.Method != tt.method || got.Verdict != Encrypt || !strings.Contains(strings.Join(got.Reasons, "; "), tt.reason) {
			t.Errorf("%s: %s, %s, %v", name, got.Verdict, got.Method, got.Reasons)
		}
	}
}

// TestF44WhatWasSealedForAGatewayHoldsOnceItIsClosed: it is never handed over
// and never sent another way by itself.
func TestF44WhatWasSealedForAGatewayHoldsOnceItIsClosed(t *testing.T) {
	p, err := Parse("delivery.yaml", []byte(gatewayRows+egressRecipe))
	if err != nil {
		t.Fatal(err)
	}
	q := Question{To: pep.ParseAddress("a@school.example"), From: pep.ParseAddress("peps@council.example"), On: pep.MustDate("2026-02-02"), Means: Means{Gateway: "egress"}}
	earlier := p.Decide(q)
	if _, weaker := p.Redecide(earlier, q); weaker || earlier.Relay != "egress" {
		t.Fatalf("held while the gateway is open: %+v", earlier)
	}
	for name, m := range map[string]Means{
		"closed":  {GatewayClosed: "the gateway egress is closed: its last canary came back in clear"},
		"another": {Gateway: "voltage"},
		"none":    {},
	} {
		q.Means = m
		if now, weaker := p.Redecide(earlier, q); !weaker || !strings.Contains(now.Reasons[len(now.Reasons)-1], "not open") {
			t.Errorf("%s: %v, %v", name, weaker, now.Reasons)
		}
	}
}
