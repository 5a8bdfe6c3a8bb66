package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// addressFlags are the flags of the addresses commands.
type addressFlags struct {
	names      bool
	by, reason string
	signIn     *signInFlags
}

func (p *program) addressesCommand() *cobra.Command {
	var f addressFlags
	list := func(cmd *cobra.Command, _ []string) error { return p.addressesList(cmd.Context(), f) }
	group := &cobra.Command{
		Use: "addresses", Short: "the address book: who vouched for an address, and what people said of it",
		Example: "  pepost addresses list --names\n  pepost addresses confirm dt@school.sch.uk --reason \"rang the school\"",
		Args:    cobra.NoArgs, RunE: list,
	}
	show := &cobra.Command{
		Use: "list", Short: "one line an address, the newest first", Example: "  pepost addresses list --json", Args: cobra.NoArgs, RunE: list,
	}
	for _, cmd := range []*cobra.Command{group, show} {
		cmd.Flags().BoolVar(&f.names, "names", false, "show the addresses too: on a terminal only, and it leaves evidence")
	}
	group.AddCommand(show, p.addressCommand(true), p.addressCommand(false))
	return group
}

func (p *program) addressCommand(right bool) *cobra.Command {
	var f addressFlags
	use, short := "confirm ADDRESS", "say that an address is right, as its owner told you"
	long := "confirm keeps a person's word that an address is right. What was held because of\n" +
		"the address can then be approved: pepost outbox approve. An address that looks\n" +
		"like a known one takes two people: each runs the command with --account of their\n" +
		"own. Until then nothing changes (exit 5)."
	example := "  pepost addresses confirm dt@school.sch.uk --by \"A. Officer\" --reason \"rang the school\""
	if !right {
		use, short = "refuse ADDRESS", "say that an address is wrong: nothing goes there"
		long = "refuse keeps a person's word that an address is wrong. Nothing goes there until\n" +
			"somebody confirms it. An address that looks like it is not held on its account,\n" +
			"unless something left for the refused one before."
		example = "  pepost addresses refuse dt@scho0l.sch.uk --reason \"a slip of the pen\""
	}
	cmd := &cobra.Command{
		Use: use, Short: short, Example: example, Args: cobra.ExactArgs(1),
		Long: long + " ADDRESS may be the identifier that\nthe list shows.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.sayAddress(cmd.Context(), f, args[0], right)
		},
	}
	cmd.Flags().StringVar(&f.by, "by", "", "who says so (default: the account's name)")
	cmd.Flags().StringVar(&f.reason, "reason", "", "why")
	f.signIn = signInFlagsOf(cmd)
	return cmd
}

// addressLine is one address of addresses --json.
type addressLine struct {
	ID        string             `json:"id"`
	Address   string             `json:"address,omitempty"`
	Source    addressbook.Source `json:"source"`
	FirstSeen string             `json:"first_seen,omitempty"`
	Used      string             `json:"last_used,omitempty"`
	Delivered string             `json:"last_delivered,omitempty"`
	Bounced   string             `json:"bounced,omitempty"`
	Confirmed string             `json:"confirmed,omitempty"`
	Refused   string             `json:"refused,omitempty"`
	// Again is the day on which an incident was closed for it: it is to be
	// confirmed again.
	Again  string `json:"confirm_again,omitempty"`
	By     string `json:"by,omitempty"`
	Reason string `json:"reason,omitempty"`
}

func addressLineOf(k pipeline.KnownAddress, where *time.Location, names bool) addressLine {
	on := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return pep.DateOf(at.In(where)).String()
	}
	line := addressLine{
		ID: k.ID, Source: k.Entry.Source, FirstSeen: on(k.Entry.FirstSeen), Used: on(k.Entry.Used), Delivered: on(k.Entry.Delivered),
		Bounced: on(k.Entry.Bounced), By: k.By, Reason: k.Why,
	}
	if k.Entry.IsConfirmed() {
		line.Confirmed = on(k.Entry.Confirmed)
	}
	if k.Entry.IsDoubted() {
		line.Again = on(k.Entry.Doubted)
	}
	if k.Entry.IsRefused() {
		line.Refused = on(k.Entry.Refused)
	}
	if names {
		line.Address = k.Entry.Address.Canonical()
	}
	return line
}

func (l addressLine) cells() []string {
	dash := func(text string) string { return firstText(text, "-") }
	cells := []string{l.ID, dash(string(l.Source)), dash(l.FirstSeen), dash(l.Used), dash(l.Bounced), dash(l.Confirmed), dash(l.doubts())}
	if l.Address != "" {
		cells = append(cells, printable(l.Address))
	}
	return cells
}

// doubts is what a person said against the address, or an incident.
func (l addressLine) doubts() string {
	if l.Refused == "" && l.Again != "" {
		return "confirm again, incident of " + l.Again
	}
	return l.Refused
}

func addressHeading() []string {
	return []string{"id", "vouched for by", "first seen", "last used", "bounced", "confirmed", "refused"}
}

func (p *program) addressesList(ctx context.Context, f addressFlags) error {
	if f.names && !p.onTerminal() {
		return usage("--names works on a terminal only, so that addresses end in no file")
	}
	return p.with(ctx, false, func(i *installation) error {
		if f.names {
			if err := i.runner.NamesShown(ctx, p.person("")); err != nil {
				return err
			}
		}
		all, err := i.runner.Book.Addresses(ctx)
		if err != nil {
			return err
		}
		rows := [][]string{addressHeading()}
		if f.names {
			rows[0] = append(rows[0], "address")
		}
		for _, known := range all {
			line := addressLineOf(known, i.runner.Now().Location(), f.names)
			if p.flags.json {
				if err := p.printJSON(line); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, line.cells())
		}
		if !p.flags.json {
			p.table(rows)
		}
		return nil
	})
}

func (p *program) sayAddress(ctx context.Context, f addressFlags, text string, right bool) error {
	return p.with(ctx, false, func(i *installation) error {
		known, err := i.runner.FindAddress(ctx, text)
		if err != nil {
			return err
		}
		account := ""
		if f.signIn.account != "" {
			name, err := p.signedIn(ctx, i, f.signIn)
			if err != nil {
				return err
			}
			account = string(name)
		}
		known, err = i.runner.SayAddress(ctx, known, right, pipeline.By{Name: p.person(f.by), Why: f.reason}, account)
		if err != nil {
			return err
		}
		line := addressLineOf(known, i.runner.Now().Location(), false)
		if p.flags.json {
			return p.printJSON(line)
		}
		p.table([][]string{addressHeading(), line.cells()})
		return nil
	})
}
