package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/canary"
	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
)

func (p *program) gatewayCommand() *cobra.Command {
	group := &cobra.Command{
		Use: "gateway", Short: "the encrypting gateways: whether each is open, and their canaries", Args: cobra.NoArgs,
		Long: "gateway looks at the gateways of delivery.yaml, such as Egress or Voltage. One is open\n" +
			"while its newest canary came back encrypted and is fresh; else its mail is held.\n" +
			"serve sends the canaries by itself; what comes back is taken in with pepost receive.",
		Example: "  pepost gateway list\n  pepost gateway canary egress",
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	group.AddCommand(
		&cobra.Command{
			Use: "list", Short: "each gateway, whether it is open, and why", Args: cobra.NoArgs, Example: "  pepost gateway list --json",
			RunE: func(cmd *cobra.Command, _ []string) error { return p.gatewayList(cmd.Context()) },
		},
		&cobra.Command{
			Use: "canary NAME", Short: "send one canary through a gateway now", Args: cobra.ExactArgs(1), Example: "  pepost gateway canary egress",
			RunE: func(cmd *cobra.Command, args []string) error { return p.gatewayCanary(cmd.Context(), args[0]) },
		},
	)
	return group
}

// gatewayJSON is one line of gateway list --json.
type gatewayJSON struct {
	Name     string       `json:"name"`
	Product  string       `json:"product"`
	Relay    string       `json:"relay"`
	Open     bool         `json:"open"`
	Why      string       `json:"why"`
	Due      bool         `json:"canary_due"`
	Canaries []canaryJSON `json:"canaries"`
}

type canaryJSON struct {
	ID     string       `json:"id"`
	At     time.Time    `json:"at"`
	State  canary.State `json:"state"`
	Judged time.Time    `json:"judged,omitzero"`
	Why    string       `json:"why,omitempty"`
}

func canaryOf(c canary.Sent) canaryJSON {
	return canaryJSON{ID: canary.Prefix + c.ID, At: c.At, State: c.State, Judged: c.Judged, Why: c.Why}
}

// gatewayList tells how each gateway stands; one that is closed holds mail, so
// that a person must look.
func (p *program) gatewayList(ctx context.Context) error {
	return p.with(ctx, false, func(i *installation) error {
		states, err := i.runner.GatewayStates(ctx)
		if err != nil {
			return err
		}
		code := exitDone
		for _, s := range states {
			if !s.Standing.Open {
				code = exitHeld
			}
			if err := p.tellGateway(s); err != nil {
				return err
			}
		}
		if len(states) == 0 && !p.flags.json {
			fmt.Fprintln(p.stdout, "delivery.yaml describes no gateway, or none that two people agreed to")
		}
		return outcome(code)
	})
}

func (p *program) tellGateway(s pipeline.GatewayState) error {
	if p.flags.json {
		line := gatewayJSON{
			Name: s.Gateway.Name, Product: s.Gateway.Product, Relay: s.Gateway.Relay,
			Open: s.Standing.Open, Why: s.Standing.Why, Due: s.Standing.Due, Canaries: []canaryJSON{},
		}
		for _, c := range s.Recent {
			line.Canaries = append(line.Canaries, canaryOf(c))
		}
		return p.printJSON(line)
	}
	open := "closed"
	if s.Standing.Open {
		open = "open"
	}
	fmt.Fprintf(p.stdout, "%s (%s, relay %s): %s\n  %s\n", s.Gateway.Name, s.Gateway.Product, s.Gateway.Relay, open, s.Standing.Why)
	for _, c := range s.Recent[:min(len(s.Recent), mostCanaries)] {
		fmt.Fprintf(p.stdout, "  canary of %s: %s", c.At.Format("2 January 2006 15:04"), c.State)
		if c.Why != "" {
			fmt.Fprintf(p.stdout, ", %s", c.Why)
		}
		fmt.Fprintln(p.stdout)
	}
	return nil
}

// mostCanaries is how many are shown to a person.
const mostCanaries = 5

func (p *program) gatewayCanary(ctx context.Context, name string) error {
	return p.with(ctx, false, func(i *installation) error {
		sender, err := i.sender()
		if err != nil {
			return err
		}
		sent, out, err := i.runner.SendCanary(ctx, name, sender)
		if err = errors.Join(err, sender.Close()); err != nil {
			return err
		}
		if p.flags.json {
			if err := p.printJSON(canaryOf(sent)); err != nil {
				return err
			}
		} else {
			fmt.Fprintf(p.stdout, "%s%s: %s\n", canary.Prefix, sent.ID, canaryWords(sent, out))
		}
		if sent.State == canary.Unsent {
			return outcome(exitPartly)
		}
		return nil
	})
}

func canaryWords(sent canary.Sent, out outbox.Outcome) string {
	if sent.State == canary.Unsent {
		return "not taken by the gateway's relay: " + onScreen(out.Text)
	}
	return "taken by the gateway's relay; the gateway opens once it has come back encrypted (pepost receive)"
}

// entranceOf says why a gateway's relay cannot be used; empty where it can. An
// entrance that takes other mail too needs the order to encrypt in the message.
func entranceOf(c config.Config, g route.Gateway) string {
	var entrance config.Relay
	for _, each := range relaysOf(c) {
		switch each.Name {
		case g.Relay:
			entrance = each
		case g.Name:
			return "the configuration has another relay of the name " + g.Name + ": give the gateway a name of its own"
		}
	}
	switch {
	case entrance.Name == "":
		return "the configuration has no relay " + g.Relay
	case entrance.Class == config.ClassSealed:
		return "the relay " + g.Relay + " takes what is encrypted already"
	case entrance.Class == config.ClassCircle && !g.Ordered():
		return "the relay " + g.Relay + " takes ordinary mail, and no header or tag orders it to encrypt"
	}
	return ""
}

// gateways says what keeps a gateway from being used.
func (r *checkReport) gateways(c config.Config, policy *route.Policy, on pep.Date) {
	for _, g := range policy.Gateways() {
		part := "gateway " + g.Name
		if why := entranceOf(c, g); why != "" {
			r.warn(part, part+": "+why+", so it is closed", "name its entrance under relays: in "+c.File)
		}
		if !g.TakesFrom(c.Sender) {
			r.warn(part, part+": it does not encrypt for the configured sender, so it is closed", "correct from_must_be, or from: in "+c.File)
		}
		if !g.Reviewed(on) {
			r.warn(part, part+": its review was due by "+g.ReviewBy.Long()+", so it is closed", "have it checked again and change review_by")
		}
	}
}

// sendCanaries sends every canary that is due. A gateway that does not take one
// stays closed, or closes in time; nothing else stops for it.
func sendCanaries(ctx context.Context, r *pipeline.Runner, sender dispatch.Sender, log *slog.Logger) {
	for _, name := range r.DueCanaries(ctx) {
		sent, out, err := r.SendCanary(ctx, name, sender)
		if err != nil {
			log.Error("a canary could not be sent", "gateway", name, "error", err)
			continue
		}
		log.Info("canary", "gateway", name, "canary", sent.ID, "state", sent.State, "result", out.Result)
	}
}
