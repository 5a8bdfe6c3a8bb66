package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/daemon"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// draftEvery is how often a daemon asks the register anew what is due; an
// import beside it is drafted by then at the latest.
const draftEvery = 15 * time.Minute

func (p *program) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "the daemon: sends what comes due until it is stopped",
		Long: "serve drafts what comes due, hands over what is released and tries again what\n" +
			"was not taken, until it is stopped. Stopping lets the message under way end.",
		Example: "  pepost serve --config /etc/pepost/pepost.yaml --log-format json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.serve(cmd.Context()) },
	}
}

func (p *program) serve(ctx context.Context) error {
	if p.flags.now != "" {
		return usage("serve goes by the real clock: --now is for a rehearsal")
	}
	log, err := p.logger()
	if err != nil {
		return err
	}
	return p.with(ctx, true, func(i *installation) error {
		client, err := i.sender()
		if err != nil {
			return err
		}
		defer client.Close()
		queue, err := daemon.Outbox(i.db, log)
		if err != nil {
			return err
		}
		i.runner.Deliveries = queue
		i.runner.Outgoing = i.runner.Dispatcher(overSMTP{client})
		p.untilStopped = true
		defer i.showToday(ctx, log)()
		passes := sendingPass{runner: i.runner, log: log}
		return daemon.Run(ctx, daemon.Service{
			DB: i.db, Send: passes.send, NextDue: queue.NextDue, Now: i.runner.Now, Log: log, LookEvery: time.Minute,
		})
	})
}

// sendingPass is what the daemon does each time it looks.
type sendingPass struct {
	runner  *pipeline.Runner
	log     *slog.Logger
	drafted time.Time
}

// send drafts what is due where that was not done lately, and hands over what
// is released. The daemon lets one pass run at a time.
func (s *sendingPass) send(ctx context.Context) error {
	now := s.runner.Now()
	if today := pep.DateOf(now); now.Sub(s.drafted) >= draftEvery || today != pep.DateOf(s.drafted) {
		drafted, err := s.runner.Draft(ctx, today, false)
		if err != nil {
			return err
		}
		s.drafted = now
		for _, f := range drafted.Failures {
			s.log.Error("a form could not be made", "reference", f.Ref, "role", f.Role, "error", f.Err)
		}
	}
	tally, err := s.runner.Outgoing.Run(ctx)
	if tally.Accepted+tally.Deferred+tally.Refused+tally.Uncertain+tally.Held > 0 {
		s.log.Info("sent", "accepted", tally.Accepted, "deferred", tally.Deferred, "refused", tally.Refused,
			"uncertain", tally.Uncertain, "held", tally.Held)
	}
	return err
}
