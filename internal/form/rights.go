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
