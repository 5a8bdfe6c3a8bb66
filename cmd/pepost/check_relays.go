package main

import (
	"context"
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

// relays says what is known of the mail relays, and of TLS beyond them.
func (r *checkReport) relays(ctx context.Context, c config.Config, on pep.Date, connect bool) {
	if c.Sender.Empty() {
		r.warn("sender", c.File+": from: no sender, so everything is held", "put the mailbox that messages come from there")
	}
	if c.Officer.Phone == "" {
		r.warn("officer", c.File+": officer.phone: no number, so letters cannot say whom to ring when a form does not open", "put the office's number there")
	}
	if !c.Relay.Configured() {
		r.warn("relay", c.File+": relay: none is configured, so nothing can be sent", "see the comments there")
	}
	for _, each := range relaysOf(c) {
		r.relay(ctx, each, on, connect)
	}
}

func (r *checkReport) relay(ctx context.Context, c config.Relay, on pep.Date, connect bool) {
	part := "relay"
	if c.Name != config.MainRelay {
		part += " " + c.Name
	}
	relay, err := relayOf(c, time.Now)
	if err != nil {
		r.add("relay", err)
		return
	}
	if c.Class == config.ClassCircle {
		r.onward(part, c.Onward, on)
	}
	if !connect {
		return
	}
	client, err := newClient(relay)
	if err != nil {
		r.add(part, err)
		return
	}
	defer client.Close()
	if out := client.Check(ctx); out.Result != outbox.ResultAccepted {
		r.add(part, fmt.Errorf("%s: %s at %s: %s", c.Address, out.Result, out.Phase, out.Text))
	}
}

// onward says what becomes of ordinary mail where nobody answers for TLS
// beyond the relay.
func (r *checkReport) onward(part string, onward config.Onward, on pep.Date) {
	switch {
	case !onward.Guaranteed:
		r.warn(part, "nobody guarantees verified TLS beyond the "+part+": what would be secure is encrypted instead", "")
	case onward.ReviewBy.Before(on):
		r.warn(part, "the guarantee of TLS beyond the "+part+" lapsed on "+onward.ReviewBy.Long()+": what would be secure is encrypted instead",
			"have it checked again and change review_by")
	}
}
