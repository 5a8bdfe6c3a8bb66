package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/store/accounts"
)

// keysFlags are the flags of keys. By is the person, or, where the
// installation has accounts, the name of theirs.
type keysFlags struct {
	address, fingerprint, by, reason string
	waiting                          bool
	password                         string
}

func (p *program) keysCommand() *cobra.Command {
	var f keysFlags
	group := &cobra.Command{
		Use: "keys", Short: "recipients' OpenPGP keys, used once a second person has confirmed the fingerprint", Args: cobra.NoArgs,
		Long: "A key that somebody sent is put on file by one person and confirmed by another, who\n" +
			"rings the recipient on a known number and types the fingerprint that is read out.\n" +
			"Where the installation has accounts, both are accounts, proved by their passwords.\n" +
			"While another key waits for an address whose key is confirmed, nothing is sent there.",
		Example: "  pepost keys add key.asc --address office@setting.example --by jo.smith\n  pepost keys confirm office@setting.example --fingerprint '0123 4567 …' --by ann.other\n  pepost keys list",
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.keysList(cmd.Context()) },
	}
	add := &cobra.Command{
		Use: "add FILE", Short: "put a recipient's public key on file, where it waits for a second person",
		Example: "  pepost keys add key.asc --address office@setting.example --by jo.smith", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.keysAdd(cmd.Context(), args[0], f) },
	}
	add.Flags().StringVar(&f.address, "address", "", "the `ADDRESS` that the key is for")
	confirm := &cobra.Command{
		Use: "confirm ADDRESS", Short: "confirm the key that waits, with the fingerprint as its owner read it out",
		Example: "  pepost keys confirm office@setting.example --fingerprint '0123 4567 …' --by ann.other", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.keysConfirm(cmd.Context(), args[0], f) },
	}
	confirm.Flags().StringVar(&f.fingerprint, "fingerprint", "", "the whole `FINGERPRINT`, 40 digits; blanks and case do not matter")
	remove := &cobra.Command{
		Use: "remove ADDRESS", Short: "take an address's keys off file",
		Example: "  pepost keys remove office@setting.example --by jo.smith --reason 'they lost it'", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.keysRemove(cmd.Context(), args[0], f) },
	}
	remove.Flags().StringVar(&f.reason, "reason", "", "why")
	remove.Flags().BoolVar(&f.waiting, "waiting", false, "only the one that waits; the confirmed one stays")
	for _, each := range []*cobra.Command{add, confirm, remove} {
		each.Flags().StringVar(&f.by, "by", "", "your `NAME`: that of your account where there are accounts")
		each.Flags().StringVar(&f.password, "password-file", "", "read your account's password from the first line of this `FILE` (PEPOST_PASSWORD_FILE too; else it is asked for)")
	}
	list := &cobra.Command{
		Use: "list", Short: "the keys on file, and what is wrong with them", Example: "  pepost keys list --json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.keysList(cmd.Context()) },
	}
	group.AddCommand(add, confirm, list, remove)
	return group
}

// keyActor is who acts: an account, proved by its password, once the
// installation has any; a plain name until then.
func (p *program) keyActor(ctx context.Context, i *installation, f keysFlags) (pipeline.KeyActor, error) {
	if strings.TrimSpace(f.by) == "" {
		return pipeline.KeyActor{}, usage("say who does it: --by NAME")
	}
	all, err := accounts.Of(i.db).List(ctx)
	if err != nil || len(all) == 0 {
		return pipeline.KeyActor{Name: f.by}, err
	}
	name, err := p.signedIn(ctx, i, &signInFlags{account: f.by, password: f.password})
	return pipeline.KeyActor{Name: string(name), Proved: true}, err
}

// keysDo opens the installation, finds out who acts, and does the work.
func (p *program) keysDo(ctx context.Context, f keysFlags, work func(*installation, pipeline.KeyActor) error) error {
	return p.with(ctx, false, func(i *installation) error {
		by, err := p.keyActor(ctx, i, f)
		if err != nil {
			return err
		}
		err = work(i, by)
		var refused *pipeline.KeyError
		var reason *pipeline.NeedsReasonError
		switch {
		case errors.As(err, &refused):
			return failed(err, refused.Hint)
		case errors.As(err, &reason):
			return usage("%v", err)
		}
		return err
	})
}

