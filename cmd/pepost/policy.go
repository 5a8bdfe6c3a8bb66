package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/canaries"
	"github.com/pepost/pepost/internal/store/consents"
	pgpkeys "github.com/pepost/pepost/internal/store/keys"
	"github.com/pepost/pepost/internal/store/policies"
)

func (p *program) policyCommand() *cobra.Command {
	group := &cobra.Command{
		Use: "policy", Short: "the delivery policy: who may get ordinary mail, and what a change of it means", Args: cobra.NoArgs,
		Long: "policy looks at delivery.yaml. What a changed file narrows counts at once; what it\n" +
			"widens counts once two people with an account of their own agreed to it.",
		Example: "  pepost policy check\n  pepost policy explain head@x.cheshire.sch.uk\n  pepost policy what-if proposed.yaml",
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	check := &cobra.Command{
		Use: "check [FILE]", Short: "every problem of a policy, rows past their review or near it, and what waits for two people",
		Example: "  pepost policy check\n  pepost policy check proposed.yaml --json", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.policyCheck(cmd.Context(), args) },
	}
	group.AddCommand(check, p.policyExplainCommand(), p.policyWhatIfCommand(), p.policyApproveCommand())
	return group
}

// namedPolicy reads a policy file that was named by hand.
func namedPolicy(file string) (*route.Policy, error) {
	data, err := readFile(file, maxPolicy)
	if err != nil {
		return nil, refusedConfig(fmt.Errorf("reading the policy: %w", err), "")
	}
	return route.Parse(filepath.Base(file), data)
}

// withPolicies works with what an installation's database knows of its policy,
// its gateways and its recipients' keys; where there is no database yet,
// nothing is in force and nothing is on file.
func withPolicies(ctx context.Context, c config.Config, work func(*pipeline.Runner) error) error {
	if _, err := os.Stat(c.Database); !strings.Contains(c.Database, "://") && errors.Is(err, fs.ErrNotExist) {
		return work(&pipeline.Runner{})
	}
	sealing, err := store.ReadKeyFile(c.Keys)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, store.Options{URL: c.Database, Keys: sealing})
	if err != nil {
		return err
	}
	return errors.Join(work(&pipeline.Runner{
		Policies: policies.New(db), Consents: consents.New(db), Keys: pgpkeys.New(db), Gateways: gatewaysOf(c, db), From: c.Sender,
		Relays: guaranteesOf(c),
	}), db.Close())
}

// gatewaysOf is what an installation knows of its gateways.
func gatewaysOf(c config.Config, db *store.DB) *pipeline.Gateways {
	return &pipeline.Gateways{Canaries: canaries.New(db), Entrance: func(g route.Gateway) string { return entranceOf(c, g) }}
}

// reviewWithin is how many days ahead a review is announced.
const reviewWithin = 30

// policyReport is what policy check --json prints.
type policyReport struct {
	OK       bool           `json:"ok"`
	Policy   string         `json:"policy,omitempty"`
	Rows     int            `json:"rows"`
	Problems []string       `json:"problems"`
	Lapsed   []route.Review `json:"lapsed"`
	Soon     []route.Review `json:"review_soon"`
	// InForce is the hash of the policy that was agreed to; Changes are the rows
	// in which the file differs from it, and Agreed who agreed to the file.
	InForce string            `json:"in_force,omitempty"`
	Changes []route.RowChange `json:"changes"`
	Agreed  []agreedJSON      `json:"agreed"`
	// Relays says in words how the relays of pepost.yaml differ from those that
	// were agreed to.
	Relays []string `json:"relays"`
}

// agreedJSON is one consent as it is shown.
type agreedJSON struct {
	Account string    `json:"account"`
	At      time.Time `json:"at"`
	Why     string    `json:"reason"`
}

func agreedOf(given []pipeline.Consent) []agreedJSON {
	all := make([]agreedJSON, 0, len(given))
	for _, c := range given {
		all = append(all, agreedJSON{c.Account, c.At, c.Why})
	}
	return all
}

func (p *program) policyCheck(ctx context.Context, args []string) error {
	now, err := p.clock()
	if err != nil {
		return err
	}
	report, err := p.policyReport(ctx, args, now)
	if err != nil {
		return err
	}
	if p.flags.json {
		report.Problems, report.Lapsed, report.Soon = notNil(report.Problems), notNil(report.Lapsed), notNil(report.Soon)
		report.Changes, report.Agreed, report.Relays = notNil(report.Changes), notNil(report.Agreed), notNil(report.Relays)
		err = p.printJSON(report)
	} else {
		p.tellPolicy(report)
	}
	if err == nil && !report.OK {
		err = outcome(exitConfig)
	}
	return err
}

