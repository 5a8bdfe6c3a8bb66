package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/word"
)

// readFlags are the flags of read.
type readFlags struct {
	against        string
	passphraseFile string
}

// maxForm bounds a returned form.
const maxForm = 32 << 20

func (p *program) readCommand() *cobra.Command {
	var f readFlags
	cmd := &cobra.Command{
		Use: "read FILE.docx…", Short: "the values in a filled form, and the difference from the form that left",
		Example: "  pepost read returned.docx --against PEP-7F3K-2Q --json", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.read(cmd.Context(), f, args) },
	}
	cmd.Flags().StringVar(&f.against, "against", "", "compare with the form that left last for this `REF`, else with today's rendering")
	cmd.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", "open a protected file with the first line of `FILE`")
	return cmd
}

// readJSON is what read --json prints for one file.
type readJSON struct {
	File       string                `json:"file"`
	Ref        pep.Ref               `json:"ref"`
	Form       string                `json:"form"`
	Version    string                `json:"version"`
	Values     map[string]string     `json:"values"`
	Tables     map[string][]form.Row `json:"tables"`
	Changed    []form.Change         `json:"changed"`
	Missing    []string              `json:"missing"`
	Unreadable []string              `json:"unreadable"`
	Confidence float64               `json:"confidence"`
	// AsWritten is the text of an unreadable answer as the file has it.
	AsWritten map[string]string `json:"as_written,omitempty"`
	Comments  []commentJSON     `json:"comments"`
	Problems  []problemJSON     `json:"problems"`
}

// commentJSON is a remark in the margin.
type commentJSON struct {
	Field  string `json:"field"`
	Author string `json:"author"`
	Text   string `json:"text"`
}

type problemJSON struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (p *program) read(ctx context.Context, f readFlags, paths []string) error {
	passphrase, err := passphraseFrom(f.passphraseFile)
	if err != nil {
		return err
	}
	refs, err := references(nonEmpty(f.against))
	if err != nil {
		return err
	}
	var against pep.Ref
	if len(refs) > 0 {
		against = refs[0]
	}
	return p.with(ctx, false, func(i *installation) error {
		refused := false
		for _, path := range paths {
			ok, err := p.readOne(ctx, i, path, passphrase, against)
			if err != nil {
				return err
			}
			refused = refused || !ok
		}
		if refused {
			return outcome(exitFailed)
		}
		return nil
	})
}

// readOne reads one file; one that is missing or refused is told and does not
// keep the next from being read.
func (p *program) readOne(ctx context.Context, i *installation, path, passphrase string, against pep.Ref) (bool, error) {
	data, err := readFile(path, maxForm)
	if err != nil {
		p.complain(fmt.Sprintf("reading a form: %v", err), "")
		return false, nil
	}
	done, err := i.runner.Read(ctx, data, passphrase, against)
	var no *word.RefusedError
	if errors.As(err, &no) {
		return false, p.tellRefused(path, no)
	}
	if err != nil {
		return false, err
	}
	if against == "" {
		p.note("%s was compared with nothing; --against REF compares it with what left", filepath.Base(path))
	}
	composed, _ := i.runner.Forms.ByID(done.Reading.Form) // one that is unknown was refused
	return true, p.tellRead(composed, path, done)
}

func nonEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func (p *program) tellRefused(path string, no *word.RefusedError) error {
	if p.flags.json {
		return p.printJSON(map[string]any{"file": filepath.Base(path), "refused": problemJSON{string(no.Code), no.Detail}})
	}
	p.complain(fmt.Sprintf("%s is refused (%s): %s", filepath.Base(path), no.Code, no.Detail), "")
	return nil
}

func (p *program) tellRead(f form.Form, path string, r pipeline.ReadForm) error {
	out := readJSON{
		File: filepath.Base(path), Ref: r.Reading.Ref, Form: r.Reading.Form, Version: r.Reading.Version,
		Values: r.Reading.Values.Fields, Tables: r.Reading.Values.Tables, Changed: notNil(r.Changed),
		Missing: notNil(r.Missing), Unreadable: notNil(r.Reading.Unreadable), Confidence: r.Reading.Confidence,
		AsWritten: r.Reading.AsWritten, Comments: []commentJSON{}, Problems: []problemJSON{},
	}
	for _, problem := range r.Reading.Problems {
		out.Problems = append(out.Problems, problemJSON{string(problem.Code), asField(problem.Field) + problem.Detail})
	}
	for _, fault := range r.Faults {
		out.Problems = append(out.Problems, problemJSON{"not_taken", asField(fault.Field) + fault.Reason})
	}
	for _, c := range r.Reading.Comments {
		out.Comments = append(out.Comments, commentJSON{c.Field, c.Author, c.Text})
	}
	if p.flags.json {
		return p.printJSON(out)
	}
	p.printReading(f, out, r)
	return nil
}

// asField puts the key of what a sentence is about before it.
func asField(key string) string {
	if key == "" {
		return ""
	}
	return key + ": "
}
