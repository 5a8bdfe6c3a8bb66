package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/post"
)

// printFlags are the flags of outbox print.
type printFlags struct {
	out   string
	batch bool
}

func (p *program) printCommand(f *outboxFlags) *cobra.Command {
	var own printFlags
	cmd := &cobra.Command{
		Use: "print [ID…]", Short: "write what goes by registered post as PDF, one file an envelope",
		Long: "print writes each envelope as one PDF: the letter with the address in the\n" +
			"window, the form with lines to write on, and the label to send it back with.\n" +
			"With --batch it writes every letter that waits, and a sheet for the post room.\n" +
			"Each printing is kept as evidence. A letter that would be made otherwise today\n" +
			"is not written; the next send makes it anew.",
		Example: "  pepost outbox print --batch --out letters\n  pepost outbox print 4k2m… --out letters", Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if own.out == "" || own.batch == (len(args) > 0) {
				return usage("print takes --out DIR, and either identifiers or --batch")
			}
			return p.printPacks(cmd.Context(), *f, own, args)
		},
	}
	cmd.Flags().StringVar(&own.out, "out", "", "the folder to write to: `DIR`; nobody else may read it")
	cmd.Flags().BoolVar(&own.batch, "batch", false, "every letter that waits, and a batch sheet")
	f.person(cmd)
	return cmd
}

// printedLine is one file of outbox print --json.
type printedLine struct {
	ID     string  `json:"id,omitempty"`
	Ref    pep.Ref `json:"ref,omitempty"`
	File   string  `json:"file"`
	SHA256 string  `json:"sha256,omitempty"`
}

func (p *program) printPacks(ctx context.Context, f outboxFlags, own printFlags, ids []string) error {
	if err := os.MkdirAll(own.out, 0o700); err != nil {
		return failed(fmt.Errorf("making the folder of the letters: %w", err), "")
	}
	return p.with(ctx, false, func(i *installation) error {
		if own.batch {
			waiting, err := i.runner.ToPrint(ctx)
			if err != nil {
				return err
			}
			for _, d := range waiting {
				ids = append(ids, d.ID)
			}
		}
		written, left, err := p.printEach(ctx, i, f, own.out, ids)
		if err != nil {
			return err
		}
		if own.batch && len(written) > 0 {
			err = p.writeBatch(i, own.out, written)
		}
		if len(ids) == 0 {
			p.note("no letter waits to be printed")
		}
		if err == nil && left {
			return outcome(exitHeld)
		}
		return err
	})
}

// printEach writes letters; one that is not to be posted as it stands is told
// and does not keep the others.
func (p *program) printEach(ctx context.Context, i *installation, f outboxFlags, dir string, ids []string) (written []outbox.Delivery, left bool, err error) {
	for _, id := range ids {
		d, pack, err := i.runner.Print(ctx, id, pipeline.By{Name: p.person(f.by), Why: f.reason})
		if err != nil {
			end := p.classify(err)
			if end.code != exitHeld {
				return written, left, err
			}
			p.complain(err.Error(), end.hint)
			left = true
			continue
		}
		if err := p.writeLetter(dir, id+".pdf", pack, printedLine{ID: id, Ref: d.Ref, SHA256: d.SHA256}); err != nil {
			return written, left, err
		}
		written = append(written, d)
	}
	return written, left, nil
}

// writeLetter writes one file and tells it.
func (p *program) writeLetter(dir, name string, data []byte, line printedLine) error {
	line.File = filepath.Join(dir, name)
	if err := os.WriteFile(line.File, data, 0o600); err != nil {
		return failed(fmt.Errorf("writing a letter: %w", err), "")
	}
	if p.flags.json {
		return p.printJSON(line)
	}
	fmt.Fprintln(p.stdout, line.File)
	return nil
}

// writeBatch writes the sheet for the post room, named by the moment.
func (p *program) writeBatch(i *installation, dir string, letters []outbox.Delivery) error {
	batch, err := i.runner.BatchOf(letters)
	if err != nil {
		return err
	}
	name := "batch-" + i.runner.Now().Format("20060102-150405")
	if err := p.writeLetter(dir, name+".pdf", batch.PDF, printedLine{}); err != nil {
		return err
	}
	return p.writeLetter(dir, name+".csv", batch.CSV, printedLine{})
}

// postedFlags are the flags of outbox posted and outbox delivered.
type postedFlags struct {
	number string
	on     string
	proof  string
}

func (p *program) postedCommand(f *outboxFlags) *cobra.Command {
	var own postedFlags
	cmd := &cobra.Command{
		Use: "posted ID", Short: "record that a letter went by registered post, with its Royal Mail number",
		Long: "posted records the number on the receipt, whose check digit is verified and\n" +
			"which no other letter may have. A letter that was not printed here, or that\n" +
			"would be addressed otherwise today, needs --reason.",
		Example: "  pepost outbox posted 4k2m… --number \"RN 1234 5678 5GB\" --on 2026-02-03 --proof \"receipt book 4, page 12\"", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if own.number == "" {
				return usage("posted takes --number, the Royal Mail number on the receipt")
			}
			return p.recordPost(cmd.Context(), *f, own, func(i *installation, on pep.Date, by pipeline.By) (outbox.Delivery, error) {
				return i.runner.Posted(cmd.Context(), args[0], pipeline.Letter{Number: own.number, On: on, Proof: own.proof}, by)
			})
		},
	}
	cmd.Flags().StringVar(&own.number, "number", "", "the Royal Mail `NUMBER`: two letters, nine digits, GB")
	cmd.Flags().StringVar(&own.on, "on", "", "the `DATE` on the certificate of posting (default today)")
	cmd.Flags().StringVar(&own.proof, "proof", "", "where the proof of posting is kept")
	f.person(cmd)
	return cmd
}

func (p *program) deliveredCommand(f *outboxFlags) *cobra.Command {
	var own postedFlags
	cmd := &cobra.Command{
		Use: "delivered ID", Short: "record that a posted letter was signed for",
		Example: "  pepost outbox delivered 4k2m… --on 2026-02-04", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.recordPost(cmd.Context(), *f, own, func(i *installation, on pep.Date, by pipeline.By) (outbox.Delivery, error) {
				return i.runner.HandedOver(cmd.Context(), args[0], on, by)
			})
		},
	}
	cmd.Flags().StringVar(&own.on, "on", "", "the `DATE` on which it was signed for (default today)")
	f.person(cmd)
	return cmd
}

// recordPost does one of the two and tells the delivery.
func (p *program) recordPost(ctx context.Context, f outboxFlags, own postedFlags,
	record func(*installation, pep.Date, pipeline.By) (outbox.Delivery, error),
) error {
	return p.with(ctx, false, func(i *installation) error {
		on, err := day("--on", own.on, pep.DateOf(i.runner.Now()))
		if err != nil {
			return err
		}
		d, err := record(i, on, pipeline.By{Name: p.person(f.by), Why: f.reason})
		if err != nil {
			return err
		}
		return p.tellDelivery(d)
	})
}

// letterText is what is known of a posted letter.
func letterText(known post.Proof) string {
	text := fmt.Sprintf("on %s, number %s", known.PostedOn.Long(), known.Number)
	if known.Reference != "" {
		text += ", proof: " + known.Reference
	}
	if !known.DeliveredOn.IsZero() {
		text += ", signed for on " + known.DeliveredOn.Long()
	}
	return text
}
