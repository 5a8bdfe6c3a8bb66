package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// renderFlags are the flags of render.
type renderFlags struct {
	all            bool
	kind           string
	formats        []string
	role           string
	passphraseFile string
	out            string
}

// maxPassphrase bounds a passphrase file.
const maxPassphrase = 4 << 10

func (p *program) renderCommand() *cobra.Command {
	var f renderFlags
	cmd := &cobra.Command{
		Use: "render REF… | --all", Short: "write forms as Word and PDF files",
		Example: "  pepost render PEP-7F3K-2Q --format docx,pdf --out forms\n  pepost render --all --out forms",
		RunE:    func(cmd *cobra.Command, args []string) error { return p.render(cmd.Context(), f, args) },
	}
	cmd.Flags().BoolVar(&f.all, "all", false, "every child of the register who has a form")
	cmd.Flags().StringVar(&f.kind, "kind", "form", "form (to be filled in) or final (to be read)")
	cmd.Flags().StringSliceVar(&f.formats, "format", []string{"docx", "pdf"}, "docx, pdf or both")
	cmd.Flags().StringVar(&f.role, "for", "", "the `ROLE` that reads it (default: whoever the form goes to)")
	cmd.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", "protect the files with the first line of `FILE`")
	cmd.Flags().StringVar(&f.out, "out", "", "the `DIR` to write into")
	return cmd
}

// renderLine is one line of render --json.
type renderLine struct {
	Ref      pep.Ref         `json:"ref"`
	File     string          `json:"file"`
	Format   pipeline.Format `json:"format"`
	Pages    int             `json:"pages"`
	SHA256   string          `json:"sha256"`
	Fields   int             `json:"fields"`
	Template string          `json:"template,omitempty"`
	Warnings []string        `json:"warnings"`
}

func (p *program) render(ctx context.Context, f renderFlags, args []string) error {
	ask, err := f.ask()
	if err != nil {
		return err
	}
	if f.all == (len(args) > 0) {
		return usage("name at least one reference, or --all and none")
	}
	if f.out == "" {
		return usage("name the folder to write into: --out DIR")
	}
	refs, err := references(args)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.out, 0o700); err != nil {
		return failed(fmt.Errorf("making the folder: %w", err), "")
	}
	return p.with(ctx, false, func(i *installation) error {
		return p.renderEach(ctx, i, refs, ask, f.out)
	})
}

// ask reads the flags.
func (f renderFlags) ask() (pipeline.RenderAsk, error) {
	ask := pipeline.RenderAsk{Kind: outbox.Kind(f.kind)}
	if ask.Kind != outbox.KindForm && ask.Kind != outbox.KindFinal {
		return ask, usage("--kind is form or final")
	}
	for _, text := range f.formats {
		format := pipeline.Format(strings.TrimSpace(text))
		if format != pipeline.Word && format != pipeline.PDF {
			return ask, usage("--format takes docx, pdf or docx,pdf")
		}
		if !slices.Contains(ask.Formats, format) {
			ask.Formats = append(ask.Formats, format)
		}
	}
	if f.role != "" {
		role, err := pep.ParseRole(f.role)
		if err != nil {
			return ask, usage("--for: %v", err)
		}
		ask.Role = role
	}
	var err error
	ask.Passphrase, err = passphraseFrom(f.passphraseFile)
	return ask, err
}

// passphraseFrom is the first line of a file; a passphrase never stands on the
// command line, where other accounts of the machine could read it.
func passphraseFrom(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	data, err := readFile(path, maxPassphrase)
	if err != nil {
		return "", failed(fmt.Errorf("reading a secret: %w", err), "")
	}
	line, _, _ := strings.Cut(string(data), "\n")
	if line = strings.TrimRight(line, "\r"); line == "" {
		return "", failed(fmt.Errorf("reading a secret: the first line of %s is empty", filepath.Base(path)), "")
	}
	return line, nil
}

func references(texts []string) ([]pep.Ref, error) {
	var refs []pep.Ref
	for _, text := range texts {
		ref, err := pep.ParseRef(text)
		if err != nil {
			return nil, usage("%q is not a reference: %v", text, err)
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

// renderEach writes one child's files after the other. A form that cannot be
// made is told and does not stop the next.
func (p *program) renderEach(ctx context.Context, i *installation, refs []pep.Ref, ask pipeline.RenderAsk, dir string) error {
	all := len(refs) == 0
	partly := false
	each := func(record pep.Record) error {
		files, err := i.runner.Render(ctx, record, ask)
		var none *pipeline.NoFormError
		if errors.As(err, &none) {
			partly = partly || !all
			p.note("%v", none)
			return nil
		}
		if err != nil {
			return err
		}
		told := false
		for _, file := range files {
			if file.Err != nil {
				partly = true
				p.complain(fmt.Sprintf("%s as %s: %v", file.Ref, file.Format, file.Err), "")
				continue
			}
			if err := p.writeRendered(file, dir, told); err != nil {
				return err
			}
			told = true
		}
		return nil
	}
	if err := eachRecord(ctx, i, refs, p.progress("drawing"), each); err != nil {
		return err
	}
	if partly {
		return outcome(exitPartly)
	}
	return nil
}

// eachRecord walks the named children, or all of them.
func eachRecord(ctx context.Context, i *installation, refs []pep.Ref, progress func(done, all int), do func(pep.Record) error) error {
	if len(refs) == 0 {
		records, err := i.runner.Register.Records(ctx)
		if err != nil {
			return err
		}
		for n, record := range records {
			if err := errors.Join(ctx.Err(), do(record)); err != nil {
				return err
			}
			progress(n+1, len(records))
		}
		return nil
	}
	for _, ref := range refs {
		record, err := i.runner.Register.Record(ctx, ref)
		if err != nil {
			return err
		}
		if err := do(record); err != nil {
			return err
		}
	}
	return nil
}

// writeRendered writes one file; what is to be said of the form is said once.
func (p *program) writeRendered(file pipeline.Rendered, dir string, told bool) error {
	path := filepath.Join(dir, fmt.Sprintf("%s-%s.%s", file.Ref, file.Kind, file.Format))
	if err := os.WriteFile(path, file.Bytes, 0o600); err != nil {
		return failed(fmt.Errorf("writing a form: %w", err), "")
	}
	sum := sha256.Sum256(file.Bytes)
	line := renderLine{
		Ref: file.Ref, File: path, Format: file.Format, Pages: file.Pages, SHA256: hex.EncodeToString(sum[:]),
		Fields: file.Fields, Template: file.Template, Warnings: notNil(file.Warnings),
	}
	if p.flags.json {
		return p.printJSON(line)
	}
	fmt.Fprintf(p.stdout, "%s\n", path)
	if file.Template != "" {
		p.note("%s: drawn with the template %s", line.Ref, file.Template)
	}
	if told {
		return nil
	}
	for _, warning := range line.Warnings {
		p.note("%s: %s", line.Ref, warning)
	}
	return nil
}
