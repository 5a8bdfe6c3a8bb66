package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/timetable"
	"github.com/pepost/pepost/internal/word/template"
)

func (p *program) templateCommand() *cobra.Command {
	group := &cobra.Command{
		Use: "template", Short: "an authority's own form, changed in Word", Args: cobra.NoArgs,
		Long: "A form is exported as a Word file whose boxes carry the keys of the questions. Change\n" +
			"its words, layout, colours and pictures in Word, save it under the form's name into the\n" +
			"folder word of the templates folder, and check it. A template with a fault is not used:\n" +
			"what would be drawn with it is held.",
		Example: "  pepost template export early-years > early-years.docx\n  pepost template check early-years.docx",
	}
	var packs []string
	out := ""
	export := &cobra.Command{
		Use: "export PHASE", Short: "write a form to stdout as a Word file to be changed",
		Example: "  pepost template export early-years > early-years.docx\n  pepost template export statutory --packs custody > statutory+custody.docx",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return p.templateExport(args[0], packs, out) },
	}
	export.Flags().StringSliceVar(&packs, "packs", nil, "only the form with these `PACKS` (default: the phase's form with all of them)")
	export.Flags().StringVar(&out, "out", "", "write into `FILE` instead of to stdout")
	check := &cobra.Command{
		Use: "check FILE…", Short: "list everything that keeps a template from being used",
		Example: "  pepost template check templates/word/early-years.docx", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return p.templateCheck(args) },
	}
	group.AddCommand(export, check)
	return group
}

// ownForms are the forms in the authority's words, or the built-in ones where
// there is no configuration.
func (p *program) ownForms() (*form.Library, error) {
	c, err := p.optionalConfig()
	if err != nil {
		return nil, err
	}
	if c == nil {
		return form.Load(formsOf(config.Config{}))
	}
	rules, err := timetable.Load(schedulesFS(*c), c.Authority)
	if err != nil {
		return nil, refusedConfig(err, "pepost check prints every problem")
	}
	return loadForms(*c, rules.Words)
}

func (p *program) templateExport(phase string, packs []string, out string) error {
	forms, err := p.ownForms()
	if err != nil {
		return err
	}
	name := strings.Join(append([]string{phase}, packs...), "+")
	f, known := template.FormOf(forms, name)
	if !known {
		return usage("there is no form %q; the forms are %s, each with any of the packs %s in this order",
			name, strings.Join(forms.PhaseIDs(), ", "), strings.Join(forms.PackIDs(), ", "))
	}
	data, err := template.Export(f, name)
	if err != nil {
		return failed(fmt.Errorf("drawing the template: %w", err), "")
	}
	if out != "" {
		if err := os.WriteFile(out, data, 0o600); err != nil {
			return failed(fmt.Errorf("writing the template: %w", err), "")
		}
		return nil
	}
	_, err = p.stdout.Write(data)
	return err
}

// templateJSON is one line of template check --json.
type templateJSON struct {
	File   string           `json:"file"`
	Form   string           `json:"form,omitempty"`
	OK     bool             `json:"ok"`
	Faults []template.Fault `json:"faults"`
}

func (p *program) templateCheck(paths []string) error {
	forms, err := p.ownForms()
	if err != nil {
		return err
	}
	sound := true
	for _, path := range paths {
		data, err := readFile(path, template.MaxFile)
		if err != nil {
			return failed(fmt.Errorf("reading a template: %w", err), "")
		}
		line := templateJSON{File: path, Faults: []template.Fault{}}
		if name, known := template.Named(forms, path, data); known {
			f, _ := template.FormOf(forms, name)
			line.Form, line.Faults = name, notNil(template.Check(data, f))
		} else {
			line.Faults = append(line.Faults, template.Nameless(path, forms))
		}
		line.OK = template.Sound(line.Faults)
		sound = sound && line.OK
		if err := p.tellTemplate(line); err != nil {
			return err
		}
	}
	if !sound {
		return outcome(exitConfig)
	}
	return nil
}

func (p *program) tellTemplate(line templateJSON) error {
	if p.flags.json {
		return p.printJSON(line)
	}
	for _, fault := range line.Faults {
		if fault.Warning {
			p.note("%s: %s", filepath.Base(line.File), onScreen(fault.String()))
			continue
		}
		p.complain(filepath.Base(line.File)+": "+fault.String(), fault.Hint)
	}
	if line.OK {
		fmt.Fprintf(p.stdout, "%s: may be used for %s\n", line.File, line.Form)
	}
	return nil
}
