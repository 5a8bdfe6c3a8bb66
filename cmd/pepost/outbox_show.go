package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/report/story"
)

func (p *program) showCommand() *cobra.Command {
	var who *signInFlags
	show := &cobra.Command{
		Use: "show ID", Short: "the whole story of one delivery, in words",
		Long: "show tells one delivery from its first draft to what answered it: who it is for\n" +
			"and why them, what it holds, why it goes this way, who let it go, what the relay\n" +
			"said, the passphrase, what proves that it arrived, and what comes next. That it\n" +
			"was opened is kept as evidence: with --account under that account's name, else\n" +
			"as of a shell's user whom nothing identifies.",
		Example: "  pepost outbox show 4k2m…\n  pepost outbox show 4k2m… --account jo.smith --json", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.outboxShow(cmd.Context(), *who, args[0]) },
	}
	who = signInFlagsOf(show)
	return show
}

// storyJSON is what outbox show --json has beyond a line of outbox list.
type storyJSON struct {
	Form     string          `json:"form,omitempty"`
	Document string          `json:"document_sha256,omitempty"`
	Why      []string        `json:"recipient_why"`
	Returns  []returnedJSON  `json:"returns"`
	Story    []story.Chapter `json:"story"`
}

// returnedJSON is a form that came back for the delivery.
type returnedJSON struct {
	ID    string               `json:"id"`
	At    time.Time            `json:"at"`
	State pipeline.ReturnState `json:"state"`
	// Sure is whether it is certain that it answers this delivery, and not
	// another one of the same plan.
	Sure bool `json:"sure"`
}

func storyOf(told pipeline.Told) *storyJSON {
	d := told.Delivery
	out := storyJSON{Form: d.Form, Document: told.Document, Why: notNil(d.Recipient.Why), Returns: []returnedJSON{}, Story: told.Chapters}
	for _, back := range told.Returns {
		out.Returns = append(out.Returns, returnedJSON{back.ID, back.At, back.State, back.Delivery == d.ID})
	}
	return &out
}

func (p *program) outboxShow(ctx context.Context, who signInFlags, id string) error {
	return p.with(ctx, false, func(i *installation) error {
		by := pipeline.Reader{Login: p.person("")}
		if who.account != "" {
			account, err := p.signedIn(ctx, i, &who)
			if err != nil {
				return err
			}
			by.Account = string(account)
		}
		told, err := i.runner.Story(ctx, id, by)
		if err != nil {
			return err
		}
		if p.flags.json {
			line := deliveryOf(told.Delivery).proposing(told.Proposal)
			line.storyJSON = storyOf(told)
			return p.printJSON(line)
		}
		p.tellWhole(told, i.runner.Now().Location())
		return nil
	})
}

// tellWhole prints the chapters, and after them every event as it was kept.
func (p *program) tellWhole(told pipeline.Told, where *time.Location) {
	d := told.Delivery
	fmt.Fprintf(p.stdout, "delivery %s: %s", d.ID, report.What(d.Kind))
	if d.Ref != "" {
		fmt.Fprintf(p.stdout, ", %s", d.Ref)
	}
	fmt.Fprintf(p.stdout, ", %s\n", d.State)
	for _, chapter := range told.Chapters {
		fmt.Fprintf(p.stdout, "\n%s\n", chapter.Topic)
		for _, line := range chapter.Lines {
			fmt.Fprintf(p.stdout, "  %s\n", onScreen(line))
		}
	}
	p.tellRepeats(told.Repeats)
	fmt.Fprint(p.stdout, "\neverything that happened, in order\n")
	rows := [][]string{}
	for _, e := range d.Events {
		rows = append(rows, []string{"  " + e.At.In(where).Format("2006-01-02 15:04:05"), stepOf(e), e.By, e.Why})
	}
	p.table(rows)
}

// tellRepeats shows the officer, and nobody else, what the recipient may not
// read.
func (p *program) tellRepeats(all []pipeline.Repeat) {
	if len(all) == 0 {
		return
	}
	fmt.Fprint(p.stdout, "\nwhat this recipient may not read\n")
	for _, one := range all {
		fmt.Fprintf(p.stdout, "  %s: %s: “%s”\n", one.Field, one.Why, onScreen(one.Sentence))
	}
}

// stepOf is what an event did to the state.
func stepOf(e outbox.Event) string {
	if e.To == "" || e.To == e.From {
		return string(e.Action)
	}
	return string(e.Action) + ": " + string(e.To)
}
