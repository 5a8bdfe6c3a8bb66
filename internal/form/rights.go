package form

import (
	"slices"

	"github.com/pepost/pepost/internal/pep"
)

// Audience names a group of fields that the same roles may see. The audiences
// themselves are defined in the definition files; the zero Audience is seen
// by everyone who gets the form.
type Audience string

// Everyone is the audience of fields without a limit.
const Everyone Audience = ""

// Right is who may see one audience.
type Right struct {
	Audience Audience
	Label    string
	Roles    []pep.Role
	// Home marks what tells where the child lives and with whom. It is kept
	// from every parent and from every contact whose copy must not show the
	// placement address, whatever the roles say.
	Home bool
	File string
	Line int
}

// Rights is the matrix of audience and role.
type Rights []Right

// MaySee reports whether a role may see a field. An audience that the matrix
// does not know is seen by nobody. Withhold is set for a contact whose copy
// must not show the placement address.
func (r Rights) MaySee(field Field, role pep.Role, withhold bool) bool {
	if field.Audience == Everyone {
		return true
	}
	for _, right := range r {
		if right.Audience != field.Audience {
			continue
		}
		if right.Home && (withhold || role == pep.Parent) {
			return false
		}
		return slices.Contains(right.Roles, role)
	}
	return false
}

// Home reports whether an audience tells where or with whom the child lives.
func (r Rights) Home(audience Audience) bool {
	for _, right := range r {
		if right.Audience == audience {
			return right.Home
		}
	}
	return false
}

// rightDefinition is a right with what single authorities do otherwise.
type rightDefinition struct {
	Right
	authorities map[string][]pep.Role
}

func (f file) rights(root node) []rightDefinition {
	var out []rightDefinition
	f.each(root, "the rights file", map[string]func(node){
		"audiences": func(n node) {
			for _, item := range f.items(n, "audiences") {
				out = append(out, f.right(item))
			}
		},
	})
	return out
}

func (f file) right(n node) rightDefinition {
	r := rightDefinition{authorities: map[string][]pep.Role{}}
	r.File, r.Line = f.name, n.line
	f.each(n, "an audience", map[string]func(node){
		"key":   func(n node) { r.Audience = Audience(f.scalar(n)) },
		"label": f.text(&r.Label),
		"home":  f.yes(&r.Home),
		"roles": bindAll(f, &r.Roles, "role", pep.Roles()),
		"authorities": func(n node) {
			for _, entry := range f.pairs(n, "authorities") {
				var roles []pep.Role
				bindAll(f, &roles, "role", pep.Roles())(entry.value)
				r.authorities[entry.key.text] = roles
			}
		},
	})
	if r.Audience == Everyone || r.Label == "" {
		f.report(node{line: n.line, column: n.column}, "an audience needs a key and a label", "")
	}
	return r
}

// rightsOf is the matrix of one authority.
func rightsOf(definitions []rightDefinition, authority string) Rights {
	out := make(Rights, len(definitions))
	for i, definition := range definitions {
		out[i] = definition.Right
		if roles, ok := definition.authorities[authority]; ok {
			out[i].Roles = roles
		}
	}
	return out
}
