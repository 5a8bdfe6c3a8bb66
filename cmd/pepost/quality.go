package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/quality"
	"github.com/pepost/pepost/internal/store/accounts"
)

// qualityRules are the authority's; one without any is served, and nothing is
// rated or released there.
func qualityRules(c config.Config) (quality.Rules, error) {
	rules, err := quality.Load(schedulesFS(c), c.Authority)
	if errors.Is(err, quality.ErrNoRules) {
		return rules, nil
	}
	return rules, err
}

// judgeFlags are the flags of quality judge.
type judgeFlags struct {
	parts   []string
	overall string
	reason  string
}

func (p *program) qualityCommand() *cobra.Command {
	show := &cobra.Command{
		Use: "quality REF", Short: "what to look at in a child's filled form, and how it is rated",
		Long: "quality lists what is missing or doubtful in the form that came back last: answers that are needed, targets\n" +
			"that are not specific, measurable, dated or costed, texts copied from last term, a child who says nothing.\n" +
			"It proposes a rating for each part and for the whole by the authority's rule; the Virtual School gives it,\n" +
			"with quality judge.",
		Example: "  pepost quality PEP-7F3K-2Q\n  pepost quality judge PEP-7F3K-2Q --account alex.head", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.quality(cmd.Context(), args[0]) },
	}
	show.AddCommand(p.judgeCommand(), &cobra.Command{
		Use: "rules", Short: "what is looked for, the scale and the roll-up, each with its source",
		Example: "  pepost quality rules", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return p.qualityRules() },
	})
	return show
}

func (p *program) judgeCommand() *cobra.Command {
	var f judgeFlags
	cmd := &cobra.Command{
		Use: "judge REF", Short: "the Virtual School's rating of a filled form",
		Long: "judge takes the proposed ratings as the Virtual School's, or other ones with --part and --overall and a\n" +
			"reason. It needs an account of the Virtual School (pepost users add NAME --role head). The rating is of the\n" +
			"answers as they are: where the form comes back changed, it is to be judged again.",
		Example: "  pepost quality judge PEP-7F3K-2Q --account alex.head\n  pepost quality judge PEP-7F3K-2Q --account alex.head --part voice=green --reason \"the drawing says it\"",
		Args:    cobra.ExactArgs(1),
	}
	cmd.Flags().StringArrayVar(&f.parts, "part", nil, "the rating of one part, `PART=RATING`")
	cmd.Flags().StringVar(&f.overall, "overall", "", "the rating of the whole, where it is not the roll-up's")
	cmd.Flags().StringVar(&f.reason, "reason", "", "why it is rated otherwise than proposed")
	who := signInFlagsOf(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return p.judge(cmd.Context(), f, who, args[0]) }
	return cmd
}

func oneReference(text string) (pep.Ref, error) {
	refs, err := references([]string{text})
	if err != nil {
		return "", err
	}
	return refs[0], nil
}

func (p *program) quality(ctx context.Context, text string) error {
	ref, err := oneReference(text)
	if err != nil {
		return err
	}
	return p.with(ctx, false, func(i *installation) error {
		a, err := i.runner.Quality(ctx, ref)
		if err != nil {
			return err
		}
		return p.tellQuality(a)
	})
}

func (p *program) judge(ctx context.Context, f judgeFlags, who *signInFlags, text string) error {
	ask := pipeline.JudgeAsk{Parts: map[string]quality.Rating{}, Overall: quality.Rating(f.overall), Why: f.reason}
	ref, err := oneReference(text)
	if err != nil {
		return err
	}
	for _, each := range f.parts {
		part, rating, ok := strings.Cut(each, "=")
		if !ok {
			return usage("--part is PART=RATING, as voice=green")
		}
		ask.Parts[part] = quality.Rating(rating)
	}
	return p.with(ctx, false, func(i *installation) error {
		if ask.Account, err = p.virtualSchool(ctx, i, who); err != nil {
			return err
		}
		a, err := i.runner.Judge(ctx, ref, ask)
		if err != nil {
			return err
		}
		return p.tellQuality(a)
	})
}

