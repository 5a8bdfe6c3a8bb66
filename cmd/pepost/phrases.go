package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// agreementFlags are the flags of the phrases and the phones commands.
type agreementFlags struct{ by, reason string }

func (f agreementFlags) said(p *program) pipeline.By {
	return pipeline.By{Name: p.person(f.by), Why: f.reason}
}

// agreement is one command that names a contact.
func (f *agreementFlags) agreement(use, short, long string, run func(context.Context, string) error) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long, Args: cobra.ExactArgs(1),
		Example: "  pepost " + strings.NewReplacer("ADDRESS|SETTING", "office@nursery.example", "ADDRESS", "office@nursery.example").Replace(use) + " --by \"A. Officer\"",
		RunE:    func(cmd *cobra.Command, args []string) error { return run(cmd.Context(), args[0]) },
	}
	cmd.Flags().StringVar(&f.by, "by", "", "who says so (default: the account's name)")
	cmd.Flags().StringVar(&f.reason, "reason", "", "why")
	return cmd
}

func (p *program) phrasesCommand() *cobra.Command {
	var f agreementFlags
	list := func(cmd *cobra.Command, _ []string) error { return p.phrasesList(cmd.Context()) }
	group := &cobra.Command{
		Use: "phrases", Short: "the phrases agreed with settings by telephone, which open every protected document that goes there",
		Long: "A phrase is agreed with one contact of a setting, by telephone. Once it is\n" +
			"confirmed it opens every protected document that goes to that contact, and nobody need\n" +
			"ring for each message. It stands for a year and for nobody else: when the export\n" +
			"names another person or address, each message has a passphrase of its own again.",
		Example: "  pepost phrases\n  pepost phrases agree \"Marl School\" --by \"A. Officer\"", Args: cobra.NoArgs, RunE: list,
	}
	group.AddCommand(
		&cobra.Command{Use: "list", Short: "one line an agreement, without the phrases", Example: "  pepost phrases list --json", Args: cobra.NoArgs, RunE: list},
		f.agreement("phrases agree ADDRESS|SETTING", "show a new phrase once, to be told over the telephone", "", func(ctx context.Context, who string) error {
			return p.phraseAgree(ctx, who, false, f)
		}),
		f.agreement("phrases rotate ADDRESS|SETTING", "agree another phrase in place of one that stands", "The earlier phrase stands until the new one is confirmed.", func(ctx context.Context, who string) error {
			return p.phraseAgree(ctx, who, true, f)
		}),
		f.agreement("phrases confirm ADDRESS|SETTING", "record that the setting has the phrase told last: it is used from now on", "", func(ctx context.Context, who string) error {
			return p.phraseSettle(ctx, who, f, (*pipeline.Runner).ConfirmPhrase)
		}),
		f.agreement("phrases withdraw ADDRESS|SETTING", "end a phrase that somebody else may know", "Nothing sealed with it leaves any more: it is sealed anew. It needs --reason.", func(ctx context.Context, who string) error {
			return p.phraseSettle(ctx, who, f, (*pipeline.Runner).WithdrawPhrase)
		}),
	)
	for _, cmd := range group.Commands() {
		cmd.Use = strings.TrimPrefix(cmd.Use, "phrases ")
	}
	return group
}

func (p *program) phraseAgree(ctx context.Context, who string, rotate bool, f agreementFlags) error {
	return p.with(ctx, false, func(i *installation) error {
		call, err := i.runner.AgreePhrase(ctx, who, rotate, f.said(p))
		if err != nil {
			return err
		}
		if p.flags.json {
			return p.printJSON(map[string]any{"id": call.Agreed.ID, "passphrase": call.Phrase, "script": call.Script})
		}
		fmt.Fprintf(p.stdout, "%s\n\nphrase: %s\n\nonce it was read back: pepost phrases confirm %s\n", strings.TrimRight(call.Script, "\n"), call.Phrase, call.Agreed.ID)
		return nil
	})
}

func (p *program) phraseSettle(ctx context.Context, who string, f agreementFlags, settle func(*pipeline.Runner, context.Context, string, pipeline.By) (pipeline.AgreedPhrase, error)) error {
	return p.with(ctx, false, func(i *installation) error {
		agreed, err := settle(i.runner, ctx, who, f.said(p))
		if err != nil {
			return err
		}
		where := i.runner.Now().Location()
		state := phraseState(pipeline.PhraseStanding{Agreed: agreed, Until: agreed.Until(where)})
		if p.flags.json {
			return p.printJSON(map[string]any{"id": agreed.ID, "state": state, "until": agreed.Until(where)})
		}
		fmt.Fprintf(p.stdout, "%s is %s\n", agreed.ID, state)
		return nil
	})
}

// phraseState is where an agreement stands, in a word.
func phraseState(s pipeline.PhraseStanding) string {
	switch {
	case s.Agreed.Withdrawn:
		return "withdrawn"
	case !s.Agreed.Ended.IsZero():
		return "ended"
	case s.Agreed.Confirmed.IsZero():
		return "told"
	case s.Lapse != "":
		return "lapsed"
	}
	return "confirmed"
}

// phraseLine is one line of phrases list --json.
type phraseLine struct {
	ID      string   `json:"id"`
	Address string   `json:"address"`
	Setting string   `json:"setting"`
	State   string   `json:"state"`
	Agreed  pep.Date `json:"agreed"`
	Until   pep.Date `json:"until"`
	Why     string   `json:"why,omitempty"`
}

func (p *program) phrasesList(ctx context.Context) error {
	return p.with(ctx, false, func(i *installation) error {
		all, err := i.runner.ListPhrases(ctx)
		if err != nil {
			return err
		}
		rows := [][]string{{"id", "address", "setting", "state", "agreed", "until", "why"}}
		for _, s := range all {
			line := phraseLine{
				s.Agreed.ID, s.Agreed.Address.Canonical(), s.Agreed.Organisation, phraseState(s),
				pep.DateOf(s.Agreed.Told.In(i.runner.Now().Location())), s.Until, s.Lapse,
			}
			if p.flags.json {
				if err := p.printJSON(line); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{line.ID, printable(line.Address), printable(line.Setting), line.State, line.Agreed.String(), line.Until.String(), line.Why})
		}
		if !p.flags.json {
			p.table(rows)
		}
		return nil
	})
}
