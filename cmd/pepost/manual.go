package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func (p *program) manualCommand() *cobra.Command {
	return &cobra.Command{
		Use: "manual DIR", Short: "write man pages, one a command",
		Example: "  pepost manual /usr/local/share/man/man1", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.manual(cmd.Root(), args[0]) },
	}
}

func (p *program) manual(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return failed(fmt.Errorf("making the folder: %w", err), "")
	}
	now, err := p.clock()
	if err != nil {
		return err
	}
	date := now()
	root.DisableAutoGenTag = true
	header := &doc.GenManHeader{Title: "PEPOST", Section: "1", Source: "pepost " + version, Date: &date}
	if err := doc.GenManTree(root, header, dir); err != nil {
		return failed(fmt.Errorf("writing the man pages: %w", err), "")
	}
	fmt.Fprintf(p.stdout, "wrote the man pages into %s\n", dir)
	return nil
}
