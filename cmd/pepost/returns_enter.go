package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/form/typed"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// enterFlags are the flags of returns enter.
type enterFlags struct {
	from   string
	blank  bool
	signIn *signInFlags
}

func (p *program) enterCommand() *cobra.Command {
	var f enterFlags
	cmd := &cobra.Command{
		Use: "enter REF", Short: "take in the answers of a paper form, typed into a file",
		Long: "enter takes the answers that were typed from a paper form, fills in the\n" +
			"form that left last with them, and keeps it among the returned forms: it waits for\n" +
			"returns accept like any other, marked “typed from paper” with the account that\n" +
			"typed it. Every field is checked against the form first; where anything does not\n" +
			"fit, each such line is listed and nothing is kept.\n\n" +
			"The file is CSV with the columns field and answer (--blank writes one to be\n" +
			"filled in), JSON as pepost read --json prints it, or lines field=answer, where a\n" +
			"line that begins with a space goes on with the answer above. Answers never stand\n" +
			"in the arguments, which others can read.",
		Example: "  pepost returns enter PEP-7F3K-2Q --blank > answers.csv\n  pepost returns enter PEP-7F3K-2Q --from answers.csv --account jo.smith",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return p.enter(cmd.Context(), f, args[0]) },
	}
	cmd.Flags().StringVar(&f.from, "from", "", "read the answers from this `FILE`, or from stdin with -")
	cmd.Flags().BoolVar(&f.blank, "blank", false, "write the fields to be typed, as CSV, and take nothing in")
	f.signIn = signInFlagsOf(cmd)
	return cmd
}

func (p *program) enter(ctx context.Context, f enterFlags, name string) error {
	refs, err := references([]string{name})
	if err != nil {
		return err
	}
	if f.blank == (f.from != "") {
		return usage("say where the answers stand with --from FILE, or write the fields with --blank")
	}
	return p.with(ctx, false, func(i *installation) error {
		if f.blank {
			fields, err := i.runner.BlankAnswers(ctx, refs[0])
			if err != nil {
				return neverSent(err, refs[0])
			}
			_, err = p.stdout.Write(fields)
			return err
		}
		account, err := p.signedIn(ctx, i, f.signIn)
		if err != nil {
			return err
		}
		data, err := p.typedAnswers(f.from)
		if err != nil {
			return failed(fmt.Errorf("reading the answers: %w", err), "")
		}
		taken, err := i.runner.EnterReturn(ctx, refs[0], data, string(account))
		var unfit *pipeline.TypedError
		if errors.As(err, &unfit) {
			if err := p.tellUnfit(unfit); err != nil {
				return err
			}
		}
		if err != nil {
			return neverSent(err, refs[0])
		}
		return p.tellTaken(string(refs[0]), taken)
	})
}

// typedAnswers reads what was typed.
func (p *program) typedAnswers(from string) ([]byte, error) {
	if from != "-" {
		return readFile(from, typed.MaxBytes)
	}
	if p.stdin == nil {
		return nil, os.ErrClosed
	}
	return io.ReadAll(io.LimitReader(p.stdin, typed.MaxBytes+1))
}

// neverSent says what to do where there is no form to fill in.
func neverSent(err error, ref pep.Ref) error {
	var none *pipeline.NotFoundError
	if errors.As(err, &none) && none.What == pipeline.NoContents {
		return failed(fmt.Errorf("no form of %s left from here, so there is none to fill in", ref), "pepost outbox list --ref "+string(ref)+" tells what there is")
	}
	return err
}

// tellUnfit lists everything that was typed and does not fit.
func (p *program) tellUnfit(unfit *pipeline.TypedError) error {
	if p.flags.json {
		return p.printJSON(struct {
			Ref    pep.Ref       `json:"ref"`
			Faults []typed.Fault `json:"faults"`
		}{unfit.Ref, unfit.Faults})
	}
	for _, fault := range unfit.Faults {
		fmt.Fprintln(p.stdout, onScreen(fault.String()))
	}
	return nil
}

func (p *program) toldCommand() *cobra.Command {
	var f returnsFlags
	cmd := &cobra.Command{
		Use: "told ID…", Short: "record that a setting whose form came in clear was told how to answer safely",
		Example: "  pepost returns told 7qk2… --reason \"rang them, they deleted it\"", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.with(cmd.Context(), false, func(i *installation) error {
				for _, id := range args {
					if err := i.runner.ToldSetting(cmd.Context(), id, pipeline.By{Name: p.person(f.by), Why: f.reason}); err != nil {
						return err
					}
					p.note("%s: the setting was told", id)
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&f.by, "by", "", "who told them (default: the account's name)")
	cmd.Flags().StringVar(&f.reason, "reason", "", "what was agreed")
	return cmd
}
