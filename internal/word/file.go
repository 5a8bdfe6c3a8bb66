package word

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/word/opc"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// maxParts bounds the heads and feet of a form; Word makes three of each for
// every section.
const maxParts = 60

// file is an opened form with the parts that matter parsed.
type file struct {
	pack *opc.Package
	main *xmltree.Node
	// edges are the headers and footers.
	edges []*xmltree.Node
	// store is the root of our custom XML part, nil where it is gone.
	store *xmltree.Node
	// storePart is its name.
	storePart  string
	properties map[string]string
	comments   *xmltree.Node
}

func openFile(data []byte) (*file, error) {
	pack, err := opc.Open(data)
	if err != nil {
		return nil, err
	}
	f := &file{pack: pack, properties: map[string]string{}}
	if f.main, err = pack.Tree(pack.Main); err != nil {
		return nil, err
	}
	if !f.main.Is(xmltree.Word, "document") {
		return nil, &RefusedError{Code: NotDocx, Detail: "the document part is no Word document"}
	}
	for _, kind := range []string{"header", "footer"} {
		if err := f.readEdges(kind); err != nil {
			return nil, err
		}
	}
	if err := f.readProperties(); err != nil {
		return nil, err
	}
	if err := f.readStore(); err != nil {
		return nil, err
	}
	return f, f.readComments()
}

func (f *file) readEdges(kind string) error {
	parts, err := f.pack.Related(f.pack.Main, kind)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if len(f.edges) == maxParts {
			return &RefusedError{Code: Bomb, Detail: "the document has more headers and footers than a form needs"}
		}
		root, err := f.pack.Tree(part)
		if err != nil {
			return err
		}
		f.edges = append(f.edges, root)
	}
	return nil
}

// readStore finds our custom XML part. One that is empty or broken counts as
// gone: LibreOffice empties it where an answer holds "&" or "<".
func (f *file) readStore() error {
	parts, err := f.pack.Related(f.pack.Main, "customXml")
	if err != nil {
		return err
	}
	for _, part := range parts[:min(len(parts), maxParts)] {
		if root, err := f.pack.Tree(part); err == nil && root.Is(formSpace, "form") {
			f.store, f.storePart = root, part
			return nil
		}
	}
	return nil
}

func (f *file) readProperties() error {
	parts, err := f.pack.PackageRelated("custom-properties")
	if err != nil || len(parts) == 0 {
		return err
	}
	root, err := f.pack.Tree(parts[0])
	if err != nil {
		return err
	}
	for n := root.First; n != nil; n = n.Next {
		if name := n.Attr("", "name"); strings.HasPrefix(name, "pepost.") {
			f.properties[name] = strings.TrimSpace(n.Content())
		}
	}
	return nil
}

func (f *file) readComments() error {
	parts, err := f.pack.Related(f.pack.Main, "comments")
	if err != nil || len(parts) == 0 {
		return err
	}
	f.comments, err = f.pack.Tree(parts[0])
	return err
}

// expected is how many answers the form was sent with; the keys are known
// where the custom XML part still is.
func (f *file) expected() (keys []string, count int) {
	if f.store != nil {
		if values := f.store.Child(formSpace, "values"); values != nil {
			for n := values.First; n != nil; n = n.Next {
				if n.Local != "" {
					keys = append(keys, n.Local)
				}
			}
		}
		return keys, len(keys)
	}
	count, _ = strconv.Atoi(f.properties[countProperty])
	return nil, count
}

// stored is what the custom XML part has for a place.
func (f *file) stored(p place, choiceAt int) (string, bool) {
	if n := f.storedNode(p, choiceAt); n != nil {
		return n.Content(), true
	}
	return "", false
}

// storedNode is the element of a place, nil where there is none.
func (f *file) storedNode(p place, choiceAt int) *xmltree.Node {
	if f.store == nil {
		return nil
	}
	n := f.store.Child(formSpace, "values")
	if n != nil {
		n = n.Child(formSpace, p.key)
	}
	if n != nil && p.column != "" {
		if n = nth(n, "row", p.row); n != nil {
			n = n.Child(formSpace, p.column)
		}
	}
	if n != nil && p.choice != "" {
		n = nth(n, "choice", choiceAt)
	}
	return n
}

func nth(n *xmltree.Node, local string, at int) *xmltree.Node {
	for c := n.First; c != nil; c = c.Next {
		if c.Is(formSpace, local) {
			if at--; at == 0 {
				return c
			}
		}
	}
	return nil
}

// identity is what a file says of itself.
type identity struct {
	ref           pep.Ref
	form, version string
	// refs are all references that the file tells, where they are not one.
	contradicts bool
}

var (
	refWords  = regexp.MustCompile(`\bPEP-[0-9A-Za-z]{4}-[0-9A-Za-z]{2}\b`)
	formWords = regexp.MustCompile(`Form ([a-z0-9][a-z0-9+_.-]*), version ([0-9A-Za-z.-]+)`)
)

// identify asks the custom XML part, the document's properties and the words
// in the foot of the page. The reference must be the same wherever it stands.
func (f *file) identify() identity {
	var id identity
	var refs []pep.Ref
	note := func(text string) {
		if ref, err := pep.ParseRef(text); err == nil && !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	foot := f.edgeText()
	for _, match := range refWords.FindAllString(foot, 8) {
		note(match)
	}
	note(f.properties[refProperty])
	id.form, id.version = f.properties[formProperty], f.properties[versionProperty]
	if f.store != nil {
		note(f.store.Attr("", "ref"))
		if id.form == "" {
			id.form, id.version = f.store.Attr("", "id"), f.store.Attr("", "version")
		}
	}
	if id.form == "" {
		foot += visibleText(f.main)
		if words := formWords.FindStringSubmatch(foot); words != nil {
			id.form, id.version = words[1], words[2]
		}
	}
	if len(refs) == 0 {
		for _, match := range refWords.FindAllString(visibleText(f.main), 8) {
			note(match)
		}
	}
	if len(refs) == 1 {
		id.ref = refs[0]
	}
	id.contradicts = len(refs) > 1
	return id
}

func (f *file) edgeText() string {
	var b strings.Builder
	for _, edge := range f.edges {
		b.WriteString(visibleText(edge))
		b.WriteByte('\n')
	}
	return b.String()
}

// visibleText is the text of a part as people see it: a line for each
// paragraph, without what was deleted.
func visibleText(n *xmltree.Node) string { return string(appendVisible(nil, n)) }

func appendVisible(to []byte, n *xmltree.Node) []byte {
	for c := n.First; c != nil; c = c.Next {
		switch {
		case c.Space == xmltree.Compatibility && c.Local == "Fallback":
		case c.Space != xmltree.Word:
			to = appendVisible(to, c)
		case c.Local == "t":
			to = append(to, c.Content()...)
		case c.Local == "tab":
			to = append(to, '\t')
		case c.Local == "br" || c.Local == "cr":
			to = append(to, '\n')
		case c.Local == "p":
			to = append(appendVisible(to, c), '\n')
		case c.Local == "del" || c.Local == "moveFrom" || c.Local == "instrText" || strings.HasSuffix(c.Local, "Pr"):
		default:
			to = appendVisible(to, c)
		}
	}
	return to
}
