package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/canary"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/receive"
)

// maxMessage bounds a mail file; a form with pictures comes to a few MiB.
const maxMessage = 64 << 20

func (p *program) receiveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "receive FILE…", Short: "take in returned mail (.eml) as the mailbox does, or a returned Word form (.docx)",
		Example: "  pepost receive reply.eml\n  pepost receive returned/PEP-7F3K-2Q.docx", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.receive(cmd.Context(), args) },
	}
}

// receiveJSON is one line of receive --json.
type receiveJSON struct {
	File     string          `json:"file"`
	Verdict  receive.Verdict `json:"verdict"`
	Ref      pep.Ref         `json:"ref,omitempty"`
	Delivery string          `json:"delivery,omitempty"`
	Return   string          `json:"return,omitempty"`
	Again    bool            `json:"again"`
	Changed  int             `json:"changed"`
	Reasons  []problemJSON   `json:"reasons"`
	Canary   *canaryJSON     `json:"canary,omitempty"`
}

func (p *program) receive(ctx context.Context, paths []string) error {
	return p.with(ctx, false, func(i *installation) error {
		code := exitDone
		for _, path := range paths {
			data, err := readFile(path, maxMessage)
			if err != nil {
				p.complain(fmt.Sprintf("reading what came back: %v", err), "the others are taken in; name this one again")
				code = exitFailed
				continue
			}
			taken, err := takeIn(ctx, i, path, data)
			if err != nil {
				return err
			}
			if (taken.Return.Verdict == receive.ForPerson || taken.Canary != nil && taken.Canary.State == canary.Failed) && code == exitDone {
				code = exitHeld
			}
			if err := p.tellTaken(path, taken); err != nil {
				return err
			}
		}
		if _, err := i.runner.DestroyMail(ctx); err != nil { // here too, for whoever runs no daemon
			return err
		}
		return outcome(code)
	})
}

// takeIn takes in a Word form as a file and anything else as a message.
func takeIn(ctx context.Context, i *installation, path string, data []byte) (pipeline.Taken, error) {
	if strings.EqualFold(filepath.Ext(path), ".docx") {
		return i.runner.TakeInFile(ctx, filepath.Base(path), data)
	}
	return i.runner.TakeInMail(ctx, "", data)
}

// tellCanary says what a canary that came back means for its gateway.
func (p *program) tellCanary(path string, c canary.Sent) error {
	said := canaryOf(c)
	if p.flags.json {
		return p.printJSON(receiveJSON{File: filepath.Base(path), Verdict: receive.Automatic, Reasons: []problemJSON{}, Canary: &said})
	}
	fmt.Fprintf(p.stdout, "%s: canary of the gateway %s, %s", onScreen(filepath.Base(path)), c.Gateway, c.State)
	if c.Why != "" {
		fmt.Fprintf(p.stdout, ": %s", c.Why)
	}
	fmt.Fprintln(p.stdout)
	return nil
}

func (p *program) tellTaken(path string, t pipeline.Taken) error {
	if t.Canary != nil {
		return p.tellCanary(path, *t.Canary)
	}
	line := receiveJSON{
		File: filepath.Base(path), Verdict: t.Return.Verdict, Ref: t.Return.Ref, Delivery: t.Return.Delivery, Return: t.ID,
		Again: t.Again, Reasons: []problemJSON{},
	}
	if t.Return.File != nil {
		line.Changed = len(t.Return.File.Changed)
	}
	for _, reason := range t.Return.Reasons {
		line.Reasons = append(line.Reasons, problemJSON{string(reason.Code), reason.Text})
	}
	if p.flags.json {
		return p.printJSON(line)
	}
	fmt.Fprintf(p.stdout, "%s: %s", onScreen(line.File), line.Verdict)
	if line.Ref != "" {
		fmt.Fprintf(p.stdout, ", %s", line.Ref)
	}
	if line.Return != "" {
		fmt.Fprintf(p.stdout, ", return %s with %d answers changed", line.Return, line.Changed)
	}
	if line.Again {
		fmt.Fprint(p.stdout, ", taken in before")
	}
	fmt.Fprintln(p.stdout)
	for _, reason := range line.Reasons {
		fmt.Fprintf(p.stdout, "  - %s\n", onScreen(reason.Detail))
	}
	return nil
}
