package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/roster"
)

// maxExport bounds one export file, importMemory is what an import of 100,000
// rows is to keep within.
const (
	maxExport    = 256 << 20
	importMemory = 160 << 20
)

func (p *program) importCommand() *cobra.Command {
	var schema bool
	cmd := &cobra.Command{
		Use: "import FILE…", Short: "read exports (CSV, XLSX, JSON, JSON Lines, SSDA903) into the register",
		Example: "  pepost import children.csv contacts.csv targets.csv\n  pepost import --schema > pepost-import.schema.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			if schema {
				_, err := p.stdout.Write(roster.Schema())
				return err
			}
			return p.importFiles(cmd.Context(), args)
		},
	}
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of our own JSON and JSON Lines shape")
	return cmd
}

func (p *program) importFiles(ctx context.Context, paths []string) error {
	if len(paths) == 0 {
		return usage("name at least one file")
	}
	// An export of a whole county fits; the collector is to work rather than
	// let the heap double.
	debug.SetMemoryLimit(importMemory)
	files, err := readExports(paths)
	if err != nil {
		return err
	}
	return p.with(ctx, false, func(i *installation) error {
		done, err := i.runner.Import(ctx, files)
		if err != nil {
			return err
		}
		if p.flags.json {
			if err := p.printJSON(importReport(paths, done)); err != nil {
				return err
			}
		} else {
			p.tellImport(done)
		}
		if len(done.Rejects) > 0 || len(done.Unread) > 0 {
			return outcome(exitPartly)
		}
		return nil
	})
}

// readExports reads the files whole. They are named in findings by what stands
// on the command line, less the folders they share.
func readExports(paths []string) ([]roster.File, error) {
	var files []roster.File
	names := namesOf(paths)
	for n, path := range paths {
		data, err := readFile(path, maxExport)
		if err != nil {
			return nil, failed(fmt.Errorf("reading an export: %w", err), "nothing was imported")
		}
		files = append(files, roster.File{Name: names[n], Data: data})
	}
	return files, nil
}

// namesOf are the paths without the folders that all of them share.
func namesOf(paths []string) []string {
	split := make([][]string, len(paths))
	for i, path := range paths {
		split[i] = strings.Split(filepath.ToSlash(filepath.Clean(path)), "/")
	}
	shared := len(split[0]) - 1
	for _, parts := range split {
		shared = min(shared, len(parts)-1)
		for i := range shared {
			if parts[i] != split[0][i] {
				shared = i
				break
			}
		}
	}
	names := make([]string, len(paths))
	for i, parts := range split {
		names[i] = strings.Join(parts[shared:], "/")
	}
	return names
}

// importJSON is what import --json prints.
type importJSON struct {
	Source    string            `json:"source"`
	Rows      int               `json:"rows"`
	Accepted  int               `json:"accepted"`
	Changed   int               `json:"changed"`
	Unchanged int               `json:"unchanged"`
	Rejected  []roster.Finding  `json:"rejected"`
	Warnings  []roster.Finding  `json:"warnings"`
	Changes   []pipeline.Change `json:"changes"`
	Tables    []roster.Table    `json:"tables"`
	Unread    []roster.Unread   `json:"unread"`
}

func importReport(paths []string, d pipeline.Imported) importJSON {
	return importJSON{
		Source: strings.Join(paths, ", "), Rows: d.Rows, Accepted: d.Accepted, Changed: d.Changed, Unchanged: d.Unchanged,
		Rejected: notNil(d.Rejects), Warnings: notNil(d.Warnings), Changes: notNil(d.Changes),
		Tables: notNil(d.Tables), Unread: notNil(d.Unread),
	}
}

// notNil makes an empty list print as one.
func notNil[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// tellImport prints the outcome for a person.
func (p *program) tellImport(d pipeline.Imported) {
	fmt.Fprintf(p.stdout, "%d rows: %d accepted, %d changed, %d unchanged, %d rejected\n",
		d.Rows, d.Accepted, d.Changed, d.Unchanged, len(d.Rejects))
	for _, t := range d.Tables {
		if len(t.Unknown) > 0 {
			fmt.Fprintf(p.stdout, "%s: columns nobody asked for, not taken: %s\n", place(t.File, t.Sheet), strings.Join(t.Unknown, ", "))
		}
	}
	for _, u := range d.Unread {
		fmt.Fprintf(p.stdout, "%s: not read: %s\n", place(u.File, u.Sheet), u.Reason)
	}
	p.tellFindings("rejected", d.Rejects)
	p.tellFindings("warnings: the row was taken, the value was not", d.Warnings)
	for _, c := range d.Changes {
		fmt.Fprintf(p.stdout, "changed: %s: %s\n", c.Ref, strings.Join(c.Fields, ", "))
	}
}

func (p *program) tellFindings(title string, findings []roster.Finding) {
	if len(findings) == 0 {
		return
	}
	fmt.Fprintf(p.stdout, "\n%s (%d)\n", title, len(findings))
	rows := [][]string{{"file", "row", "column", "code", "value", "reason"}}
	for _, f := range findings {
		rows = append(rows, []string{place(f.File, f.Sheet), fmt.Sprint(f.Row), f.Column, string(f.Code), string(f.Value), f.Reason})
	}
	p.table(rows)
}

// place is a file, with its sheet where it has sheets.
func place(file, sheet string) string {
	if sheet == "" {
		return file
	}
	return file + "#" + sheet
}
