package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/calendar/rulefile"
	"github.com/pepost/pepost/internal/calendar/termfile"
)

// calendarImportFlags are the flags of calendar import.
type calendarImportFlags struct {
	source, setting, out string
	replace, dryRun      bool
}

func (p *program) calendarImportCommand(shared *calendarFlags) *cobra.Command {
	var f calendarImportFlags
	cmd := &cobra.Command{
		Use: "import FILE…", Short: "take term dates (CSV, .ics) or the bank holidays of gov.uk into the rules",
		Long: "Shows what it understood and writes the authority's calendar.yaml, a setting's own file\n" +
			"(--setting) or bank-holidays.yaml in the configured folder of rules. Nothing is guessed:\n" +
			"every date that does not hold is named with its line, and then nothing is written.",
		Example: "  pepost calendar import terms.csv --source \"the council's list, example.org/terms\"\n" +
			"  pepost calendar import school.ics --setting 123456 --source \"the school's own calendar\"\n" +
			"  pepost calendar import bank-holidays.json --source \"gov.uk/bank-holidays\" --dry-run",
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return p.calendarImport(shared.authority, f, args) },
	}
	cmd.Flags().StringVar(&f.source, "source", "", "where the dates stand: every value in the rules has a source (`TEXT`)")
	cmd.Flags().StringVar(&f.setting, "setting", "", "the dates are one setting's own: its `NAME|URN`")
	cmd.Flags().StringVar(&f.out, "out", "", "a `FOLDER` of rules; the built-in rules are copied there first where it lacks them")
	cmd.Flags().BoolVar(&f.replace, "replace", false, "take the place of years and bank holidays that stand otherwise")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "show it all and write nothing")
	return cmd
}

func (p *program) calendarImport(authority string, f calendarImportFlags, names []string) error {
	f.source = strings.TrimSpace(f.source)
	if f.source == "" || len(f.source) > 300 || strings.ContainsFunc(f.source, unicode.IsControl) {
		return usage("name where the dates stand in one line: --source \"the council's list, example.org/terms\"")
	}
	if f.setting != "" && fileName(settingNamed(f.setting)) == "" {
		return usage("--setting is a setting's URN or its name")
	}
	rules, err := p.rulesToWrite(authority, f)
	if err != nil {
		return err
	}
	loaded, err := openCalendar(rules.now, rules.authority)
	if err != nil {
		return err
	}
	files, err := readTermFiles(names, loaded)
	if err != nil {
		return err
	}
	changes := &termChanges{flags: f, rules: rules, loaded: loaded, texts: map[string]string{}}
	for i, file := range files {
		changes.take(names[i], file)
	}
	if err := rulefile.Join(changes.faults...); err != nil {
		return refusedConfig(err, "nothing was written")
	}
	if err := rules.write(changes.texts, f.dryRun); err != nil {
		return err
	}
	return p.tellTermChanges(changes)
}

// maxTermFile is more than any list of term dates needs.
const maxTermFile = 4 << 20

// readTermFiles understands every file, or gives the faults of all.
func readTermFiles(names []string, loaded *calendar.Calendar) ([]termfile.File, error) {
	var files []termfile.File
	var faults []error
	for _, name := range names {
		data, err := readAtMost(name, maxTermFile)
		if err != nil {
			return nil, failed(err, "")
		}
		file, err := termfile.Read(filepath.Base(name), data, loaded.IsBankHoliday)
		files, faults = append(files, file), append(faults, err)
	}
	if err := rulefile.Join(faults...); err != nil {
		return nil, refusedConfig(err, "correct these lines in the file, or in a copy of it; nothing was written")
	}
	return files, nil
}

func readAtMost(name string, most int64) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the dates: %w", err)
	case !info.Mode().IsRegular() || info.Size() > most:
		return nil, errors.New("reading the dates: " + name + " is no file, or larger than 4 MiB")
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the dates: %w", err)
	}
	return data, nil
}
