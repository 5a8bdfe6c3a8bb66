package template

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/opc"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// Template is one sound template, ready to be filled in any number of times
// and from any number of goroutines.
type Template struct {
	// Name is the form's name.
	Name         string
	data         []byte
	pages        []page
	store        string
	core, custom string
	// guidance are the styles of what is on no final copy, by identifier, and
	// placeholder that of what an empty box says.
	// gaps are the styles of the line of space behind a table.
	guidance, gaps map[string]bool
	placeholder    string
	// blanked are the parts that tell of people or of other systems.
	blanked map[string][]byte
}

// page is the document part, a header or a footer.
type page struct {
	name string
	root *xmltree.Node
	main bool
}

// Load takes a file as the template of a form and lists what is wrong with it;
// the template is nil where it may not be used.
func Load(name string, data []byte, f form.Form) (*Template, []Fault) {
	found := Check(data, f)
	if !Sound(found) {
		return nil, found
	}
	t := &Template{Name: name, data: data, blanked: map[string][]byte{}, guidance: map[string]bool{}, gaps: map[string]bool{}}
	if err := t.open(); err != nil {
		return nil, append(found, Fault{Code: Refused, Part: "the file", Text: reason(err), Hint: "open the template in Word and save it again"})
	}
	return t, found
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (t *Template) open() error {
	pack, err := opc.Open(t.data)
	if err != nil {
		return err
	}
	names := []string{pack.Main}
	for _, kind := range []string{"header", "footer"} {
		more, err := pack.Related(pack.Main, kind)
		if err != nil {
			return err
		}
		names = append(names, more...)
	}
	for i, name := range names {
		root, err := pack.Tree(name)
		if err != nil {
			return err
		}
		dropBookmarks(root)
		declare(root)
		t.pages = append(t.pages, page{name, root, i == 0})
	}
	if t.core, err = relatedPart(pack, "core-properties"); err != nil {
		return err
	}
	if t.custom, err = relatedPart(pack, "custom-properties"); err != nil {
		return err
	}
	t.store = storePart(pack)
	t.styles(pack)
	return t.blank(pack)
}

func relatedPart(pack *opc.Package, kind string) (string, error) {
	parts, err := pack.PackageRelated(kind)
	if err != nil || len(parts) == 0 {
		return "", err
	}
	return parts[0], nil
}

// styles finds the styles that mean something to the program by their names,
// which an editor keeps where it numbers the styles anew.
func (t *Template) styles(pack *opc.Package) {
	for id, style := range stylesOf(pack) {
		name := ""
		if n := style.Child(xmltree.Word, "name"); n != nil {
			name = strings.ToLower(strings.ReplaceAll(n.Attr(xmltree.Word, "val"), " ", ""))
		}
		switch name {
		case "help", "helpabove", "filler", "fillerabove", "guidance", "important":
			t.guidance[id] = true
		case "gap":
			t.gaps[id] = true
		case "placeholdertext":
			t.placeholder = id
		}
	}
}

// blank empties what tells of the people who made the template and of the
// systems it lay in: the names of editors, and custom XML that is not ours.
func (t *Template) blank(pack *opc.Package) error {
	others, err := pack.Related(pack.Main, "customXml")
	if err != nil {
		return err
	}
	people, err := pack.Related(pack.Main, "people")
	if err != nil {
		return err
	}
	app, err := pack.PackageRelated("extended-properties")
	if err != nil {
		return err
	}
	for _, name := range append(append(others, people...), app...) {
		if name == t.store || !pack.Has(name) {
			continue
		}
		root, err := pack.Tree(name)
		if err != nil {
			return err
		}
		if root.Local == "Sources" { // the empty bibliography that Word itself writes
			continue
		}
		root.Clear()
		t.blanked[name] = root.AppendTo([]byte(xmltree.Declaration))
	}
	return nil
}

// dropBookmarks takes our bookmarks out: a filled form gets its own.
func dropBookmarks(root *xmltree.Node) {
	ours := map[string]bool{}
	every(root, func(n *xmltree.Node) {
		if n.Is(xmltree.Word, "bookmarkStart") && strings.HasPrefix(n.Attr(xmltree.Word, "name"), "pep_") {
			ours[n.Attr(xmltree.Word, "id")] = true
			remove(n)
		}
	})
	every(root, func(n *xmltree.Node) {
		if n.Is(xmltree.Word, "bookmarkEnd") && ours[n.Attr(xmltree.Word, "id")] {
			remove(n)
		}
	})
}

// declare gives a part the prefixes that filled controls use.
func declare(root *xmltree.Node) {
	for _, prefix := range [][2]string{{"w14", xmltree.Word14}, {"w15", xmltree.Word15}} {
		known := false
		for _, a := range root.Attrs {
			known = known || a.Value == prefix[1] && a.Local == prefix[0]
		}
		if !known {
			root.Attrs = append(root.Attrs, xmltree.NewAttr("xmlns", "xmlns", prefix[0], prefix[1]))
		}
	}
}
