package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// returnsFlags are the flags of the returns commands.
type returnsFlags struct {
	by     string
	reason string
	final  bool
}

func (p *program) returnsCommand() *cobra.Command {
	var f returnsFlags
	group := &cobra.Command{
		Use: "returns", Short: "the filled forms that came back and wait for an officer",
		Example: "  pepost returns list\n  pepost returns accept 7qk2… --final", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.returnsList(cmd.Context()) },
	}
	list := &cobra.Command{
		Use: "list", Short: "one line a returned form", Example: "  pepost returns list --json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.returnsList(cmd.Context()) },
	}
	show := &cobra.Command{
		Use: "show ID", Short: "one returned form with what it says and what changed", Example: "  pepost returns show 7qk2…", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.returnsShow(cmd.Context(), args[0]) },
	}
	accept := &cobra.Command{
		Use: "accept ID…", Short: "take a returned form's answers for the plan",
		Example: "  pepost returns accept 7qk2… --final", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.settleReturns(cmd.Context(), f, pipeline.ReturnAccepted, args)
		},
	}
	accept.Flags().BoolVar(&f.final, "final", false, "and make it the final plan: the next send gives it to everyone who is to have it")
	reject := &cobra.Command{
		Use: "reject ID…", Short: "keep a returned form and do not use it",
		Example: "  pepost returns reject 7qk2… --reason \"an old form\"", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.settleReturns(cmd.Context(), f, pipeline.ReturnRejected, args)
		},
	}
	for _, cmd := range []*cobra.Command{accept, reject} {
		cmd.Flags().StringVar(&f.by, "by", "", "who says so (default: the account's name)")
		cmd.Flags().StringVar(&f.reason, "reason", "", "why")
	}
	group.AddCommand(list, show, accept, reject, p.toldCommand(), p.enterCommand())
	return group
}

// returnJSON is one returned form of returns --json.
type returnJSON struct {
	ID         string               `json:"id"`
	Ref        pep.Ref              `json:"ref"`
	State      pipeline.ReturnState `json:"state"`
	At         time.Time            `json:"at"`
	Form       string               `json:"form"`
	Delivery   string               `json:"delivery,omitempty"`
	Reasons    []string             `json:"reasons"`
	InClear    bool                 `json:"returned_in_clear"`
	Told       *time.Time           `json:"told,omitempty"`
	TypedBy    string               `json:"typed_by,omitempty"`
	Unreadable []string             `json:"unreadable"`
	Confidence float64              `json:"confidence"`
	Changed    []form.Change        `json:"changed,omitempty"`
	Quality    *qualityJSON         `json:"quality,omitempty"`
}

func returnOf(r pipeline.Returned) returnJSON {
	out := returnJSON{
		ID: r.ID, Ref: r.Ref, State: r.State, At: r.At, Form: r.Form, Delivery: r.Delivery, InClear: r.InClear, TypedBy: r.TypedBy,
		Reasons: notNil(r.Reasons), Unreadable: notNil(r.Unreadable), Confidence: r.Confidence,
	}
	if !r.Told.At.IsZero() {
		out.Told = &r.Told.At
	}
	return out
}

func (p *program) returnsList(ctx context.Context) error {
	return p.with(ctx, false, func(i *installation) error {
		all, err := i.runner.Returns.ListReturns(ctx, pipeline.ReturnFilter{})
		if err != nil {
			return err
		}
		rows := [][]string{{"id", "reference", "came", "state", "form", "look at"}}
		for _, r := range all {
			if p.flags.json {
				if err := p.printJSON(returnOf(r)); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{r.ID, string(r.Ref), r.At.In(i.runner.Now().Location()).Format("2006-01-02 15:04"), string(r.State), r.Form, lookAt(r)})
		}
		if !p.flags.json {
			p.table(rows)
		}
		return nil
	})
}

// lookAt is what an officer should look at before accepting.
func lookAt(r pipeline.Returned) string {
	parts := r.LookAt()
	if n := len(r.Unreadable); n > 0 {
		parts = append(parts, count(n, "answer")+" could not be read")
	}
	return strings.Join(parts, "; ")
}

func (p *program) returnsShow(ctx context.Context, id string) error {
	return p.with(ctx, false, func(i *installation) error {
		back, document, err := i.runner.Returns.GetReturn(ctx, id)
		if err != nil {
			return err
		}
		read, err := i.runner.Read(ctx, document, "", back.Ref)
		if err != nil {
			return err
		}
		judged, err := i.runner.QualityOf(ctx, id)
		var none *pipeline.NotThePlanError
		if err != nil && !errors.As(err, &none) {
			return err
		}
		if p.flags.json {
			out := returnOf(back)
			out.Changed = notNil(read.Changed)
			if none == nil {
				seen := qualityOf(judged)
				out.Quality = &seen
			}
			return p.printJSON(out)
		}
		fmt.Fprintf(p.stdout, "%s: %s, %s\n", back.ID, back.Ref, back.State)
		if text := lookAt(back); text != "" {
			fmt.Fprintf(p.stdout, "look at: %s\n", text)
		}
		composed, _ := i.runner.Forms.ByID(read.Reading.Form) // one that is unknown was refused
		if err := p.tellRead(composed, string(back.Ref), read); err != nil || none != nil {
			return err
		}
		return p.tellQuality(judged)
	})
}

func (p *program) settleReturns(ctx context.Context, f returnsFlags, to pipeline.ReturnState, ids []string) error {
	by := pipeline.By{Name: p.person(f.by), Why: f.reason}
	return p.with(ctx, false, func(i *installation) error {
		for _, id := range ids {
			if err := i.runner.SettleReturn(ctx, id, to, by); err != nil {
				return err
			}
			if f.final {
				if err := i.runner.Finalise(ctx, id, by); err != nil {
					return err
				}
			}
			p.note("%s is %s", id, to)
		}
		return nil
	})
}
