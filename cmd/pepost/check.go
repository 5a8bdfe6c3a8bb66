package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/store"
	pgpkeys "github.com/pepost/pepost/internal/store/keys"
	"github.com/pepost/pepost/internal/timetable"
)

// checkFlags are the flags of check.
type checkFlags struct {
	connect bool
	matrix  bool
	rules   bool
}

func (p *program) checkCommand() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use: "check", Short: "validate configuration, forms, templates, schedules, policy, keys and relay; print every problem",
		Example: "  pepost check\n  pepost check --connect\n  pepost check --matrix\n  pepost check --rules", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.check(cmd.Context(), f) },
	}
	cmd.Flags().BoolVar(&f.connect, "connect", false, "also connect to the relay and the mailbox and sign in; nothing is sent or moved")
	cmd.Flags().BoolVar(&f.matrix, "matrix", false, "also print who may see which field")
	cmd.Flags().BoolVar(&f.rules, "rules", false, "also print every value of the authority's timetable and where it comes from")
	return cmd
}

// finding is one thing check has to say. A warning is no reason to refuse.
type finding struct {
	Part    string `json:"part"`
	Problem string `json:"problem"`
	Hint    string `json:"hint,omitempty"`
	Warning bool   `json:"warning,omitempty"`
}

// checkReport is what check --json prints.
type checkReport struct {
	OK       bool             `json:"ok"`
	Findings []finding        `json:"findings"`
	Coverage []form.Coverage  `json:"coverage"`
	Forms    []string         `json:"forms"`
	Matrix   []form.MatrixRow `json:"matrix,omitempty"`
	// Rules are the values in force, where they were asked for and are sound.
	Rules []timetable.Value `json:"rules,omitempty"`
}

func (p *program) check(ctx context.Context, f checkFlags) error {
	now, err := p.clock()
	if err != nil {
		return err
	}
	var report checkReport
	c, library := config.Config{}, (*form.Library)(nil)
	if c, err = p.configuration(); err != nil {
		report.add("configuration", err)
	} else {
		var rules timetable.Rules
		if library, rules = report.folders(c); f.rules && rules.Name != "" {
			report.Rules = rules.Values()
		}
		report.wordTemplates(c, library)
		report.keeping(c)
		report.openPGP(c, pep.DateOf(now()), report.database(ctx, c, f.connect))
		report.relays(ctx, c, pep.DateOf(now()), f.connect)
		report.mailbox(ctx, p, c, f.connect)
		if _, err := messenger(c, p.wall); err != nil {
			report.add("text messages", err)
		}
		if policy, err := route.Load(schedulesFS(c), c.Authority); err == nil {
			report.gateways(c, policy, pep.DateOf(now()))
			report.waitingPolicy(ctx, c, policy, f.connect)
		}
	}
	report.forms(library, f.matrix)
	report.OK = true
	for _, each := range report.Findings {
		report.OK = report.OK && each.Warning
	}
	if err := p.tellCheck(report); err != nil {
		return err
	}
	if !report.OK {
		return outcome(exitConfig)
	}
	return nil
}

// add takes an error apart into its problems.
func (r *checkReport) add(part string, err error) {
	var problems config.Problems
	if errors.As(err, &problems) {
		for _, one := range problems {
			r.Findings = append(r.Findings, finding{Part: part, Problem: one.String(), Hint: one.Hint})
		}
		return
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			r.Findings = append(r.Findings, finding{Part: part, Problem: line})
		}
	}
}

func (r *checkReport) warn(part, problem, hint string) {
	r.Findings = append(r.Findings, finding{Part: part, Problem: problem, Hint: hint, Warning: true})
}

// folders loads every data folder by itself, so that a fault in one hides none
// of another, and gives the forms and the timetable where they are sound.
func (r *checkReport) folders(c config.Config) (*form.Library, timetable.Rules) {
	_, err := calendar.Load(schedulesFS(c), c.Authority)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.warn("calendar", c.Authority+" has no calendar.yaml: school days and weeks cannot be counted", "add its term dates")
	case err != nil:
		r.add("calendar", err)
	}
	rules, err := timetable.Load(schedulesFS(c), c.Authority)
	if err != nil {
		r.add("timetable", err)
	}
	_, err = route.Load(schedulesFS(c), c.Authority)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.warn("delivery policy", c.Authority+" has no delivery.yaml: everything is held", "add the rows of the authority's policy")
	case err != nil:
		r.add("delivery policy", err)
	}
	if _, err := loadLetters(c); err != nil {
		r.add("templates", err)
	}
	if _, err := loadAgenda(c); err != nil {
		r.add("templates", err)
	}
	if found, err := qualityRules(c); err != nil {
		r.add("quality assurance", err)
	} else if !found.Known() {
		r.warn("quality assurance", c.Authority+" has no quality.yaml: no plan is rated and no Pupil Premium Plus released", "copy one that the program is shipped with")
	}
	library, err := loadForms(c, rules.Words)
	if err != nil {
		r.add("forms", err)
	}
	return library, rules
}