func (p *program) keysAdd(ctx context.Context, file string, f keysFlags) error {
	if f.address == "" {
		return usage("say whose key it is: --address ADDRESS")
	}
	data, err := readFile(file, keyring.MaxFile)
	if err != nil {
		return failed(err, "")
	}
	return p.keysDo(ctx, f, func(i *installation, by pipeline.KeyActor) error {
		added, err := i.runner.AddKey(ctx, pep.ParseAddress(f.address), data, by)
		if err != nil {
			return err
		}
		p.note("fingerprint %s", added.Key.Fingerprint().Grouped())
		for _, found := range added.Findings {
			p.note("%s", found)
		}
		switch {
		case !added.Waits:
			p.note("it is the key that is confirmed already: the later copy took its place")
		case added.Replaces:
			p.note("another key is confirmed for this address: until this one is confirmed or removed, nothing is sent there by OpenPGP")
		default:
			p.note("it is not used until somebody else has had the fingerprint read out by its owner: pepost keys confirm")
		}
		return nil
	})
}

func (p *program) keysConfirm(ctx context.Context, address string, f keysFlags) error {
	if f.fingerprint == "" {
		return usage("type the fingerprint as the key's owner reads it out: --fingerprint FPR")
	}
	return p.keysDo(ctx, f, func(i *installation, by pipeline.KeyActor) error {
		key, err := i.runner.ConfirmKey(ctx, pep.ParseAddress(address), f.fingerprint, by)
		if err == nil {
			p.note("confirmed: %s is used from now on", key.Fingerprint().Grouped())
		}
		return err
	})
}

func (p *program) keysRemove(ctx context.Context, address string, f keysFlags) error {
	return p.keysDo(ctx, f, func(i *installation, by pipeline.KeyActor) error {
		return i.runner.RemoveKey(ctx, pep.ParseAddress(address), f.waiting, by, f.reason)
	})
}

// keyLine is one key as keys list prints it.
type keyLine struct {
	Address     string   `json:"address"`
	State       string   `json:"state"`
	Fingerprint string   `json:"fingerprint"`
	Algorithm   string   `json:"algorithm"`
	Expires     string   `json:"expires,omitempty"`
	AddedBy     string   `json:"added_by"`
	ConfirmedBy string   `json:"confirmed_by,omitempty"`
	Problems    []string `json:"problems"`
}

func (p *program) keysList(ctx context.Context) error {
	return p.with(ctx, false, func(i *installation) error {
		all, err := i.runner.Keys.AllKeys(ctx)
		if err != nil {
			return err
		}
		rows := [][]string{{"address", "state", "fingerprint", "expires", "added by", "confirmed by", "problems"}}
		for _, onFile := range all {
			for _, line := range keyLines(onFile, pep.DateOf(i.runner.Now())) {
				if p.flags.json {
					if err := p.printJSON(line); err != nil {
						return err
					}
				}
				rows = append(rows, []string{
					line.Address, line.State, keyring.Fingerprint(line.Fingerprint).Grouped(), line.Expires,
					line.AddedBy, line.ConfirmedBy, strings.Join(line.Problems, "; "),
				})
			}
		}
		if !p.flags.json {
			p.table(rows)
		}
		return nil
	})
}

// keyLines are the keys of one address, the confirmed one first.
func keyLines(onFile pipeline.KeysOnFile, on pep.Date) []keyLine {
	var lines []keyLine
	for _, each := range []struct {
		state string
		key   *pipeline.KeyOnFile
	}{{"confirmed", onFile.Pinned}, {"waiting", onFile.Waiting}} {
		if each.key == nil {
			continue
		}
		line := keyLine{
			Address: onFile.Address, State: each.state, Fingerprint: string(each.key.Fingerprint),
			AddedBy: each.key.AddedBy, ConfirmedBy: each.key.ConfirmedBy, Problems: []string{},
		}
		key, err := keyring.Parse(each.key.Key)
		if err != nil {
			line.Problems = append(line.Problems, err.Error())
		}
		line.Algorithm = key.Algorithm()
		if end := key.Expires(); !end.IsZero() {
			line.Expires = end.String()
		}
		for _, found := range key.Judge(pep.ParseAddress(onFile.Address), on, on) {
			line.Problems = append(line.Problems, found.String())
		}
		lines = append(lines, line)
	}
	return lines
}
