package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/audit"
)

// auditFlags are the flags of the audit commands.
type auditFlags struct{ by, reason string }

func (p *program) auditCommand() *cobra.Command {
	var f auditFlags
	group := &cobra.Command{
		Use: "audit", Short: "the chained evidence of everything that was done",
		Example: "  pepost audit verify\n  pepost audit export evidence.jsonl --by \"A. Officer\" --reason \"asked for by internal audit\"", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	verify := &cobra.Command{
		Use: "verify [FILE]", Short: "prove that no record was changed, removed or put in",
		Long: "verify goes through the evidence from its first record, in the database or in a\n" +
			"file that audit export wrote, and prints the number and the hash of the last one.\n" +
			"Note them down elsewhere: they prove later that nothing was cut off the end.",
		Example: "  pepost audit verify\n  pepost audit verify evidence.jsonl --json", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.auditVerify(cmd.Context(), args) },
	}
	export := &cobra.Command{
		Use: "export FILE", Short: "write the evidence as JSON Lines that an auditor can prove without this program",
		Long: "export writes one record a line into a new file that its owner alone may read.\n" +
			"No record names a child. That it was exported, by whom and why is a record\n" +
			"itself, the last of the file.",
		Example: "  pepost audit export evidence.jsonl --by \"A. Officer\" --reason \"asked for by internal audit\"", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.auditExport(cmd.Context(), f, args[0]) },
	}
	export.Flags().StringVar(&f.by, "by", "", "who exports it (default: the account's name)")
	export.Flags().StringVar(&f.reason, "reason", "", "why; it is kept as evidence")
	group.AddCommand(verify, export)
	return group
}

// auditLine is what audit verify and audit export print with --json.
type auditLine struct {
	File    string `json:"file,omitempty"`
	Records int    `json:"records"`
	Head    string `json:"head"`
	// Broken names the first record that does not hold; nought where all do.
	Broken int64  `json:"broken,omitempty"`
	Why    string `json:"why,omitempty"`
}

func (p *program) auditVerify(ctx context.Context, files []string) error {
	if len(files) == 1 {
		file, err := os.Open(files[0])
		if err != nil {
			return fmt.Errorf("opening the evidence: %w", err)
		}
		defer file.Close()
		return p.tellChecked(files[0], file, nil)
	}
	return p.with(ctx, false, func(i *installation) error {
		records, cut := i.runner.Evidence.All(ctx)
		var lines bytes.Buffer
		if err := audit.WriteLines(&lines, records); err != nil {
			return err
		}
		return p.tellChecked("", &lines, cut)
	})
}

// tellChecked says whether records hold. Cut is what reading them met after the
// last one.
func (p *program) tellChecked(name string, lines io.Reader, cut error) error {
	checked, err := audit.VerifyLines(lines)
	if err == nil {
		err = cut
	}
	line := auditLine{File: name, Records: checked.Records, Head: checked.Head.Hash}
	var broken *audit.BrokenError
	switch {
	case errors.As(err, &broken):
		line.Broken, line.Why = broken.Seq, string(broken.Fault)
	case err != nil:
		return failed(err, "the file is one that pepost audit export wrote, whole and unchanged")
	}
	if p.flags.json {
		err = errors.Join(p.printJSON(line), err)
	} else {
		fmt.Fprintf(p.stdout, "%s hold, one after the other; the last is %s\n", count(line.Records, "record"), firstText(line.Head, "none"))
	}
	if err != nil {
		return failed(err, "somebody wrote past this program: keep everything as it is, and tell whoever answers for the evidence")
	}
	return nil
}

func (p *program) auditExport(ctx context.Context, f auditFlags, path string) error {
	return p.with(ctx, false, func(i *installation) error {
		file, err := newPrivateFile(path)
		if err != nil {
			return err
		}
		records, err := p.exported(ctx, i, f)
		if err == nil {
			err = audit.WriteLines(file, records)
		}
		if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
			return fmt.Errorf("exporting the evidence: %w", err)
		}
		line := auditLine{File: path, Records: len(records)}
		if n := len(records); n > 0 {
			line.Head = records[n-1].Hash
		}
		if p.flags.json {
			return p.printJSON(line)
		}
		fmt.Fprintf(p.stdout, "%s in %s; the last is %s\nprove it with pepost audit verify %s, or without pepost: deploy/verify-evidence.py\n",
			count(line.Records, "record"), path, line.Head, path)
		return nil
	})
}

// exported is the evidence with the record that says that it was exported.
func (p *program) exported(ctx context.Context, i *installation, f auditFlags) ([]audit.Record, error) {
	err := i.runner.Evidence.Append(ctx, audit.Record{
		At: i.runner.Now(), Action: audit.EvidenceRead, By: p.person(f.by), Why: f.reason,
		Facts: []audit.Fact{{Name: "how", Value: "the whole chain exported"}},
	})
	if err != nil {
		return nil, err
	}
	return i.runner.Evidence.All(ctx)
}

// newPrivateFile makes a file that its owner alone may read; one that is there
// already is left alone.
func newPrivateFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, failed(fmt.Errorf("%s is there already", path), "name another file: nothing is overwritten")
	}
	if err != nil {
		return nil, fmt.Errorf("making a file: %w", err)
	}
	return file, nil
}