// wordTemplates lists every fault of every template of the installation.
func (r *checkReport) wordTemplates(c config.Config, library *form.Library) {
	set, err := loadWordTemplates(c, library)
	if err != nil {
		r.add("Word templates", err)
	}
	for _, own := range set.All() {
		for _, fault := range own.Faults {
			r.Findings = append(r.Findings, finding{
				Part: "Word template " + own.File, Problem: fault.String(), Hint: fault.Hint, Warning: fault.Warning,
			})
		}
	}
}

// keeping looks at who else may read or change what the installation stands on.
func (r *checkReport) keeping(c config.Config) {
	info, err := os.Stat(c.File)
	if err != nil || runtime.GOOS == "windows" {
		return
	}
	mode := info.Mode().Perm()
	if mode&0o022 != 0 {
		r.warn("configuration", fmt.Sprintf("%s: others may change it (mode %04o), and with it where mail goes", c.File, mode), "chmod go-w it")
	}
	if at, err := url.Parse(c.Database); err == nil && at.User != nil && mode&0o044 != 0 {
		if _, secret := at.User.Password(); secret {
			r.warn("configuration", fmt.Sprintf("%s: others may read it (mode %04o), and the database's password stands in it", c.File, mode), "chmod 600 it")
		}
	}
}

// database opens what is there with the keys, and gives the OpenPGP keys on
// file: a file that does not exist yet is made by the first import, and a
// server is asked only with --connect.
func (r *checkReport) database(ctx context.Context, c config.Config, connect bool) []pipeline.KeysOnFile {
	keys, err := store.ReadKeyFile(c.Keys)
	if err != nil {
		r.add("keys", err)
		return nil
	}
	if server := strings.Contains(c.Database, "://"); server && !connect {
		return nil
	} else if _, err := os.Stat(c.Database); !server && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	db, err := store.Open(ctx, store.Options{URL: c.Database, Keys: keys})
	var onFile []pipeline.KeysOnFile
	if err == nil {
		onFile, err = pgpkeys.New(db).AllKeys(ctx)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		r.add("database", err)
	}
	return onFile
}

// forms proves that what the law asks for is on the forms.
func (r *checkReport) forms(library *form.Library, matrix bool) {
	if library == nil {
		return
	}
	for _, problem := range library.Check() {
		r.Findings = append(r.Findings, finding{Part: "forms", Problem: problem.String(), Hint: problem.Hint})
	}
	r.Coverage, r.Forms = form.Coverages(), library.IDs()
	if matrix {
		r.Matrix = library.Matrix()
	}
}

func (p *program) tellCheck(r checkReport) error {
	if p.flags.json {
		r.Findings = notNil(r.Findings)
		return p.printJSON(r)
	}
	for _, each := range r.Findings {
		if each.Warning {
			fmt.Fprintf(p.stderr, "pepost: warning: %s\n", onScreen(each.Problem))
			if each.Hint != "" {
				fmt.Fprintf(p.stderr, "pepost: hint: %s\n", each.Hint)
			}
			continue
		}
		p.complain(each.Part+": "+each.Problem, each.Hint)
	}
	if r.OK && len(r.Forms) > 0 {
		fmt.Fprintf(p.stdout, "%d forms cover the %d items of Schedule 1 and of the statutory guidance\n", len(r.Forms), len(r.Coverage))
		fmt.Fprintln(p.stdout, "configuration, calendar, timetable, delivery policy, templates, forms and keys hold")
	}
	p.tellMatrix(r.Matrix)
	p.tellRules(r.Rules)
	return nil
}

func (p *program) tellRules(values []timetable.Value) {
	if len(values) == 0 {
		return
	}
	rows := [][]string{{"rule", "value", "source"}}
	for _, v := range values {
		rows = append(rows, []string{v.Key, v.Value, v.Source})
	}
	p.table(rows)
}

func (p *program) tellMatrix(matrix []form.MatrixRow) {
	if len(matrix) == 0 {
		return
	}
	rows := [][]string{{"field", "seen by", ""}}
	for _, m := range matrix {
		var roles []string
		for _, role := range m.Roles {
			roles = append(roles, string(role))
		}
		home := ""
		if m.Home {
			home = "and never where the placement address is withheld"
		}
		rows = append(rows, []string{m.Field, strings.Join(roles, ", "), home})
	}
	p.table(rows)
}
