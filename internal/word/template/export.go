package template

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/draw"
	"github.com/pepost/pepost/internal/word/place"
)

// Export gives a form as a Word file to be changed: every section and question
// it can have, each in a control that says under which condition it is on a
// form, tables with one row, and a first page for the officer. The same form
// gives the same bytes. Name is the form's name in the installation, without
// extension: "statutory" stands for the form with all packs.
func Export(f form.Form, name string) ([]byte, error) {
	return draw.Template(document.Whole(f), draw.Frame{
		Conditions: conditions(f), Instructions: instructions(name), Paper: document.HowTo(true),
	})
}

// instructions are the officer's own page.
func instructions(name string) []string {
	return []string{
		"How to change this form",
		"This page is for you and is never on a form, and neither is any other text in a box with the title \"instructions\".",
		"Change words, fonts, colours, the order of the questions, the widths of columns; add your logo, your header, further text. " +
			"Use the desktop version of Word. Turn on Developer, Design Mode to see the boxes and their tags.",
		"Keep every box. The tag of a box says what it is for and must not change: child.forename is the child's forename, " +
			"section:targets stands around everything of a section, question:health.education_impact around a question with its label and help. " +
			"What a reader may not see, or what a form does not ask, is taken out with everything in its box.",
		"A table has one row. Lay it out as you like; the program repeats it.",
		"Keep each answer in a cell of its own and its label in another cell, as it is here. The words beside a box to tick are part of the answer: leave them as they are.",
		"Text in the styles Help, Filler and Guidance, and the word (needed), stands on forms to be filled in and not on final copies.",
		"No macros, comments, tracked changes, hidden text, links to other files, or fields that fetch something.",
		"Save as Word document (.docx) under the name " + name + ".docx in the folder word of your templates folder, then run: pepost template check " + name + ".docx",
	}
}

// conditions says in words when a section or question is on a form.
func conditions(f form.Form) map[string]string {
	always := packsOf(f)[:1]
	out := map[string]string{}
	for _, section := range f.Sections {
		packs, offered := sameForAll(section)
		whole := ""
		switch {
		case packs != "" && !slices.Contains(always, packs) && packs != "core":
			whole = "pack " + packs
		case offered != "":
			whole = offered
		}
		if whole != "" {
			out[place.SectionTag(section.Key)] = whole
		}
		for _, field := range section.Fields {
			if one := conditionOf(field, always); one != "" && one != whole {
				out[field.Key] = one
			}
		}
	}
	return out
}

func conditionOf(field form.Field, always []string) string {
	pack := packOf(field)
	switch {
	case pack == "core" || slices.Contains(always, pack):
		return field.Offered.Text
	case field.Offered.Text == "":
		return "pack " + pack
	}
	return "pack " + pack + " and " + field.Offered.Text
}

// sameForAll are the pack and the condition that all questions of a section
// share; empty where they differ.
func sameForAll(s form.Section) (pack, offered string) {
	pack, offered = packOf(s.Fields[0]), s.Fields[0].Offered.Text
	for _, field := range s.Fields[1:] {
		if packOf(field) != pack {
			pack = ""
		}
		if field.Offered.Text != offered {
			offered = ""
		}
	}
	return pack, offered
}

func packOf(field form.Field) string { return strings.TrimSuffix(field.File, ".yaml") }

// packsOf are the names in a form's identifier: the phase's first.
func packsOf(f form.Form) []string { return strings.Split(f.ID, "+") }
