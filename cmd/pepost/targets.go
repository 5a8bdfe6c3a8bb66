package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/quality"
)

func (p *program) targetsCommand() *cobra.Command {
	var as, csvFile, htmlFile string
	cmd := &cobra.Command{
		Use: "targets REF --as SYSTEM", Short: "the accepted targets, ready to paste into the case system",
		Long: "targets lays out the new targets of the form that was accepted last as the case system asks for them: mosaic\n" +
			"(care-plan actions), liquidlogic, or welfare-call with what is to be mended before submitting.",
		Example: "  pepost targets PEP-7F3K-2Q --as mosaic --html targets.html", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.targets(cmd.Context(), args[0], quality.Shape(as), csvFile, htmlFile)
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "the `SYSTEM` it is for: mosaic, liquidlogic or welfare-call")
	cmd.Flags().StringVar(&csvFile, "csv", "", "write it to this `FILE` for a spreadsheet")
	cmd.Flags().StringVar(&htmlFile, "html", "", "write it to this `FILE` to be opened, copied and pasted")
	return cmd
}

func (p *program) targets(ctx context.Context, text string, shape quality.Shape, csvFile, htmlFile string) error {
	if !slices.Contains(quality.Shapes(), shape) {
		return usage("--as is one of mosaic, liquidlogic, welfare-call")
	}
	ref, err := oneReference(text)
	if err != nil {
		return err
	}
	return p.with(ctx, false, func(i *installation) error {
		table, err := i.runner.AcceptedTargets(ctx, ref, shape)
		if err != nil {
			return err
		}
		if csvFile != "" {
			if err := p.writeSheet(csvFile, table); err != nil {
				return err
			}
		}
		if htmlFile != "" {
			if err := os.WriteFile(htmlFile, table.HTML(), 0o600); err != nil {
				return failed(fmt.Errorf("writing a table: %w", err), "")
			}
		}
		switch {
		case p.flags.json:
			return p.printJSON(map[string]any{"ref": ref, "as": shape, "heading": table.Heading, "rows": notNil(table.Rows)})
		case csvFile == "" && htmlFile == "":
			p.table(append([][]string{table.Heading}, table.Rows...))
		}
		return nil
	})
}