// virtualSchool signs in an account of the Virtual School.
func (p *program) virtualSchool(ctx context.Context, i *installation, who *signInFlags) (string, error) {
	name, err := p.signedIn(ctx, i, who)
	if err != nil {
		return "", err
	}
	all, err := accounts.Of(i.db).List(ctx)
	if err != nil {
		return "", err
	}
	of := func(a accounts.Account) bool { return a.Name == name && a.Active() && a.Role == accounts.Head }
	if !slices.ContainsFunc(all, of) {
		return "", failed(errors.New("this is the Virtual School's to decide, and the account is not of it"), "pepost users list shows who is: the role is head")
	}
	return string(name), nil
}

// qualityJSON is what quality prints with --json.
type qualityJSON struct {
	Ref      pep.Ref              `json:"ref"`
	Return   string               `json:"return"`
	Findings []quality.Finding    `json:"findings"`
	Parts    []quality.PartRating `json:"parts"`
	Proposed quality.Rating       `json:"proposed"`
	Why      string               `json:"proposed_because"`
	Given    *judgementJSON       `json:"given,omitempty"`
	Outdated bool                 `json:"judged_before_a_change,omitempty"`
}

// judgementJSON is the judgement in force.
type judgementJSON struct {
	Overall    quality.Rating `json:"overall"`
	Overridden bool           `json:"overridden,omitempty"`
	By         string         `json:"by"`
	At         time.Time      `json:"at"`
	Reason     string         `json:"reason,omitempty"`
}

func qualityOf(a pipeline.Assessment) qualityJSON {
	out := qualityJSON{
		Ref: a.Ref, Return: a.Return.ID, Findings: notNil(a.Findings), Parts: notNil(a.Parts), Proposed: a.Proposed, Why: a.ProposedWhy, Outdated: a.Outdated,
	}
	if g := a.Given; g != nil {
		out.Given = &judgementJSON{g.Overall, g.Overridden, g.Account, g.At, g.Why}
	}
	return out
}

func (p *program) tellQuality(a pipeline.Assessment) error {
	if p.flags.json {
		return p.printJSON(qualityOf(a))
	}
	fmt.Fprintf(p.stdout, "%s, form %s: %s\n", a.Ref, a.Return.ID, count(len(a.Findings), "finding"))
	p.tellQualityFindings(a.Findings)
	rows := [][]string{{"part", "", "proposed", "given", "findings"}}
	for _, part := range a.Parts {
		rows = append(rows, []string{part.Part, part.Label, string(part.Proposed), string(part.Given), fmt.Sprint(part.Findings)})
	}
	p.table(rows)
	fmt.Fprintf(p.stdout, "overall proposed: %s, %s\n", firstText(string(a.Proposed), "none"), a.ProposedWhy)
	switch g := a.Given; {
	case g != nil:
		fmt.Fprintf(p.stdout, "judged %s by %s on %s%s\n", g.Overall, g.Account, pep.DateOf(g.At).Long(), because(g.Why))
	case a.Outdated:
		fmt.Fprintln(p.stdout, "not judged: the answers changed since the Virtual School judged them")
	default:
		fmt.Fprintln(p.stdout, "not judged yet")
	}
	return nil
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + onScreen(why)
}

// tellQualityFindings prints findings one a line, the gravest first.
func (p *program) tellQualityFindings(all []quality.Finding) {
	for _, weight := range quality.Weights() {
		for _, f := range all {
			if f.Weight != weight {
				continue
			}
			at := f.Field
			if f.Row > 0 {
				at += fmt.Sprintf(" %d", f.Row)
			}
			fmt.Fprintf(p.stdout, "  %s: %s (%s): %s\n", f.Weight, f.Label, at, f.Words)
		}
	}
}

func (p *program) qualityRules() error {
	c, err := p.configuration()
	if err != nil {
		return err
	}
	rules, err := quality.Load(schedulesFS(c), c.Authority)
	if err != nil {
		return refusedConfig(err, "copy quality.yaml from the authority's folder that the program is shipped with")
	}
	if p.flags.json {
		return p.printJSON(rules.Values())
	}
	rows := [][]string{{"what", "value", "source"}}
	for _, v := range rules.Values() {
		rows = append(rows, []string{v.Key, v.Value, v.Source})
	}
	p.table(rows)
	return nil
}
