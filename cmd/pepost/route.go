package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
)

// routeFlags are the flags of route.
type routeFlags struct {
	from      string
	policy    string
	authority string
	stdin     bool
}

// maxPolicy bounds a policy file named by hand.
const maxPolicy = 64 << 20

func (p *program) routeCommand() *cobra.Command {
	var f routeFlags
	cmd := &cobra.Command{
		Use: "route ADDRESS…", Short: "the delivery decision for each address, and why",
		Example: "  pepost route head@x.cheshire.sch.uk\n  pepost route --stdin --json < addresses.jsonl",
		RunE:    func(cmd *cobra.Command, args []string) error { return p.route(cmd.Context(), f, args) },
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&f.stdin, "stdin", false, `read JSON Lines {"to":"…","from":"…"} instead of arguments`)
	return cmd
}

// add adds the flags that say whom and what to ask.
func (f *routeFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.from, "from", "", "the sender `ADDRESS` (default: the configuration's)")
	cmd.Flags().StringVar(&f.policy, "policy", "", "a policy `FILE` to ask instead of the authority's own")
	cmd.Flags().StringVar(&f.authority, "authority", "", "the authority whose policy is asked (default: the configuration's)")
}

// router answers one question after the other by one policy.
type router struct {
	now time.Time
	// atHand, where set, adds what the installation could use.
	atHand func(route.Question) route.Question
	policy route.Guard
	from   string
	on     pep.Date
	means  route.Means
}

func (p *program) route(ctx context.Context, f routeFlags, args []string) error {
	if f.stdin == (len(args) > 0) {
		return usage("name at least one address, or --stdin and none")
	}
	return p.withRouter(ctx, f, func(r router) error {
		out := bufio.NewWriter(p.stdout)
		defer out.Flush()
		if f.stdin {
			return p.routeLines(r, out)
		}
		for _, address := range args {
			if err := p.answer(out, r.decide(address, "")); err != nil {
				return err
			}
		}
		return nil
	})
}

// withRouter answers by the policy that was named alone, or by all that an
// installation knows.
func (p *program) withRouter(ctx context.Context, f routeFlags, work func(router) error) error {
	r, c, err := p.router(f)
	if err != nil {
		return err
	}
	if c == nil || f.policy != "" || f.authority != "" {
		return work(r)
	}
	return withPolicies(ctx, *c, func(runner *pipeline.Runner) error {
		s, err := runner.PolicyStands(ctx, r.policy.OnDisk)
		if err != nil {
			return err
		}
		runner.Guard, runner.Now, runner.OpenPGP = &s.Guard, func() time.Time { return r.now }, ownKeys(*c, r.on)
		if runner.Keys != nil {
			onFile, err := runner.Keys.AllKeys(ctx)
			if err != nil {
				return err
			}
			runner.Keys = readKeys(onFile)
		}
		r.policy, r.atHand = s.Guard, runner.AtHand
		return work(r)
	})
}

func (p *program) router(f routeFlags) (router, *config.Config, error) {
	now, err := p.clock()
	if err != nil {
		return router{}, nil, err
	}
	r := router{from: f.from, now: now(), on: pep.DateOf(now())}
	c, err := p.optionalConfig()
	if err != nil {
		return router{}, nil, err
	}
	if r.from == "" && c != nil {
		r.from = c.Sender.Raw()
	}
	if r.from == "" {
		return router{}, nil, usage("without a configuration name the sender: --from peps@council.example")
	}
	r.means = meansOf(c, r.on)
	policy, err := p.policyFor(f, c)
	r.policy = route.Sole(policy)
	return r, c, err
}

// policyFor reads the policy that was named, or the authority's own. An
// authority without a policy file is answered with a hold for everything.
func (p *program) policyFor(f routeFlags, c *config.Config) (*route.Policy, error) {
	if f.policy != "" {
		policy, err := namedPolicy(f.policy)
		return policy, asRefused(err)
	}
	schedules, authority, err := p.schedulesOf(f.authority)
	if err != nil {
		return nil, err
	}
	policy, err := route.Load(schedules, authority)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, route.ErrNoRows) {
		p.note("%s has no delivery policy, so everything is held", authority)
		return nil, nil
	}
	return policy, asRefused(err)
}

func asRefused(err error) error {
	if err == nil {
		return nil
	}
	return refusedConfig(err, "")
}

func readFile(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%s is larger than %d bytes", filepath.Base(path), most)
	}
	return data, err
}

func (r router) decide(to, from string) route.Decision {
	return r.policy.Decide(r.question(to, from))
}

func (r router) question(to, from string) route.Question {
	if from == "" {
		from = r.from
	}
	q := route.Question{To: pep.ParseAddress(to), From: pep.ParseAddress(from), On: r.on, Means: r.means}
	if r.atHand != nil {
		q = r.atHand(q)
	}
	return q
}

// routeLines answers JSON Lines in order. A line that is no question ends the
// run with its number, after the answers before it.
func (p *program) routeLines(r router, out *bufio.Writer) error {
	lines := bufio.NewScanner(p.stdin)
	lines.Buffer(make([]byte, 0, 64<<10), 1<<20)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var question struct {
			To   *string `json:"to"`
			From string  `json:"from"`
		}
		if err := json.Unmarshal(lines.Bytes(), &question); err != nil || question.To == nil {
			return failed(fmt.Errorf("standard input line %d: not of the form {\"to\":\"…\",\"from\":\"…\"}", n), "")
		}
		if err := p.answer(out, r.decide(*question.To, question.From)); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return failed(fmt.Errorf("reading standard input: %w", err), "a line may have at most 1 MiB")
	}
	return nil
}

func (p *program) answer(out io.Writer, d route.Decision) error {
	if p.flags.json {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(d)
	}
	p.tellDecision(out, d)
	return nil
}

// tellDecision prints one decision with its reasons.
func (p *program) tellDecision(out io.Writer, d route.Decision) {
	fmt.Fprintf(out, "%s: %s", printable(d.Address), d.Verdict)
	if d.Method != route.MethodNone {
		fmt.Fprintf(out, " by %s", d.Method)
	}
	if d.Rule != "" {
		fmt.Fprintf(out, " (rule %s)", d.Rule)
	}
	fmt.Fprintln(out)
	for _, reason := range d.Reasons {
		fmt.Fprintf(out, "  - %s\n", onScreen(reason))
	}
}

// printable quotes whatever could play tricks on a terminal.
func printable(text string) string {
	if quoted := fmt.Sprintf("%+q", text); quoted[1:len(quoted)-1] != text {
		return quoted
	}
	return text
}
