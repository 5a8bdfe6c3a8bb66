package template

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/opc"
	"github.com/pepost/pepost/internal/word/place"
)

// Forms knows the forms that a template may be for.
type Forms interface {
	// Whole is the form of a phase with the packs of all circumstances.
	Whole(id string) (form.Form, bool)
	// ByID is the form of an identifier with packs, as "statutory+transition".
	ByID(id string) (form.Form, bool)
	// PhaseIDs are the forms without circumstances.
	PhaseIDs() []string
}

// FormOf is the form that a template of a name is for: a phase's name alone
// stands for the form with all packs, one with packs for exactly that form.
func FormOf(forms Forms, name string) (form.Form, bool) {
	if strings.Contains(name, "+") {
		return forms.ByID(name)
	}
	return forms.Whole(name)
}

// Named is the name of the form that a file is a template for: its own, where
// a form has that name, else the one of the form that it was exported for.
func Named(forms Forms, file string, data []byte) (name string, ok bool) {
	name = strings.TrimSuffix(file[strings.LastIndexAny(file, `/\`)+1:], extension)
	if _, ok := FormOf(forms, name); ok {
		return name, true
	}
	phase, _, _ := strings.Cut(exportedFor(data), "+")
	return phase, slices.Contains(forms.PhaseIDs(), phase)
}

// extension ends the name of every template.
const extension = ".docx"

// exportedFor is the form that a file says it was exported for.
func exportedFor(data []byte) string {
	pack, err := opc.OpenUnjudged(data)
	if err != nil {
		return ""
	}
	parts, err := pack.PackageRelated("custom-properties")
	if err != nil || len(parts) == 0 {
		return ""
	}
	root, err := pack.Tree(parts[0])
	if err != nil {
		return ""
	}
	for n := root.First; n != nil; n = n.Next {
		if n.Attr("", "name") == place.FormProperty {
			return strings.TrimSpace(n.Content())
		}
	}
	return ""
}

// MaxFile bounds a template; a form with pictures has a tenth of it.
const MaxFile = 32 << 20

// Nameless is the fault of a file that is a template for no form.
func Nameless(file string, forms Forms) Fault {
	return Fault{
		Code: Unknown, Part: "the file", Text: "no form has the name of the file " + short(file[strings.LastIndexAny(file, `/\`)+1:]),
		Hint: "name it after a form: " + strings.Join(forms.PhaseIDs(), extension+", ") + extension,
	}
}
