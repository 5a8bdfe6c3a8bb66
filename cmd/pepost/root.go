package main

import (
	"errors"
	"log/slog"
	"os"

	"github.com/spf13/cobra"
)

// program is one run: its surroundings and the flags every command takes.
type program struct {
	surroundings
	flags globalFlags
	// untilStopped is set by what works until it is told to stop: there a
	// signal is the usual end and no interruption.
	untilStopped bool
}

type globalFlags struct {
	config    string
	json      bool
	now       string
	quiet     bool
	logLevel  string
	logFormat string
}

const about = `pepost posts Personal Education Plans.

It reads the case system's export, draws each term's Early Years,
statutory-age and post-16 forms in Word and PDF, decides for every recipient
whether ordinary mail is secure, seals what is not, sends each form three
school weeks before its meeting, and keeps the evidence of every step.

Exit codes: 0 done, 1 failed, 3 partly done, 4 configuration refused,
5 held for a person, 64 wrong usage, 130 interrupted.`

// root is the command tree.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use: "pepost", Short: "posts Personal Education Plans", Long: about,
		Example:       "  pepost init here --authority cheshire-west --from peps@council.example\n  pepost import children.csv contacts.csv targets.csv\n  pepost send --dry-run",
		SilenceErrors: true, SilenceUsage: true,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			_, err := p.logger() // a wrong flag is wrong with every command
			return err
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&p.flags.config, "config", "", "configuration `FILE` (default pepost.yaml here, then /etc/pepost/pepost.yaml; PEPOST_CONFIG too)")
	flags.BoolVar(&p.flags.json, "json", false, "print JSON on stdout and nothing else there")
	flags.StringVar(&p.flags.now, "now", "", "the `MOMENT` to take for now: 2026-02-02 (09:00 London) or RFC 3339")
	flags.BoolVar(&p.flags.quiet, "quiet", false, "no progress and no notes on stderr")
	flags.StringVar(&p.flags.logLevel, "log-level", "info", "debug, info, warn or error")
	flags.StringVar(&p.flags.logFormat, "log-format", "text", "text or json")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage("%v", err) })
	for _, add := range p.commands() {
		root.AddCommand(add)
	}
	return strict(root)
}

// commands is every command, in the order of the help text.
func (p *program) commands() []*cobra.Command {
	return []*cobra.Command{
		p.demoCommand(), p.initCommand(), p.checkCommand(), p.importCommand(), p.childrenCommand(),
		p.dueCommand(), p.tasksCommand(), p.addressesCommand(), p.phrasesCommand(), p.phonesCommand(), p.plansCommand(), p.calendarCommand(), p.renderCommand(), p.templateCommand(), p.packCommand(), p.routeCommand(), p.policyCommand(), p.gatewayCommand(), p.sendCommand(),
		p.simulateCommand(),
		p.outboxCommand(), p.readCommand(), p.receiveCommand(), p.mailCommand(), p.returnsCommand(), p.qualityCommand(), p.premiumCommand(), p.targetsCommand(), p.serveCommand(), p.keysCommand(), p.usersCommand(), p.auditCommand(), p.versionCommand(), p.manualCommand(),
	}
}

// strict turns a wrong number of arguments into wrong usage.
func strict(cmd *cobra.Command) *cobra.Command {
	if check := cmd.Args; check != nil {
		cmd.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usage("%v", err)
			}
			return nil
		}
	}
	for _, child := range cmd.Commands() {
		strict(child)
	}
	return cmd
}

// configPath finds the configuration: the flag, PEPOST_CONFIG, the current
// folder, then /etc/pepost.
func (p *program) configPath() (string, error) {
	for _, named := range []string{p.flags.config, p.getenv("PEPOST_CONFIG")} {
		if named != "" {
			return named, nil
		}
	}
	for _, usual := range []string{"pepost.yaml", "/etc/pepost/pepost.yaml"} {
		if _, err := os.Stat(usual); err == nil {
			return usual, nil
		}
	}
	return "", refusedConfig(errors.New("there is no pepost.yaml in this folder or in /etc/pepost"),
		"write one with: pepost init DIR --authority NAME --from ADDRESS, or name it with --config")
}

// logger writes to stderr; nothing of a child is ever given to it.
func (p *program) logger() (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(p.flags.logLevel)); err != nil {
		return nil, usage("--log-level is debug, info, warn or error")
	}
	if p.flags.quiet && level < slog.LevelWarn {
		level = slog.LevelWarn
	}
	options := &slog.HandlerOptions{Level: level}
	switch p.flags.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(p.stderr, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(p.stderr, options)), nil
	}
	return nil, usage("--log-format is text or json")
}
