package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/receive"
)

func (p *program) mailCommand() *cobra.Command {
	var all bool
	var by, reason string
	list := func(cmd *cobra.Command, _ []string) error { return p.mailList(cmd.Context(), all) }
	group := &cobra.Command{
		Use: "mail", Short: "the mail that came back and waits for a person: bounces, and what is not certain",
		Example: "  pepost mail\n  pepost mail done k2v7… --reason \"the school gave a new address\"", Args: cobra.NoArgs, RunE: list,
	}
	one := &cobra.Command{Use: "list", Short: "one line a message", Example: "  pepost mail list --all --json", Args: cobra.NoArgs, RunE: list}
	for _, cmd := range []*cobra.Command{group, one} {
		cmd.Flags().BoolVar(&all, "all", false, "also the messages that wait for nobody")
	}
	done := &cobra.Command{
		Use: "done ID…", Short: "record that a message needs nobody any more",
		Example: "  pepost mail done k2v7… --by \"A. Officer\" --reason \"the school gave a new address\"", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.mailDone(cmd.Context(), args, by, reason) },
	}
	done.Flags().StringVar(&by, "by", "", "who says so (default: the account's name)")
	done.Flags().StringVar(&reason, "reason", "", "what was done about it")
	group.AddCommand(one, done)
	return group
}

// mailLine is one line of mail --json.
type mailLine struct {
	ID       string               `json:"id"`
	At       time.Time            `json:"at"`
	State    pipeline.MailState   `json:"state"`
	Verdict  receive.Verdict      `json:"verdict"`
	Ref      pep.Ref              `json:"ref,omitempty"`
	Delivery string               `json:"delivery,omitempty"`
	Codes    []receive.ReasonCode `json:"codes"`
	Reasons  []string             `json:"reasons"`
}

func mailLineOf(m pipeline.Mail) mailLine {
	return mailLine{m.ID, m.At, m.State, m.Verdict, m.Ref, m.Delivery, notNil(m.Codes), notNil(m.Reasons)}
}

func (p *program) mailList(ctx context.Context, all bool) error {
	return p.with(ctx, false, func(i *installation) error {
		found, err := i.runner.OpenMail(ctx)
		if all {
			found, err = i.runner.Mails.ListMail(ctx)
		}
		if err != nil {
			return err
		}
		return p.tellMail(found)
	})
}

func (p *program) mailDone(ctx context.Context, ids []string, by, reason string) error {
	return p.with(ctx, false, func(i *installation) error {
		var done []pipeline.Mail
		for _, id := range ids {
			m, err := i.runner.MailIsDone(ctx, id, pipeline.By{Name: p.person(by), Why: reason})
			if err != nil {
				return err
			}
			done = append(done, m)
		}
		return p.tellMail(done)
	})
}

func (p *program) tellMail(all []pipeline.Mail) error {
	rows := [][]string{{"id", "came", "reference", "what", "state", "delivery", "why"}}
	for _, m := range all {
		l := mailLineOf(m)
		if p.flags.json {
			if err := p.printJSON(l); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{l.ID, pep.DateOf(l.At).String(), string(l.Ref), string(l.Verdict), string(l.State), l.Delivery, strings.Join(l.Reasons, "; ")})
	}
	if !p.flags.json {
		p.table(rows)
	}
	return nil
}
