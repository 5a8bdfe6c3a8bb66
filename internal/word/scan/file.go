package scan

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/word/opc"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// maxParts bounds the heads and feet of a form; Word makes three of each for
// every section.
const maxParts = 60

// File is an opened form with the parts that matter parsed.
type File struct {
	Pack *opc.Package
	Main *xmltree.Node
	// edges are the headers and footers.
	edges []*xmltree.Node
	// Store is the root of our custom XML part, nil where it is gone;
	// StorePart is its name.
	Store     *xmltree.Node
	StorePart string
	// keys are the answers in it, by key.
	keys map[string]*xmltree.Node
	// Comments are the remarks in the margin, nil where there are none.
	Comments   *xmltree.Node
	properties map[string]string
}

// Open opens a form to be changed: the trees hold all that the parts do.
func Open(data []byte) (*File, error) { return open(data) }

// OpenToRead opens a form to be read: what says how a text looks and never
// whether it counts is checked and left out of the tree, half of a form.
func OpenToRead(data []byte) (*File, error) { return open(data, looks()...) }

// looks are the elements that say how a document looks. Those of runs and
// paragraphs stay, for what is hidden and what is deleted.
func looks() []string {
	return []string{
		"tblPr", "tblGrid", "tcPr", "sectPr", "sdtEndPr", "rFonts", "rStyle", "pStyle", "color", "sz", "szCs", "b", "bCs", "i", "iCs", "u", "lang",
		"spacing", "ind", "jc", "keepNext", "keepLines", "bidi", "rtl", "noProof", "cantSplit", "trHeight", "tblHeader", "placeholder", "id",
		"dateFormat", "lid", "storeMappedDataAs", "calendar", "proofErr", "lastRenderedPageBreak",
	}
}

