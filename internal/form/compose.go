package form

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// Compose is the form of a plan: core, the pack of its phase and the packs of
// its circumstances. A plan without a phase has no form; the zero Form says so.
func (l *Library) Compose(plan pep.Plan) Form {
	phase, ok := l.phases[plan.Phase]
	if !ok {
		return Form{}
	}
	var packs []pack
	for _, p := range l.packs {
		if slices.ContainsFunc(p.circumstances, plan.Has) {
			packs = append(packs, p)
		}
	}
	return l.compose(phase, packs)
}

// ByID is the form of an identifier such as "statutory+transition"; a form
// with packs that do not exist, or in another order, is unknown.
func (l *Library) ByID(id string) (Form, bool) {
	name, rest, _ := strings.Cut(id, "+")
	for _, phase := range l.phases {
		if phase.id != name {
			continue
		}
		var packs []pack
		for _, p := range l.packs {
			if slices.Contains(strings.Split(rest, "+"), p.id) {
				packs = append(packs, p)
			}
		}
		form := l.compose(phase, packs)
		return form, form.ID == id
	}
	return Form{}, false
}

func (l *Library) compose(phase pack, packs []pack) Form {
	form := Form{ID: phase.id, Title: phase.title, Phase: phase.phase, Rights: l.rights, Fillers: l.wording.forPhase(phase.phase)}
	used := append([]pack{l.core, phase}, packs...)
	for _, p := range packs {
		form.ID += "+" + p.id
	}
	for _, p := range used {
		form.Sections = l.merge(form.Sections, p, phase)
	}
	form.Sections = slices.DeleteFunc(form.Sections, func(s Section) bool { return len(s.Fields) == 0 })
	form.Version = l.version(used)
	l.reword(&form)
	return form
}

// merge adds one pack's sections: to a section of the same key its fields,
// otherwise a new section after the one it names, or after its own last.
func (l *Library) merge(sections []Section, p, phase pack) []Section {
	last := len(sections) - 1
	for _, part := range p.sections {
		i := slices.IndexFunc(sections, func(s Section) bool { return s.Key == part.section.Key })
		if i < 0 {
			after := slices.IndexFunc(sections, func(s Section) bool { return s.Key == part.after })
			if after < 0 {
				after = last
			}
			i = after + 1
			sections = slices.Insert(sections, i, part.section)
		}
		last = i
		for _, q := range part.questions {
			if len(q.phases) == 0 || slices.Contains(q.phases, phase.phase) {
				sections[i].Fields = append(sections[i].Fields, l.fields(phase, q)...)
			}
		}
	}
	return sections
}

// fields turns a question into the fields of a form: a contact into its
// parts, a table that may have nothing to record into two fields.
func (l *Library) fields(phase pack, q question) []Field {
	field := l.field(phase, q)
	switch {
	case field.Kind == ContactKind:
		return contactParts(field, q)
	case field.None:
		none := Field{
			Key: field.Key + noneSuffix, Label: field.Label + ": nothing to record", Kind: YesNo, Fillers: field.Fillers,
			Offered: field.Offered, Audience: field.Audience, Source: field.Source, File: field.File, Line: field.Line,
			Help: "Yes if there is nothing to write in the table below.",
		}
		return []Field{none, field}
	}
	return []Field{field}
}

// noneSuffix makes the key of the question whether a table has anything to
// record.
const noneSuffix = ".none"

func (l *Library) field(phase pack, q question) Field {
	field := q.field
	field.Choices, field.OfferedChoices = choicesOf(l.optionsOf(phase, q))
	if q.fixed != "" {
		field.FixedRows, _ = choicesOf(l.list(phase, q.fixed))
		field.NeededRows = q.needed
	}
	field.Locked = field.Locked || slices.Equal(field.Fillers, []Filler{ByProgram})
	if field.Kind == Table {
		field.Columns = nil
		for _, column := range q.columns {
			field.Columns = append(field.Columns, l.column(phase, field, column))
		}
		if len(field.FixedRows) > 0 {
			field.Columns[0].Locked = true
			field.Columns[0].Kind, field.Columns[0].Choices = OneOf, field.FixedRows
		}
	}
	return field
}

