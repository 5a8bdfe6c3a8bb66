package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

func (p *program) phonesCommand() *cobra.Command {
	var f agreementFlags
	list := func(cmd *cobra.Command, _ []string) error { return p.phonesList(cmd.Context()) }
	group := &cobra.Command{
		Use: "phones", Short: "the mobile numbers that passphrases may go to by text message",
		Long: "A number is the one that the register has in Mobile for a contact. An officer\n" +
			"confirms it beforehand, by ringing it. It counts for what is made after that, and\n" +
			"only as long as the export names the same person with the same number.",
		Example: "  pepost phones confirm office@nursery.example --by \"A. Officer\"", Args: cobra.NoArgs, RunE: list,
	}
	confirm := f.agreement("phones confirm ADDRESS|SETTING", "record that the register's mobile number was rung and is the contact's", "", func(ctx context.Context, who string) error {
		return p.phoneConfirm(ctx, who, f)
	})
	confirm.Use = "confirm ADDRESS|SETTING"
	remove := f.agreement("phones remove ADDRESS", "send nothing to a number any more", "It needs --reason.", func(ctx context.Context, address string) error {
		return p.with(ctx, false, func(i *installation) error { return i.runner.RemovePhone(ctx, address, f.said(p)) })
	})
	remove.Use = "remove ADDRESS"
	group.AddCommand(
		&cobra.Command{Use: "list", Short: "one line a number, with its last two digits", Example: "  pepost phones list --json", Args: cobra.NoArgs, RunE: list},
		confirm, remove,
	)
	return group
}

// phoneLine is one line of phones --json; the number is masked.
type phoneLine struct {
	Address   string   `json:"address"`
	Setting   string   `json:"setting"`
	Number    string   `json:"number"`
	Confirmed pep.Date `json:"confirmed"`
	By        string   `json:"by"`
}

func (i *installation) phoneLine(n pipeline.ConfirmedPhone) phoneLine {
	return phoneLine{n.Address.Canonical(), n.Organisation, outbox.Masked(n.Number), pep.DateOf(n.Confirmed.In(i.runner.Now().Location())), n.ConfirmedBy}
}

func (p *program) phoneConfirm(ctx context.Context, who string, f agreementFlags) error {
	return p.with(ctx, false, func(i *installation) error {
		confirmed, err := i.runner.ConfirmPhone(ctx, who, f.said(p))
		if err != nil {
			return err
		}
		line := i.phoneLine(confirmed)
		if p.flags.json {
			return p.printJSON(line)
		}
		fmt.Fprintf(p.stdout, "%s is confirmed for what is made from now on\n", line.Number)
		return nil
	})
}

func (p *program) phonesList(ctx context.Context) error {
	return p.with(ctx, false, func(i *installation) error {
		all, err := i.runner.Phrases.AllPhones(ctx)
		if err != nil {
			return err
		}
		rows := [][]string{{"address", "setting", "number", "confirmed", "by"}}
		for _, n := range all {
			line := i.phoneLine(n)
			if p.flags.json {
				if err := p.printJSON(line); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{printable(line.Address), printable(line.Setting), line.Number, line.Confirmed.String(), line.By})
		}
		if !p.flags.json {
			p.table(rows)
		}
		return nil
	})
}
