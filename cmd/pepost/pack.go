package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/pack"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/templates"
)

// agendaFile stands among the templates.
const agendaFile = "agenda.txt"

// loadAgenda reads the agenda of the installation, or the one that comes with
// the program.
func loadAgenda(c config.Config) (pack.Agenda, error) {
	data, err := fs.ReadFile(templatesOf(c), agendaFile)
	if errors.Is(err, fs.ErrNotExist) {
		data, err = fs.ReadFile(templates.FS, agendaFile)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", agendaFile, err)
	}
	agenda, faults := pack.ReadAgenda(data)
	for i, fault := range faults {
		faults[i] = fmt.Errorf("%s: %w", agendaFile, fault)
	}
	return agenda, errors.Join(faults...)
}

func (p *program) packCommand() *cobra.Command {
	var out, role string
	cmd := &cobra.Command{
		Use: "pack REF --out FILE.pdf", Short: "the pack for a PEP meeting, and the invitations to it",
		Long: "Writes the meeting pack as one PDF file: cover, agenda, who is invited and whose views are here, last targets,\n" +
			"attendance and attainment, the form as it stands, pages for the child's and the carer's views, a sheet of actions.\n" +
			"It is for everybody invited and shows only what all of them may see, unless --for names one reader.\n" +
			"Beside it stands one invitation for the calendar for each person, FILE.ics for the first: give each to that person alone.",
		Example: "  pepost pack PEP-7F3K-2Q --out pack.pdf\n  pepost pack PEP-7F3K-2Q --for 'social worker' --out pack.pdf",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return p.pack(cmd.Context(), args[0], role, out) },
	}
	cmd.Flags().StringVar(&role, "for", "", "the `ROLE` that reads it (default: everybody invited)")
	cmd.Flags().StringVar(&out, "out", "", "the `FILE` to write, ending in .pdf")
	return cmd
}

// packLine is what pack --json prints.
type packLine struct {
	Ref         pep.Ref      `json:"ref"`
	File        string       `json:"file"`
	Pages       int          `json:"pages"`
	SHA256      string       `json:"sha256"`
	Audience    string       `json:"audience"`
	Booked      bool         `json:"booked"`
	Invitations []inviteLine `json:"invitations"`
	Warnings    []string     `json:"warnings"`
}

// inviteLine is one person's invitation; the person is named by role alone.
type inviteLine struct {
	Role      pep.Role `json:"role"`
	File      string   `json:"file,omitempty"`
	Sequence  int      `json:"sequence"`
	Cancelled bool     `json:"cancelled"`
	Why       string   `json:"why,omitempty"`
}

func (p *program) pack(ctx context.Context, refText, roleText, out string) error {
	ask := pipeline.PackAsk{By: p.person("")}
	ref, err := pep.ParseRef(refText)
	if err != nil {
		return usage("%q is not a reference: %v", refText, err)
	}
	if roleText != "" {
		if ask.Role, err = pep.ParseRole(roleText); err != nil {
			return usage("--for: %v", err)
		}
	}
	if !strings.EqualFold(filepath.Ext(out), ".pdf") {
		return usage("name the file to write: --out FILE.pdf")
	}
	return p.with(ctx, false, func(i *installation) error {
		record, err := i.runner.Register.Record(ctx, ref)
		if err != nil {
			return err
		}
		made, err := i.runner.MeetingPack(ctx, record, ask)
		var none *pipeline.NoFormError
		if errors.As(err, &none) {
			p.note("%v", none)
			return outcome(exitPartly)
		}
		if err != nil {
			return err
		}
		return p.writePack(ref, made, out)
	})
}

// writePack writes the files and tells what became of it. What must be looked
// at first, or has no date, ends as a job done in part.
func (p *program) writePack(ref pep.Ref, made pipeline.MeetingPack, out string) error {
	sum := sha256.Sum256(made.PDF)
	line := packLine{
		Ref: ref, File: out, Pages: made.Pages, SHA256: hex.EncodeToString(sum[:]), Audience: made.Audience, Booked: made.Booked,
		Invitations: []inviteLine{}, Warnings: packWarnings(made),
	}
	if err := writePacked(out, made.PDF); err != nil {
		return err
	}
	stem := strings.TrimSuffix(out, filepath.Ext(out))
	for _, one := range made.Invitations {
		invited := inviteLine{Role: one.Role, Sequence: one.Sequence, Cancelled: one.Cancelled, Why: one.Why}
		if len(one.File) > 0 {
			invited.File = stem + ".ics"
			if n := written(line.Invitations); n > 0 {
				invited.File = stem + "-" + strconv.Itoa(n+1) + ".ics"
			}
			if err := writePacked(invited.File, one.File); err != nil {
				return err
			}
		}
		line.Invitations = append(line.Invitations, invited)
	}
	if err := p.tellPack(line); err != nil {
		return err
	}
	if !made.Booked || len(line.Warnings) > 0 {
		return outcome(exitPartly)
	}
	return nil
}

func writePacked(path string, data []byte) error {
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return failed(fmt.Errorf("writing a meeting pack: %w", err), "")
	}
	return nil
}

// written counts the invitations that stand in files.
func written(all []inviteLine) int {
	n := 0
	for _, one := range all {
		if one.File != "" {
			n++
		}
	}
	return n
}

func packWarnings(made pipeline.MeetingPack) []string {
	warnings := []string{}
	for _, held := range made.Held {
		warnings = append(warnings, "give this pack to nobody before you have looked: the answer "+held.Field+" repeats something these readers may not see and was left out: "+held.Why)
	}
	for _, one := range made.Blocked {
		warnings = append(warnings, "the "+one.Role.Words()+" is invited and gets no invitation: "+one.Why)
	}
	return warnings
}

func (p *program) tellPack(line packLine) error {
	if p.flags.json {
		return p.printJSON(line)
	}
	fmt.Fprintf(p.stdout, "%s: %d pages, for %s\n", line.File, line.Pages, line.Audience)
	for _, one := range line.Invitations {
		switch {
		case one.File == "":
			fmt.Fprintf(p.stdout, "no invitation for the %s: %s\n", one.Role.Words(), one.Why)
		case one.Cancelled:
			fmt.Fprintf(p.stdout, "%s: takes the meeting out of the calendar of the %s\n", one.File, one.Role.Words())
		default:
			fmt.Fprintf(p.stdout, "%s: invitation for the %s alone, version %d\n", one.File, one.Role.Words(), one.Sequence+1)
		}
	}
	if !line.Booked {
		p.note("no meeting is booked: the pack has no date")
	}
	for _, warning := range line.Warnings {
		p.note("%s: %s", line.Ref, warning)
	}
	return nil
}
