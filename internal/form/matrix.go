package form

import "github.com/pepost/pepost/internal/pep"

// MatrixRow is one field, or column of a table, and the roles that may see it.
type MatrixRow struct {
	// Field is the key, for a column with its table: people.carer.address.
	Field string
	Label string
	// Audience is empty where everyone may see the field.
	Audience Audience
	// Home is set where the field is also kept from everyone whose copy must
	// not show where the child lives.
	Home  bool
	Roles []pep.Role
}

// Matrix is who may see what by the authority's rights: every restricted
// field of every form once, in the order of the definitions. Fields that are
// not in it are seen by everyone who gets the form.
func (l *Library) Matrix() []MatrixRow {
	var out []MatrixRow
	words := l.wording.replacer()
	add := func(key string, field Field) {
		if field.Audience == Everyone {
			return
		}
		row := MatrixRow{Field: key, Label: capital(words.Replace(field.Label)), Audience: field.Audience, Home: l.rights.Home(field.Audience)}
		for _, role := range pep.Roles() {
			if l.MaySee(field, role) {
				row.Roles = append(row.Roles, role)
			}
		}
		out = append(out, row)
	}
	for _, p := range l.everyPack() {
		for _, part := range p.sections {
			for _, q := range part.questions {
				for _, field := range l.fields(p, q) {
					add(field.Key, field)
					for _, column := range field.Columns {
						add(field.Key+"."+column.Key, column)
					}
				}
			}
		}
	}
	return out
}