func (p *program) policyReport(ctx context.Context, args []string, now func() time.Time) (policyReport, error) {
	var r policyReport
	c, err := p.optionalConfig()
	if err != nil {
		return r, err
	}
	var policy *route.Policy
	if len(args) > 0 {
		policy, err = namedPolicy(args[0])
	} else {
		policy, err = p.ownPolicy()
	}
	if end := new(outcomeError); errors.As(err, &end) {
		return r, err
	}
	r.problems(err)
	if r.OK = len(r.Problems) == 0; !r.OK {
		return r, nil
	}
	on := pep.DateOf(now())
	r.Policy, r.Rows = policy.Hash(), len(policy.Rows())
	for _, review := range policy.Reviews(on, reviewWithin) {
		if review.Lapsed {
			r.Lapsed = append(r.Lapsed, review)
		} else {
			r.Soon = append(r.Soon, review)
		}
	}
	if c == nil {
		return r, nil
	}
	err = withPolicies(ctx, *c, func(runner *pipeline.Runner) error {
		s, err := runner.PolicyStands(ctx, policy)
		r.InForce, r.Agreed, r.Changes, r.Relays = s.InForce.Hash, agreedOf(s.Agreed), s.Guard.Changes(on), s.Guard.Relays.Changes()
		return err
	})
	return r, err
}

// ownPolicy reads the policy of the configured authority.
func (p *program) ownPolicy() (*route.Policy, error) {
	c, err := p.configuration()
	if err != nil {
		return nil, err
	}
	return route.Load(schedulesFS(c), c.Authority)
}

// problems takes an error apart into its lines.
func (r *policyReport) problems(err error) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.Problems = append(r.Problems, "the authority has no delivery.yaml: everything is held")
	case err != nil:
		r.Problems = append(r.Problems, strings.Split(err.Error(), "\n")...)
	}
}

func (p *program) tellPolicy(r policyReport) {
	for _, problem := range r.Problems {
		p.complain(problem, "")
	}
	if !r.OK {
		return
	}
	fmt.Fprintf(p.stdout, "%s, %s\n", r.Policy, count(r.Rows, "row"))
	for _, row := range r.Lapsed {
		fmt.Fprintf(p.stdout, "  row %s (line %d) holds: its review was due by %s\n", row.ID, row.Line, row.ReviewBy.Long())
	}
	for _, row := range r.Soon {
		fmt.Fprintf(p.stdout, "  row %s (line %d) is to be reviewed by %s\n", row.ID, row.Line, row.ReviewBy.Long())
	}
	p.tellWaitingRows(r)
}

// tellWaitingRows says which rows wait for two people, and who agreed so far.
func (p *program) tellWaitingRows(r policyReport) {
	switch {
	case r.InForce == "":
		fmt.Fprintln(p.stdout, "no policy is in force yet: the first one is taken as it is found")
		return
	case r.InForce == r.Policy && len(r.Relays) == 0:
		fmt.Fprintln(p.stdout, "it is in force")
		return
	case r.InForce == r.Policy:
		fmt.Fprintln(p.stdout, "it is in force; the relays of pepost.yaml are others than those in force")
	default:
		fmt.Fprintf(p.stdout, "in force is %s\n", r.InForce)
	}
	for _, said := range r.Relays {
		fmt.Fprintf(p.stdout, "  %s\n", said)
	}
	waits := false
	for _, c := range r.Changes {
		what := "it is stricter or means the same, and counts as soon as the file does"
		if c.Waits {
			what, waits = "it trusts more, and waits for two people", true
		}
		fmt.Fprintf(p.stdout, "  row %s (line %d) was %s: %s\n", c.ID, c.Line, c.What, what)
	}
	for _, a := range r.Agreed {
		fmt.Fprintf(p.stdout, "  %s agreed on %s: %s\n", a.Account, pep.DateOf(a.At).Long(), onScreen(a.Why))
	}
	if waits {
		fmt.Fprintln(p.stdout, "two people agree to it, each with: pepost policy approve --account NAME --reason TEXT")
	}
}
