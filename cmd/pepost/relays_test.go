package main

import (
	"testing"

	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/smtpout"
)

const policyWithGateway = `authority: Cheshire West and Chester
rows:
  - id: closed
    kind: deny
    pattern: closed.example
gateways:
  - name: egress
    product: Egress
    relay: entrance
    add_header: "X-Egress-Label: Official-Sensitive"
    max_size: 20000000
    canary_to: canary@elsewhere.example
    canary_every: 6
    canary_header: "X-Egress-Protected: yes"
    delivered_means: waiting
    evidence: the contract
    checked_by: council IT
    checked_on: 2026-01-05
    review_by: 2027-01-05
`

// A running serve reads its rules again: a gateway that came since is used, and
// one that went is not.
func TestAGatewaysEntranceIsThatOfTheRulesOfTheMoment(t *testing.T) {
	c := config.Config{Relays: []config.Relay{{Name: "entrance", Class: config.ClassGateway, Address: "127.0.0.1:9"}}}
	now := &pipeline.Runner{}
	r := relays{clients: map[string]*smtpout.Client{}}.through(c, func() *pipeline.Runner { return now })
	if got := r.entrance("egress"); got != "" {
		t.Errorf("a gateway that nobody described has the entrance %q", got)
	}
	with, err := route.Parse("delivery.yaml", []byte(policyWithGateway))
	if err != nil {
		t.Fatal(err)
	}
	now = &pipeline.Runner{Policy: with}
	if got := r.entrance("egress"); got != "entrance" {
		t.Errorf("the entrance of a gateway that came since: %q", got)
	}
	now = &pipeline.Runner{}
	out := r.Send(t.Context(), dispatch.Envelope{Relay: "egress"}, func() error { return nil })
	if out.Result != outbox.ResultRouteBroken {
		t.Errorf("a gateway that went is still used: %+v", out)
	}
}
