package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/store/accounts"
)

// maxPasswordInput bounds what is read in search of a password.
const maxPasswordInput = 4096

func (p *program) usersCommand() *cobra.Command {
	group := &cobra.Command{
		Use: "users", Short: "who may sign in to the page of serve", Args: cobra.NoArgs,
		Example: "  pepost users add jo.smith\n  pepost users list\n  pepost users disable jo.smith\n  pepost users password jo.smith",
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.usersList(cmd.Context()) },
	}
	var role, file string
	add := &cobra.Command{
		Use: "add NAME", Short: "make an account; the password is asked for, or read from a file or from stdin",
		Long: "add makes an account. The password is read from --password-file, else asked for\n" +
			"twice on the terminal, else read as one line from stdin. It has 12 characters or\n" +
			"more and does not hold the name.",
		Example: "  pepost users add jo.smith --role officer", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.usersAdd(cmd.Context(), args[0], role, file) },
	}
	add.Flags().StringVar(&role, "role", string(accounts.Officer), "officer, head or it")
	add.Flags().StringVar(&file, "password-file", "", "read the password from the first line of this `FILE`")
	list := &cobra.Command{
		Use: "list", Short: "the accounts", Example: "  pepost users list --json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.usersList(cmd.Context()) },
	}
	disable := &cobra.Command{
		Use: "disable NAME", Short: "end an account for good; whoever is signed in with it is signed out",
		Example: "  pepost users disable jo.smith", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.usersDisable(cmd.Context(), args[0]) },
	}
	group.AddCommand(add, list, disable, p.usersPasswordCommand())
	return group
}

func (p *program) usersAdd(ctx context.Context, text, roleText, file string) error {
	name, err := accounts.ParseName(text)
	if err != nil {
		return usage("%v", err)
	}
	role, err := accounts.ParseRole(roleText)
	if err != nil {
		return usage("--role: %v", err)
	}
	password, err := p.password(file)
	if err != nil {
		return err
	}
	return p.with(ctx, false, func(i *installation) error {
		err := accounts.Of(i.db).Add(ctx, accounts.New{Name: name, Role: role, Password: password, By: p.person(""), At: i.runner.Now()})
		var weak *accounts.PasswordError
		switch {
		case errors.As(err, &weak):
			return failed(err, "several words that do not belong together make a good one")
		case errors.Is(err, accounts.ErrTaken):
			return failed(err, "pepost users list shows them; choose another name")
		case err != nil:
			return err
		}
		p.note("%s may sign in to the page that pepost serve shows", name)
		return nil
	})
}

// password reads a new password: from a file, else twice from the terminal
// without showing it, else from stdin. There is no flag for it: other users of
// the machine can read a command's arguments.
func (p *program) password(file string) (string, error) {
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			return "", failed(fmt.Errorf("reading the password: %w", err), "")
		}
		defer f.Close()
		return firstLine(f)
	}
	if in, ok := p.stdin.(*os.File); ok && term.IsTerminal(int(in.Fd())) {
		return p.askTwice(in)
	}
	if p.stdin == nil {
		return "", usage("there is no password: name a --password-file")
	}
	return firstLine(p.stdin)
}

func (p *program) askTwice(in *os.File) (string, error) {
	var typed [2]string
	for n, question := range []string{"Password (12 characters or more): ", "The same again: "} {
		fmt.Fprint(p.stderr, question)
		text, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprintln(p.stderr)
		if err != nil {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		typed[n] = string(text)
	}
	if typed[0] != typed[1] {
		return "", failed(errors.New("the two passwords differ"), "nothing was changed: try again")
	}
	return typed[0], nil
}

func firstLine(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, maxPasswordInput)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func (p *program) usersList(ctx context.Context) error {
	return p.with(ctx, false, func(i *installation) error {
		all, err := accounts.Of(i.db).List(ctx)
		if err != nil {
			return err
		}
		rows := [][]string{{"name", "role", "since", "state"}}
		for _, a := range all {
			if p.flags.json {
				if err := p.printJSON(a); err != nil {
					return err
				}
			}
			state := "active"
			if !a.Active() {
				state = "disabled " + pep.DateOf(a.Disabled).String()
			}
			rows = append(rows, []string{string(a.Name), string(a.Role), pep.DateOf(a.Added).String(), state})
		}
		if !p.flags.json {
			p.table(rows)
		}
		return nil
	})
}

func (p *program) usersDisable(ctx context.Context, text string) error {
	name, err := accounts.ParseName(text)
	if err != nil {
		return usage("%v", err)
	}
	return p.with(ctx, false, func(i *installation) error {
		err := accounts.Of(i.db).Disable(ctx, name, p.person(""), i.runner.Now())
		if errors.Is(err, accounts.ErrUnknown) {
			return failed(err, "pepost users list shows who has one")
		}
		return err
	})
}
