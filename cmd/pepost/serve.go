package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/daemon"
	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store/schedules"
)

// stopWithin is how long a daemon that is told to stop may take. It is a
// second below the ten that whoever runs it is promised: closing takes time.
const stopWithin = 9 * time.Second

func (p *program) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "the daemon: sends what comes due until it is stopped",
		Long: "serve drafts what comes due, hands over what is released, tries again what was\n" +
			"not taken, and takes in what comes back to the mailbox, where one is configured,\n" +
			"until it is stopped. A signal to stop lets the message under way\n" +
			"end or breaks it off cleanly, within ten seconds; a second one ends the program\n" +
			"at once, and the next start goes on from there.",
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
	i, err := p.open(ctx, true)
	if err != nil {
		return err
	}
	err = p.serveOn(ctx, i, log)
	if errors.Is(err, daemon.ErrUnderWay) {
		return err // nothing is closed under work that goes on: the end of the process does that, as in a crash
	}
	return errors.Join(err, i.close())
}

func (p *program) serveOn(ctx context.Context, i *installation, log *slog.Logger) error {
	client, err := i.sender()
	if err != nil {
		return err
	}
	queue, err := daemon.Outbox(i.db, log)
	if err != nil {
		return err
	}
	where, err := london()
	if err != nil {
		return err
	}
	i.runner.Deliveries, i.runner.Unattended = queue, true
	i.runner.Outgoing = i.runner.Dispatcher(client)
	i.runner.Outgoing.Settled = func(d outbox.Delivery) {
		log.Info("settled", "delivery", d.ID, "reference", d.Ref, "kind", d.Kind, "state", d.State)
	}
	if i.rules, err = goodRules(ctx, i, log); err != nil {
		return err
	}
	i.runner.Outgoing.Decide = i.rules.decide
	passes := &sendingPass{rules: i.rules, texted: i.texted, log: log, sender: client, drafts: &drafting{rules: i.rules, log: log}}
	jobs, err := p.schedules(i, passes.drafts)
	if err != nil {
		return err
	}
	polls, err := p.polls(i.config.Mailbox, i.rules, log)
	if err != nil {
		return err
	}
	p.untilStopped = true
	pageEnds := i.showToday(ctx, log)
	err = daemon.Run(ctx, daemon.Service{
		DB: i.db, Send: passes.send, NextDue: queue.NextDue, Now: i.runner.Now, Log: log,
		LookEvery: p.lookEvery(), Grace: stopWithin,
		Schedules: jobs, Runs: schedules.New(i.db), Owner: i.runner.Owner, Where: where, Polls: polls,
	})
	if errors.Is(err, daemon.ErrUnderWay) {
		return err
	}
	pageEnds()
	return errors.Join(err, client.Close())
}

// lookEvery is how often serve looks at its rules and its clock.
func (p *program) lookEvery() time.Duration {
	if p.look > 0 {
		return p.look
	}
	return time.Minute
}

// sendingPass is what the daemon does each time it looks.
type sendingPass struct {
	rules  *lastGood
	texted func(context.Context, *pipeline.Runner) (pipeline.Texted, error)
	log    *slog.Logger
	drafts *drafting
	sender dispatch.Sender
}

// send drafts what is due where that was not done lately, and hands over what
// is released, by the rules that stand at its start. The daemon lets one pass
// run at a time.
func (s *sendingPass) send(ctx context.Context) error {
	if s.rules.look(ctx) {
		s.drafts.stale()
	}
	sendCanaries(ctx, s.rules.runner.Load(), s.sender, s.log)
	if err := s.drafts.lately(ctx); err != nil {
		return err
	}
	tally, err := s.rules.runner.Load().Outgoing.Run(ctx)
	if tally.Accepted+tally.Deferred+tally.Refused+tally.Uncertain+tally.Held > 0 {
		s.log.Info("handed over", "accepted", tally.Accepted, "deferred", tally.Deferred, "refused", tally.Refused,
			"uncertain", tally.Uncertain, "held", tally.Held)
	}
	if err != nil {
		return err
	}
	return s.texts(ctx)
}

// texts hands passphrases over by text message: a job of its own, for what a
// relay has taken.
func (s *sendingPass) texts(ctx context.Context) error {
	out, err := s.texted(ctx, s.rules.runner.Load())
	if out.Taken+out.Delivered+out.Failed > 0 {
		s.log.Info("text messages", "taken", out.Taken, "delivered", out.Delivered, "failed", out.Failed)
	}
	if out.Alarm != "" {
		s.log.Error("no passphrase goes by text message", "why", out.Alarm)
	}
	return err
}