// column is a field of a row; it takes the table's fillers where it names
// none of its own.
func (l *Library) column(phase pack, table Field, q question) Field {
	column := l.field(phase, q)
	if len(column.Fillers) == 0 {
		column.Fillers = table.Fillers
		column.Locked = column.Locked || table.Locked
	}
	column.Width = max(column.Width, 1)
	return column
}

func (l *Library) optionsOf(phase pack, q question) []option {
	if q.list == "" {
		return q.options
	}
	return l.list(phase, q.list)
}

// list is a phase's own list of choices, or else the shared one.
func (l *Library) list(phase pack, name string) []option {
	if own, ok := phase.lists[name]; ok {
		return own
	}
	return l.lists[name]
}

func choicesOf(options []option) ([]Choice, map[string]Condition) {
	var choices []Choice
	var when map[string]Condition
	for _, o := range options {
		choices = append(choices, o.choice)
		if o.when.Text != "" {
			if when == nil {
				when = map[string]Condition{}
			}
			when[o.choice.Key] = o.when
		}
	}
	return choices, when
}

// contactParts are the parts that the definition names, or else the usual
// ones.
func (q question) contactParts() []Choice {
	if len(q.parts) > 0 {
		return q.parts
	}
	return []Choice{{"name", "name"}, {"role", "role"}, {"email", "e-mail"}, {"phone", "telephone"}}
}

// contactParts takes a contact apart. Only the parts named as needed inherit
// the contact's needs; without any, the name does.
func contactParts(contact Field, q question) []Field {
	parts, needed := q.contactParts(), q.needed
	if len(needed) == 0 {
		needed = []string{"name"}
	}
	formats := map[string]Format{"email": EmailFormat, "inbox": EmailFormat, "phone": PhoneFormat, "postcode": PostcodeFormat}
	var out []Field
	for _, part := range parts {
		field := contact
		field.Key, field.Label, field.Part = contact.Key+"."+part.Key, contact.Label+": "+part.Label, part.Key
		field.Kind, field.Format = Text, formats[part.Key]
		if !slices.Contains(needed, part.Key) {
			field.Send, field.Finalise = Need{}, Need{}
		}
		if part.Key != parts[0].Key {
			field.Help = ""
		}
		out = append(out, field)
	}
	return out
}

// version hashes the definition files of a form, the choices they share and
// the words of the authority: what decides how a form reads.
func (l *Library) version(used []pack) string {
	hash := sha256.New()
	write := func(texts ...string) {
		for _, text := range texts {
			_, _ = io.WriteString(hash, text+"\x00") // a hash never fails
		}
	}
	for _, p := range used {
		write(p.file, l.digests[p.file])
	}
	write(choicesFile, l.digests[choicesFile], wordsFile, l.digests[wordsFile])
	for _, word := range slices.Sorted(maps.Keys(l.wording.words)) {
		write(word, l.wording.words[word])
	}
	return hex.EncodeToString(hash.Sum(nil))[:12]
}

// reword puts the authority's words into every text of the form.
func (l *Library) reword(form *Form) {
	words := l.wording.replacer()
	form.Title = capital(words.Replace(form.Title))
	for i := range form.Sections {
		section := &form.Sections[i]
		section.Title, section.Help = capital(words.Replace(section.Title)), words.Replace(section.Help)
		for j := range section.Fields {
			rewordField(&section.Fields[j], words)
		}
	}
}

func rewordField(field *Field, words *strings.Replacer) {
	field.Label, field.Help = capital(words.Replace(field.Label)), words.Replace(field.Help)
	for i := range field.Columns {
		rewordField(&field.Columns[i], words)
	}
	field.Choices, field.FixedRows = rewordChoices(field.Choices, words), rewordChoices(field.FixedRows, words)
}

// rewordChoices copies where a word stands in the list, because lists are
// shared between forms.
func rewordChoices(choices []Choice, words *strings.Replacer) []Choice {
	if !slices.ContainsFunc(choices, func(c Choice) bool { return strings.Contains(c.Label, "{") }) {
		return choices
	}
	out := slices.Clone(choices)
	for i := range out {
		out[i].Label = words.Replace(out[i].Label)
	}
	return out
}
