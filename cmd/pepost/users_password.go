package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/store/accounts"
)

// newPasswordFile names the file with the new password, as passwordFile names
// that with the password of whoever acts.
const newPasswordFile = "PEPOST_NEW_PASSWORD_FILE"

func (p *program) usersPasswordCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "password NAME", Short: "give an account another password",
		Long: "password gives an account another password. Its own person does, with the one it\n" +
			"has; or an account of the role it does for somebody who forgot theirs, with\n" +
			"--account of its own. The new password is read from --new-password-file (or\n" +
			"PEPOST_NEW_PASSWORD_FILE), else asked for twice on the terminal, else read as one\n" +
			"line from stdin. Whoever is signed in with the account is signed out. Who did it\n" +
			"for whom is kept as evidence.",
		Example: "  pepost users password jo.smith\n  pepost users password jo.smith --account it.desk", Args: cobra.ExactArgs(1),
	}
	who := signInFlagsOf(cmd)
	cmd.Flags().StringVar(&file, "new-password-file", "", "read the new password from the first line of this `FILE`")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.usersPassword(cmd.Context(), args[0], *who, file)
	}
	return cmd
}

func (p *program) usersPassword(ctx context.Context, text string, who signInFlags, file string) error {
	name, err := accounts.ParseName(text)
	if err != nil {
		return usage("%v", err)
	}
	if who.account == "" {
		who.account = string(name)
	}
	return p.with(ctx, false, func(i *installation) error {
		by, err := p.signedIn(ctx, i, &who)
		if err != nil {
			return err
		}
		if err := mayGivePassword(ctx, i, by, name); err != nil {
			return err
		}
		password, err := p.password(firstText(file, p.getenv(newPasswordFile)))
		if err != nil {
			return err
		}
		err = accounts.Of(i.db).SetPassword(ctx, accounts.NewPassword{Name: name, Password: password, By: by, At: p.wall()})
		var weak *accounts.PasswordError
		switch {
		case errors.As(err, &weak):
			return failed(err, "several words that do not belong together make a good one")
		case errors.Is(err, accounts.ErrUnknown):
			return failed(err, "pepost users list shows who has one")
		case err != nil:
			return err
		}
		p.note("%s has another password; whoever was signed in with the old one is signed out", name)
		return nil
	})
}

// mayGivePassword is nil for one's own password, and for everybody's where the
// account is one of IT.
func mayGivePassword(ctx context.Context, i *installation, by, name accounts.Name) error {
	if by == name {
		return nil
	}
	all, err := accounts.Of(i.db).List(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Name == by && a.Role == accounts.IT {
			return nil
		}
	}
	return failed(errors.New("another's password is given by an account of the role it alone"), "ask whoever looks after the program, or sign in as the account itself")
}
