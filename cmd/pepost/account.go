package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/pepost/pepost/internal/store/accounts"
)

// passwordFile names the file with the password of whoever acts, so that it
// stands neither in the arguments nor in the environment, which others can read.
const passwordFile = "PEPOST_PASSWORD_FILE"

// signInFlags say who acts. A shell login is nobody: it does not tell two
// people apart.
type signInFlags struct {
	account  string
	password string // the file it stands in
}

// signInFlagsOf adds the flags that a command needs which asks who acts.
func signInFlagsOf(cmd *cobra.Command) *signInFlags {
	var f signInFlags
	cmd.Flags().StringVar(&f.account, "account", "", "your account's `NAME`, as pepost users list shows it")
	cmd.Flags().StringVar(&f.password, "password-file", "", "read its password from the first line of this `FILE` (PEPOST_PASSWORD_FILE too; else it is asked for)")
	return &f
}

// signedIn gives the account that acts, proved by its password. The moment is
// the wall's, whatever --now says: a lock must not be stepped over.
func (p *program) signedIn(ctx context.Context, i *installation, f *signInFlags) (accounts.Name, error) {
	known := accounts.Of(i.db)
	all, err := known.List(ctx)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(all, accounts.Account.Active) {
		return "", failed(errors.New("this needs an account, and there is none"), "make one for each person with: pepost users add NAME")
	}
	if f.account == "" {
		return "", usage("this needs your account: add --account NAME")
	}
	password, err := p.ownPassword(f)
	if err != nil {
		return "", err
	}
	found, err := known.Verify(ctx, f.account, password, p.wall())
	switch {
	case errors.Is(err, accounts.ErrLocked):
		return "", failed(err, "wait, and ask who tried: each try is kept as evidence")
	case errors.Is(err, accounts.ErrRefused):
		return "", failed(err, "pepost users list shows the accounts; after five wrong passwords a name is locked for ten minutes")
	}
	return found.Name, err
}

// ownPassword reads the password of whoever acts: from the file that is named,
// else from the terminal without showing it.
func (p *program) ownPassword(f *signInFlags) (string, error) {
	for _, file := range []string{f.password, p.getenv(passwordFile)} {
		if file != "" {
			return p.password(file)
		}
	}
	in, ok := p.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return "", usage("there is no terminal to ask for the password of %s: name a --password-file", onScreen(f.account))
	}
	fmt.Fprintf(p.stderr, "Password of %s: ", onScreen(f.account))
	text, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(p.stderr)
	if err != nil {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	return string(text), nil
}