func open(data []byte, without ...string) (*File, error) {
	pack, err := opc.Open(data)
	if err != nil {
		return nil, err
	}
	f := &File{Pack: pack, properties: map[string]string{}}
	if f.Main, err = pack.Tree(pack.Main, without...); err != nil {
		return nil, err
	}
	if !f.Main.Is(xmltree.Word, "document") {
		return nil, &opc.RefusedError{Code: opc.NotDocx, Detail: "the document part is no Word document"}
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

// Close gives the memory of all trees back; see [opc.Package.Close].
func (f *File) Close() { f.Pack.Close() }

func (f *File) readEdges(kind string) error {
	parts, err := f.Pack.Related(f.Pack.Main, kind)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if len(f.edges) == maxParts {
			return &opc.RefusedError{Code: opc.Bomb, Detail: "the document has more headers and footers than a form needs"}
		}
		root, err := f.Pack.Tree(part)
		if err != nil {
			return err
		}
		f.edges = append(f.edges, root)
	}
	return nil
}

// readStore finds our custom XML part. One that is empty or broken counts as
// gone: LibreOffice empties it where an answer holds "&" or "<".
func (f *File) readStore() error {
	parts, err := f.Pack.Related(f.Pack.Main, "customXml")
	if err != nil {
		return err
	}
	for _, part := range parts[:min(len(parts), maxParts)] {
		if root, err := f.Pack.Tree(part); err == nil && root.Is(place.FormSpace, "form") {
			f.Store, f.StorePart = root, part
			return nil
		}
	}
	return nil
}

func (f *File) readProperties() error {
	parts, err := f.Pack.PackageRelated("custom-properties")
	if err != nil || len(parts) == 0 {
		return err
	}
	root, err := f.Pack.Tree(parts[0])
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

func (f *File) readComments() error {
	parts, err := f.Pack.Related(f.Pack.Main, "comments")
	if err != nil || len(parts) == 0 {
		return err
	}
	f.Comments, err = f.Pack.Tree(parts[0])
	return err
}

// Expected is how many answers the form was sent with; the keys are known
// where the custom XML part still is.
func (f *File) Expected() (keys []string, count int) {
	if f.Store != nil {
		if values := f.Store.Child(place.FormSpace, "values"); values != nil {
			for n := values.First; n != nil; n = n.Next {
				if n.Local != "" {
					keys = append(keys, n.Local)
				}
			}
		}
		return keys, len(keys)
	}
	count, _ = strconv.Atoi(f.properties[place.CountProperty])
	return nil, count
}

// Stored is what the custom XML part has for a place.
func (f *File) Stored(p place.Place, choiceAt int) (string, bool) {
	if n := f.StoredNode(p, choiceAt); n != nil {
		return n.Content(), true
	}
	return "", false
}

// StoredNode is the element of a place, nil where there is none.
func (f *File) StoredNode(p place.Place, choiceAt int) *xmltree.Node {
	if f.Store == nil {
		return nil
	}
	n := f.storedKey(p.Key)
	if n != nil && p.Column != "" {
		if n = nth(n, "row", p.Row); n != nil {
			n = n.Child(place.FormSpace, p.Column)
		}
	}
	if n != nil && p.Choice != "" {
		n = nth(n, "choice", choiceAt)
	}
	return n
}

// storedKey is the element of a field or table.
func (f *File) storedKey(key string) *xmltree.Node {
	if f.keys == nil {
		f.keys = map[string]*xmltree.Node{}
		if values := f.Store.Child(place.FormSpace, "values"); values != nil {
			for n := values.First; n != nil; n = n.Next {
				if _, twice := f.keys[n.Local]; !twice && n.Space == place.FormSpace {
					f.keys[n.Local] = n
				}
			}
		}
	}
	return f.keys[key]
}

func nth(n *xmltree.Node, local string, at int) *xmltree.Node {
	for c := n.First; c != nil; c = c.Next {
		if c.Is(place.FormSpace, local) {
			if at--; at == 0 {
				return c
			}
		}
	}
	return nil
}

// Identity is what a file says of itself.
type Identity struct {
	Ref           pep.Ref
	Form, Version string
	// Contradicts is set where the file tells more than one reference; Ref is
	// then empty.
	Contradicts bool
}

var (
	refWords  = regexp.MustCompile(`\bPEP-[0-9A-Za-z]{4}-[0-9A-Za-z]{2}\b`)
	formWords = regexp.MustCompile(`Form ([a-z0-9][a-z0-9+_.-]*), version ([0-9A-Za-z.-]+)`)
)

// Identify asks the custom XML part, the document's properties and the words
// in the foot of the page. The reference must be the same wherever it stands.
func (f *File) Identify() Identity {
	var id Identity
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
	note(f.properties[place.RefProperty])
	id.Form, id.Version = f.properties[place.FormProperty], f.properties[place.VersionProperty]
	if f.Store != nil {
		note(f.Store.Attr("", "ref"))
		if id.Form == "" {
			id.Form, id.Version = f.Store.Attr("", "id"), f.Store.Attr("", "version")
		}
	}
	if id.Form == "" {
		foot += VisibleText(f.Main)
		if words := formWords.FindStringSubmatch(foot); words != nil {
			id.Form, id.Version = words[1], words[2]
		}
	}
	if len(refs) == 0 {
		for _, match := range refWords.FindAllString(VisibleText(f.Main), 8) {
			note(match)
		}
	}
	if len(refs) == 1 {
		id.Ref = refs[0]
	}
	id.Contradicts = len(refs) > 1
	return id
}

func (f *File) edgeText() string {
	var b strings.Builder
	for _, edge := range f.edges {
		b.WriteString(VisibleText(edge))
		b.WriteByte('\n')
	}
	return b.String()
}

// VisibleText is the text of a part as people see it: a line for each
// paragraph, without what was deleted.
func VisibleText(n *xmltree.Node) string { return string(appendVisible(nil, n)) }

// maxVisible bounds the text of a part that is put together, in bytes.
const maxVisible = 1 << 20

func appendVisible(to []byte, n *xmltree.Node) []byte {
	if len(to) > maxVisible {
		return to
	}
	for c := n.First; c != nil; c = c.Next {
		switch {
		case c.Space == xmltree.Compatibility && c.Local == "Fallback":
		case c.Space != xmltree.Word:
			to = appendVisible(to, c)
		case c.Local == "t":
			to = append(to, c.Content()...)
		case c.Local == "tab":
			to = append(to, '\t')
		case c.Local == "noBreakHyphen":
			to = append(to, '-')
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
