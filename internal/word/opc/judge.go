package opc

import (
	"path"
	"strings"

	"github.com/pepost/pepost/internal/word/xmltree"
)

// Namespaces of the package's own parts.
const (
	typesSpace     = "http://schemas.openxmlformats.org/package/2006/content-types"
	relationsSpace = "http://schemas.openxmlformats.org/package/2006/relationships"
)

const (
	typesPart    = "[Content_Types].xml"
	documentType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
)

// judge looks at content types and relationships for what a form may not
// hold, and finds the document part.
func (p *Package) judge() *RefusedError {
	if !p.Has(typesPart) {
		return refuse(NotDocx, "the archive is no Office document")
	}
	types, refused := p.tree(typesPart)
	if refused != nil {
		return refused
	}
	if refused := judgeTypes(types); refused != nil {
		return refused
	}
	for _, e := range p.entries {
		if refused := judgePart(e.name); refused != nil {
			return refused
		}
	}
	for _, e := range p.entries {
		if !strings.HasSuffix(strings.ToLower(e.name), ".rels") {
			continue
		}
		if refused := p.judgeRelations(e.name); refused != nil {
			return refused
		}
	}
	return p.findMain(types)
}

func judgeTypes(types *xmltree.Node) *RefusedError {
	if !types.Is(typesSpace, "Types") {
		return refuse(NotDocx, "the archive is no Office document")
	}
	for n := types.First; n != nil; n = n.Next {
		kind := strings.ToLower(n.Attr("", "ContentType"))
		switch {
		case strings.Contains(kind, "macroenabled") || strings.Contains(kind, "vbaproject") || strings.Contains(kind, "vbadata"):
			return refuse(Macro, "the document carries a macro; save it as .docx without macros")
		case strings.Contains(kind, "activex"):
			return refuse(EmbeddedObject, "the document carries an ActiveX control")
		case strings.Contains(kind, "oleobject"):
			return refuse(EmbeddedObject, "the document carries an embedded object")
		}
	}
	return nil
}

func judgePart(name string) *RefusedError {
	name = strings.ToLower(name)
	switch {
	case strings.Contains(name, "vbaproject") || strings.Contains(name, "vbadata"):
		return refuse(Macro, "the document carries a macro; save it as .docx without macros")
	case strings.Contains(name, "activex/"):
		return refuse(EmbeddedObject, "the document carries an ActiveX control")
	case strings.Contains(name, "embeddings/"):
		return refuse(EmbeddedObject, "the document carries an embedded file")
	}
	return nil
}

// judgeRelations refuses every relationship that would fetch or run
// something. Hyperlinks may lead outside: they wait for a click.
func (p *Package) judgeRelations(name string) *RefusedError {
	root, refused := p.relationsOf(name)
	if refused != nil {
		return refused
	}
	for n := root.First; n != nil; n = n.Next {
		if !n.Is(relationsSpace, "Relationship") {
			continue
		}
		kind := n.Attr("", "Type")
		kind = strings.ToLower(kind[strings.LastIndexByte(kind, '/')+1:])
		switch {
		case kind == "vbaproject" || kind == "wordvbadata":
			return refuse(Macro, "the document carries a macro; save it as .docx without macros")
		case kind == "afchunk":
			return refuse(EmbeddedObject, "the document carries another document inside")
		case kind == "oleobject" || kind == "package" || kind == "control" || kind == "activexcontrolbinary":
			return refuse(EmbeddedObject, "the document carries an embedded object")
		case strings.EqualFold(n.Attr("", "TargetMode"), "External") && kind != "hyperlink":
			return refuse(ExternalContent, "the document fetches content from elsewhere ("+base(kind)+")")
		}
	}
	return nil
}

// findMain follows the package's relationship to the document part.
func (p *Package) findMain(types *xmltree.Node) *RefusedError {
	if !p.Has("_rels/.rels") {
		return refuse(NotDocx, "the archive is no Office document")
	}
	targets, refused := p.targets("_rels/.rels", "", "officeDocument")
	switch {
	case refused != nil:
		return refused
	case len(targets) != 1 || contentType(types, targets[0]) != documentType:
		return refuse(NotDocx, "the file is no Word document")
	case !p.Has(targets[0]):
		return refuse(Corrupt, "the document part is not there")
	}
	p.Main = targets[0]
	return nil
}

func contentType(types *xmltree.Node, name string) string {
	byExtension := ""
	for n := types.First; n != nil; n = n.Next {
		switch {
		case n.Is(typesSpace, "Override") && strings.EqualFold(n.Attr("", "PartName"), "/"+name):
			return n.Attr("", "ContentType")
		case n.Is(typesSpace, "Default") && strings.EqualFold("."+n.Attr("", "Extension"), path.Ext(name)):
			byExtension = n.Attr("", "ContentType")
		}
	}
	return byExtension
}

// Related are the parts that a part names by a kind of relationship, the last
// element of its type: "header", "customXml".
func (p *Package) Related(part, kind string) ([]string, error) {
	folder, file := path.Split(part)
	rels := folder + "_rels/" + file + ".rels"
	if !p.Has(rels) {
		return nil, nil
	}
	targets, refused := p.targets(rels, folder, kind)
	if refused != nil {
		return nil, refused
	}
	return targets, nil
}

// PackageRelated are the parts that the package itself names by a kind of
// relationship, as "custom-properties".
func (p *Package) PackageRelated(kind string) ([]string, error) {
	targets, refused := p.targets("_rels/.rels", "", kind)
	if refused != nil {
		return nil, refused
	}
	return targets, nil
}

func (p *Package) targets(rels, folder, kind string) ([]string, *RefusedError) {
	root, refused := p.relationsOf(rels)
	if refused != nil {
		return nil, refused
	}
	var targets []string
	for n := root.First; n != nil; n = n.Next {
		if n.Is(relationsSpace, "Relationship") && strings.HasSuffix(n.Attr("", "Type"), "/"+kind) &&
			!strings.EqualFold(n.Attr("", "TargetMode"), "External") {
			targets = append(targets, resolve(folder, n.Attr("", "Target")))
		}
	}
	return targets, nil
}

func resolve(folder, target string) string {
	if rooted, ok := strings.CutPrefix(target, "/"); ok {
		return path.Clean(rooted)
	}
	return strings.TrimPrefix(path.Join("/"+folder, target), "/")
}
