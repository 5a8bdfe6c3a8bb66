package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/smtpout"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/schedules"
)

// initFlags are the flags of init.
type initFlags struct {
	authority string
	from      string
	phone     string
	relay     string
	relayCA   string
	noOnward  bool
	database  string
}

// maxCA bounds a certificate file.
const maxCA = 1 << 20

func (p *program) initCommand() *cobra.Command {
	var f initFlags
	cmd := &cobra.Command{
		Use: "init DIR", Short: "write a commented pepost.yaml and key file into a new folder",
		Example: "  pepost init here --authority cheshire-west --from peps@council.example --relay smtp://relay.council.example:587",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return p.initialise(f, args[0]) },
	}
	cmd.Flags().StringVar(&f.authority, "authority", "", "whose rules apply: "+strings.Join(authorities(), ", "))
	cmd.Flags().StringVar(&f.from, "from", "", "the mailbox `ADDRESS` that messages come from")
	cmd.Flags().StringVar(&f.phone, "phone", "", "the `NUMBER` that letters say to ring when a form does not open")
	cmd.Flags().StringVar(&f.relay, "relay", "", "the mail relay: smtp://HOST:PORT (STARTTLS required) or smtps://HOST:PORT")
	cmd.Flags().StringVar(&f.relayCA, "relay-ca", "", "a PEM `FILE` with the authority that signed the relay's certificate")
	cmd.Flags().BoolVar(&f.noOnward, "no-onward-tls", false, "nobody guarantees TLS beyond the relay: nothing is secure by ordinary mail")
	cmd.Flags().StringVar(&f.database, "database", "pepost.db", "a SQLite file in DIR, or a postgres:// `URL`")
	return cmd
}

// authorities are the folders of the built-in schedules.
func authorities() []string {
	entries, err := fs.ReadDir(schedules.FS, ".")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

func (p *program) initialise(f initFlags, dir string) error {
	first, err := p.first(f)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return failed(fmt.Errorf("making the folder: %w", err), "")
	}
	if f.relayCA != "" {
		if err := copyCA(f.relayCA, filepath.Join(dir, first.Relay.CA)); err != nil {
			return err
		}
	}
	file := filepath.Join(dir, "pepost.yaml")
	if err := writeNew(file, []byte(first.Text())); err != nil {
		return failed(fmt.Errorf("writing the configuration: %w", err), "a folder is set up once; choose a new one")
	}
	keys, err := store.NewKeys()
	if err != nil {
		return failed(fmt.Errorf("making keys: %w", err), "")
	}
	if err := keys.WriteFile(filepath.Join(dir, "keys.json")); err != nil {
		return failed(fmt.Errorf("writing the keys: %w", err), "")
	}
	return p.welcome(dir, file, first)
}

// first checks what was asked before anything is written.
func (p *program) first(f initFlags) (config.First, error) {
	now, err := p.clock()
	if err != nil {
		return config.First{}, err
	}
	first := config.First{
		Authority: f.authority, From: f.from, Phone: f.phone, Database: f.database, StatedBy: p.person(""), On: pep.DateOf(now()),
	}
	switch {
	case f.authority == "":
		return first, usage("name the authority: --authority, one of %s", strings.Join(authorities(), ", "))
	case !slices.Contains(authorities(), f.authority):
		return first, usage("no authority %q: --authority takes %s", f.authority, strings.Join(authorities(), ", "))
	case f.from != "" && pep.ParseAddress(f.from).Verdict() != pep.AddressGood:
		return first, usage("--from: %s", pep.ParseAddress(f.from).Reason())
	case f.relay == "" && (f.relayCA != "" || f.noOnward):
		return first, usage("--relay-ca and --no-onward-tls say something of a relay: name it with --relay")
	}
	if f.relay == "" {
		return first, nil
	}
	return f.withRelay(first)
}

// withRelay adds the relay, and the statement about TLS beyond it, due for
// review in a year.
func (f initFlags) withRelay(first config.First) (config.First, error) {
	relay, err := config.ParseRelayURL(f.relay)
	if err != nil {
		return first, usage("%v", err)
	}
	if f.relayCA != "" {
		relay.CA = "relay-ca.pem"
	}
	if !f.noOnward {
		relay.Onward = config.Onward{
			Guaranteed: true, Evidence: "stated at pepost init", CheckedBy: first.StatedBy, CheckedOn: first.On,
			ReviewBy: first.On.AddDays(365),
		}
	}
	first.Relay = relay
	return first, nil
}

// copyCA puts the relay's authority into the folder, so that it moves with it.
func copyCA(from, to string) error {
	data, err := readFile(from, maxCA)
	if err != nil {
		return failed(fmt.Errorf("reading the relay's certificate authority: %w", err), "")
	}
	if _, err := smtpout.Roots(data); err != nil {
		return usage("--relay-ca: %v", err)
	}
	if err := writeNew(to, data); err != nil {
		return failed(fmt.Errorf("writing the relay's certificate authority: %w", err), "a folder is set up once; choose a new one")
	}
	return nil
}

// writeNew writes a file that must not be there yet, for its owner alone.
func writeNew(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}

// welcome says what was written and what to do next.
func (p *program) welcome(dir, file string, first config.First) error {
	if p.flags.json {
		return p.printJSON(map[string]any{"folder": dir, "configuration": file, "keys": filepath.Join(dir, "keys.json"), "authority": first.Authority})
	}
	fmt.Fprintf(p.stdout, "wrote %s and %s\n", file, filepath.Join(dir, "keys.json"))
	fmt.Fprintln(p.stdout, "keep keys.json apart from backups: without it nothing opens, and whoever has both reads everything")
	fmt.Fprintln(p.stdout, "not for real children's data yet: see the README for what must be finished and signed first")
	if first.From == "" {
		fmt.Fprintln(p.stdout, "no sender yet: put the mailbox behind \"from:\", or everything is held")
	}
	if first.Phone == "" {
		fmt.Fprintln(p.stdout, "no telephone number yet: put one behind \"phone:\", so that letters can say whom to ring")
	}
	if !first.Relay.Configured() {
		fmt.Fprintln(p.stdout, "no relay yet: put one behind \"relay:\" before sending")
	}
	fmt.Fprintf(p.stdout, "next: cd %s, then pepost check, then pepost import FILE…\n", dir)
	return nil
}

// person is who says something: the flag, else the account's name.
func (p *program) person(flag string) string {
	for _, name := range []string{flag, p.getenv("USER"), p.getenv("LOGNAME"), p.getenv("USERNAME")} {
		if name = strings.TrimSpace(name); name != "" {
			return name
		}
	}
	return "whoever ran pepost"
}
