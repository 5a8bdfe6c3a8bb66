package form

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// verify reports what is wrong between the definition files: keys that stand
// twice, lists, audiences, sections and fields that do not exist.
func (l *Library) verify(problems *[]Problem) {
	known := l.answersOf()
	seen := map[string]bool{}
	for _, p := range l.everyPack() {
		f := file{p.file, problems}
		for _, part := range p.sections {
			for _, q := range part.questions {
				l.verifyQuestion(f, p, q, known)
				if seen[q.field.Key] {
					f.report(node{line: q.at.line, column: q.at.column, text: q.field.Key}, "the field's key stands twice", "give it a key of its own")
				}
				seen[q.field.Key] = true
			}
		}
	}
	l.verifySections(problems)
	l.verifyWords(problems)
}

// verifyQuestion looks up every name a question uses.
func (l *Library) verifyQuestion(f file, p pack, q question, known answers) {
	at := node{line: q.at.line, column: q.at.column}
	for _, name := range []string{q.list, q.fixed} {
		if name != "" && !l.hasList(p, name) {
			f.report(node{line: at.line, column: at.column, text: name}, "no list of choices has the name", "define it in choices.yaml or in every phase's choices:")
		}
	}
	if len(q.field.Fillers) == 0 && q.field.Kind != "" {
		f.report(node{line: at.line, column: at.column, text: q.field.Key}, "nobody fills the field in", "add by: with who does")
	}
	if q.field.Audience != Everyone && !slices.ContainsFunc(l.rights, func(r Right) bool { return r.Audience == q.field.Audience }) {
		f.report(node{line: at.line, column: at.column, text: string(q.field.Audience)}, "no such audience", nearest(string(q.field.Audience), audiences(l.rights)))
	}
	known = known.with(l, p, q)
	l.verifyConditions(f, q, known)
	l.verifyNeeded(f, p, q)
	seen := map[string]bool{}
	for _, column := range q.columns {
		if len(column.field.Fillers) == 0 {
			column.field.Fillers = q.field.Fillers
		}
		l.verifyQuestion(f, p, column, known)
		if seen[column.field.Key] {
			f.report(node{line: column.at.line, column: column.at.column, text: column.field.Key}, "the column's key stands twice", "")
		}
		seen[column.field.Key] = true
	}
}

// hasList reports whether a list is shared, or defined by every phase that
// the pack may be composed with.
func (l *Library) hasList(p pack, name string) bool {
	if _, ok := l.lists[name]; ok {
		return true
	}
	if p.phase != "" {
		_, ok := p.lists[name]
		return ok
	}
	for _, phase := range l.phases {
		if _, ok := phase.lists[name]; !ok {
			return false
		}
	}
	return true
}

// verifySections reports a section of a pack that names no place in the core.
func (l *Library) verifySections(problems *[]Problem) {
	for _, p := range l.everyPack() {
		known := sectionKeys(l.core)
		for i, part := range p.sections {
			isNew := !slices.Contains(known, part.section.Key)
			at := node{line: part.at.line, column: part.at.column, text: part.section.Key}
			f := file{p.file, problems}
			if p.id != l.core.id && isNew && i == 0 && part.after == "" {
				f.report(at, "the section does not say where it stands", "add after: with a section of the core")
			}
			if part.after != "" && !slices.Contains(known, part.after) {
				at.text = part.after
				f.report(at, "there is no such section to stand after", nearest(part.after, known))
			}
			if (isNew || p.id == l.core.id) && part.section.Title == "" {
				f.report(at, "the section has no title", "add title:")
			}
			known = append(known, part.section.Key)
		}
	}
}

func sectionKeys(p pack) []string {
	var out []string
	for _, part := range p.sections {
		out = append(out, part.section.Key)
	}
	return out
}

// verifyWords reports words in braces that the words file does not have.
func (l *Library) verifyWords(problems *[]Problem) {
	for _, phase := range []pep.Phase{pep.EarlyYears, pep.Statutory, pep.Post16} {
		form := l.compose(l.phases[phase], l.packs)
		for field := range form.Fields() {
			text := field.Label + field.Help
			if i := strings.IndexByte(text, '{'); i >= 0 {
				*problems = append(*problems, Problem{
					File: field.File, Line: field.Line, Column: 1, Value: quoted(text[i:]),
					Text: "the words file does not have the word in braces", Hint: "add it under words:",
				})
			}
		}
	}
}

func audiences(rights Rights) []string {
	out := make([]string, len(rights))
	for i, right := range rights {
		out[i] = string(right.Audience)
	}
	return out
}
