package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/quality"
	"github.com/pepost/pepost/internal/sheet"
)

func (p *program) premiumCommand() *cobra.Command {
	var file string
	group := &cobra.Command{
		Use: "premium", Short: "Pupil Premium Plus: what the plans ask for, and what may be released",
		Example: "  pepost premium list\n  pepost premium list --csv premium.csv", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.premiumList(cmd.Context(), "") },
	}
	list := &cobra.Command{
		Use: "list", Short: "each target that is to be paid for: what it costs, who quality assured it, else why it waits",
		Long: "list names every target that is paid from Pupil Premium Plus, early years pupil premium or the post-16 grant.\n" +
			"Money may be released once a person of the Virtual School judged the plan well enough (pepost quality judge),\n" +
			"and while the cost adds up. The CSV is for finance: references, no names of children; amounts are exact, and\n" +
			"the last line holds the totals.",
		Example: "  pepost premium list --csv premium.csv", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.premiumList(cmd.Context(), file) },
	}
	list.Flags().StringVar(&file, "csv", "", "write it to this `FILE` for a spreadsheet")
	group.AddCommand(list)
	return group
}

// premiumJSON is one line of premium list --json.
type premiumJSON struct {
	Ref      pep.Ref        `json:"ref"`
	Term     string         `json:"term"`
	Setting  string         `json:"setting"`
	Target   int            `json:"target"`
	Fund     string         `json:"fund"`
	UnitCost string         `json:"unit_cost"`
	Sessions string         `json:"sessions"`
	Weeks    string         `json:"weeks"`
	Cost     string         `json:"cost"`
	Release  bool           `json:"release"`
	Why      string         `json:"why,omitempty"`
	Rating   quality.Rating `json:"rating,omitempty"`
	By       string         `json:"by,omitempty"`
	At       *time.Time     `json:"at,omitempty"`
}

func premiumLines(all pipeline.Premium) []premiumJSON {
	out := make([]premiumJSON, len(all.Items))
	for i, item := range all.Items {
		out[i] = premiumJSON{
			Ref: all.Ref, Term: all.Plan.Term.String(), Setting: all.Setting.Name, Target: item.Target, Fund: item.Fund,
			UnitCost: quality.Pounds(item.UnitCost), Sessions: item.Sessions, Weeks: item.Weeks, Cost: quality.Pounds(item.Cost),
			Release: item.Blocked == "", Why: item.Blocked, Rating: all.Overall, By: all.By,
		}
		if all.By != "" {
			out[i].At = &all.At
		}
	}
	return out
}

func (p *program) premiumList(ctx context.Context, file string) error {
	return p.with(ctx, false, func(i *installation) error {
		table := sheet.Table{Title: "Pupil Premium Plus", Heading: premiumHeading()}
		var release, waits pep.Pence
		err := i.runner.Premiums(ctx, func(all pipeline.Premium) error {
			free, blocked := all.Totals()
			release, waits = release+free, waits+blocked
			for n, line := range premiumLines(all) {
				if p.flags.json {
					if err := p.printJSON(line); err != nil {
						return err
					}
				}
				table.Rows = append(table.Rows, premiumCells(all, all.Items[n], line, i.runner.Now().Location()))
			}
			return nil
		})
		if err != nil {
			return err
		}
		if file != "" {
			table.Rows = append(table.Rows, premiumTotals(release, waits))
			return p.writeSheet(file, table)
		}
		if !p.flags.json {
			p.tellPremium(table, release, waits)
		}
		return nil
	})
}

func premiumHeading() []string {
	return []string{
		"Reference", "Term", "Setting", "LAEstab", "Year", "Target", "Fund", "Cost of one session", "Sessions a week", "Weeks",
		"To release", "Waiting", "Rating", "Judged by", "Judged on", "Why it waits",
	}
}

func premiumCells(all pipeline.Premium, item pipeline.PremiumItem, line premiumJSON, where *time.Location) []string {
	release, waits, on, unit := line.Cost, "", "", ""
	if item.Blocked != "" {
		release, waits = "", line.Cost
	}
	if all.By != "" {
		on = pep.DateOf(all.At.In(where)).String()
	}
	if item.UnitCost > 0 {
		unit = line.UnitCost
	}
	return []string{
		string(all.Ref), line.Term, line.Setting, string(all.Setting.LAEstab), all.YearGroup, strconv.Itoa(item.Target), item.Fund, unit, item.Sessions, item.Weeks,
		release, waits, string(all.Overall), all.By, on, item.Blocked,
	}
}

// premiumTotals is the last line of the file: the sums of the two columns.
func premiumTotals(release, waits pep.Pence) []string {
	row := make([]string, len(premiumHeading()))
	row[0], row[10], row[11] = "Total", quality.Pounds(release), quality.Pounds(waits)
	return row
}

func (p *program) tellPremium(table sheet.Table, release, waits pep.Pence) {
	rows := [][]string{{"reference", "term", "target", "fund", "to release", "waiting", "judged", "why it waits"}}
	for _, r := range table.Rows {
		judged := "-"
		if r[13] != "" {
			judged = r[12] + " by " + r[13] + " on " + r[14]
		}
		rows = append(rows, []string{r[0], r[1], r[5], r[6], r[10], r[11], judged, r[15]})
	}
	p.table(rows)
	fmt.Fprintf(p.stdout, "to release %s, waiting %s\n", release, waits)
}

// writeSheet writes a table as CSV, for its owner alone.
func (p *program) writeSheet(file string, table sheet.Table) error {
	data, err := table.CSV()
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return failed(fmt.Errorf("writing a table: %w", err), "")
	}
	return nil
}
