package template

import (
	"errors"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/word/opc"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// Namespaces of the package's own parts and of drawings that carry objects.
const (
	typesSpace     = "http://schemas.openxmlformats.org/package/2006/content-types"
	relationsSpace = "http://schemas.openxmlformats.org/package/2006/relationships"
	officeSpace    = "urn:schemas-microsoft-com:office:office"
)

// dangers lists everything in a file that runs, fetches, embeds or hides
// something, or tells of people.
func dangers(pack *opc.Package, out *faults) {
	hidden := hiddenStyles(pack)
	for _, name := range pack.Names() {
		lower := strings.ToLower(name)
		judgePart(lower, out)
		if !strings.HasSuffix(lower, ".xml") && !strings.HasSuffix(lower, ".rels") {
			continue
		}
		root, err := pack.Tree(name)
		if err != nil {
			out.add(Fault{Code: Refused, Part: partWords(name), Text: reason(err), Hint: "open the template in Word and save it again"})
			continue
		}
		switch {
		case lower == "[content_types].xml":
			judgeTypes(root, out)
		case strings.HasSuffix(lower, ".rels"):
			judgeRelations(name, root, out)
		case strings.HasPrefix(lower, "docprops/"):
			judgeProperties(root, out)
		case strings.HasPrefix(lower, "word/"):
			w := walker{part: partWords(name), out: out, hidden: hidden}
			w.walk(root)
		}
	}
}

func reason(err error) string {
	var refused *opc.RefusedError
	if errors.As(err, &refused) {
		return refused.Detail
	}
	return "the part cannot be read"
}

const (
	hintMacro  = "save the template as Word document (.docx), not as .docm"
	hintObject = "delete the object; a picture may stand in its place"
)

func judgePart(name string, out *faults) {
	part := partWords(name)
	switch {
	case strings.Contains(name, "vbaproject") || strings.Contains(name, "vbadata"):
		out.add(Fault{Code: Active, Part: part, Text: "the file carries a macro", Hint: hintMacro})
	case strings.Contains(name, "activex/"):
		out.add(Fault{Code: Active, Part: part, Text: "the file carries an ActiveX control", Hint: hintObject})
	case strings.Contains(name, "embeddings/"):
		out.add(Fault{Code: Active, Part: part, Text: "another file is embedded", Hint: hintObject})
	case strings.HasSuffix(name, "word/people.xml"):
		out.add(Fault{Code: Personal, Part: part, Warning: true, Text: "the file names the people who edited it", Hint: "nothing to do: the names are on no form"})
	}
}

func judgeTypes(root *xmltree.Node, out *faults) {
	for n := root.First; n != nil; n = n.Next {
		kind := strings.ToLower(n.Attr("", "ContentType"))
		switch {
		case !n.Is(typesSpace, "Override") && !n.Is(typesSpace, "Default"):
		case strings.Contains(kind, "macroenabled") || strings.Contains(kind, "vbaproject"):
			out.add(Fault{Code: Active, Part: "the file", Text: "the file is one with macros", Hint: hintMacro})
		case strings.Contains(kind, "activex") || strings.Contains(kind, "oleobject"):
			out.add(Fault{Code: Active, Part: "the file", Text: "the file carries an embedded object", Hint: hintObject})
		}
	}
}

func judgeRelations(name string, root *xmltree.Node, out *faults) {
	for n := root.First; n != nil; n = n.Next {
		if !n.Is(relationsSpace, "Relationship") {
			continue
		}
		kind := n.Attr("", "Type")
		kind = strings.ToLower(kind[strings.LastIndexByte(kind, '/')+1:])
		outside := strings.EqualFold(n.Attr("", "TargetMode"), "External")
		fault := Fault{Code: Active, Part: partWords(name)}
		switch {
		case kind == "attachedtemplate":
			fault.Text, fault.Hint = "another template is attached and would be fetched", "Developer, Document Template: clear the box"
		case kind == "hyperlink" && outside && !harmless(n.Attr("", "Target")):
			fault.Text, fault.Hint = "a link leads to something other than a web page or a mail address", "remove the link"
		case kind == "hyperlink":
		case outside:
			fault.Text, fault.Hint = "something is fetched from elsewhere ("+short(kind)+")", "insert the picture or text itself instead of a link to it"
		case kind == "afchunk" || kind == "subdocument":
			fault.Text, fault.Hint = "another document is inside", "paste its text instead"
		}
		if fault.Text != "" {
			out.add(fault)
		}
	}
}

// harmless reports whether a link waits for a click and then opens a page or
// a message.
func harmless(target string) bool {
	target = strings.ToLower(target)
	return strings.HasPrefix(target, "https://") || strings.HasPrefix(target, "http://") || strings.HasPrefix(target, "mailto:") || strings.HasPrefix(target, "tel:")
}

func judgeProperties(root *xmltree.Node, out *faults) {
	for n := root.First; n != nil; n = n.Next {
		switch n.Local {
		case "creator", "lastModifiedBy", "Company", "Manager":
			if strings.TrimSpace(n.Content()) != "" {
				out.add(Fault{
					Code: Personal, Part: "the document's properties", Warning: true,
					Text: "the file names its author or editor (" + n.Local + ")", Hint: "nothing to do: it is on no form",
				})
			}
		}
	}
}

// walker looks at every element of one part.
type walker struct {
	part string
	out  *faults
	// code gathers the instruction of a field, which Word splits over runs.
	code string
	// hidden are the styles that hide text.
	hidden map[string]bool
	// told are the kinds of which the paragraph at hand has told already.
	told map[string]bool
}

func (w *walker) add(n *xmltree.Node, code Code, text, hint string) {
	words := near(n)
	if key := text + "\x00" + words; w.told[key] {
		return
	} else if w.told == nil {
		w.told = map[string]bool{key: true}
	} else {
		w.told[key] = true
	}
	w.out.add(Fault{Code: code, Part: w.part, Near: words, Text: text, Hint: hint})
}

func (w *walker) walk(n *xmltree.Node) {
	for c := n.First; c != nil; c = c.Next {
		switch {
		case c.Space == xmltree.Word:
			w.word(c)
		case c.Is(officeSpace, "OLEObject"):
			w.add(c, Active, "there is an embedded object", hintObject)
		}
		w.walk(c)
	}
}

func (w *walker) word(n *xmltree.Node) {
	const review = "Review: accept or reject all changes"
	switch n.Local {
	case "ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge", "numberingChange":
		w.add(n, Tracked, "a tracked change is not accepted", review)
	case "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "trPrChange", "tcPrChange", "tblGridChange", "tblPrExChange":
		w.add(n, Tracked, "a tracked change of the formatting is not accepted", review)
	case "comment", "commentReference":
		w.add(n, Comment, "there is a comment", "Review: delete all comments")
	case "vanish", "webHidden", "specVanish":
		if on(n) && n.Parent != nil && n.Parent.Local == "rPr" && !inStyle(n) {
			w.add(n, Hidden, "there is hidden text", "show it or delete it")
		}
	case "rStyle", "pStyle":
		if w.hidden[n.Attr(xmltree.Word, "val")] {
			w.add(n, Hidden, "there is hidden text", "show it or delete it")
		}
	case "object", "control":
		w.add(n, Active, "there is an embedded object or control", hintObject)
	case "altChunk", "subDoc":
		w.add(n, Active, "another document is inside", "paste its text instead")
	case "fldSimple":
		w.field(n, n.Attr(xmltree.Word, "instr"))
	case "instrText":
		w.code += n.Content()
	case "fldChar":
		if w.code != "" {
			w.field(n, w.code)
		}
		w.code = ""
	case "attachedTemplate":
		w.add(n, Active, "another template is attached and would be fetched", "Developer, Document Template: clear the box")
	case "mailMerge":
		w.add(n, Active, "the file is a mail merge", "Mailings, Start Mail Merge: Normal Word Document")
	case "documentProtection":
		w.add(n, Active, "the file is protected", "Review, Restrict Editing: stop protection")
	case "trackRevisions":
		if on(n) {
			w.add(n, Tracked, "changes would be tracked in every form", "Review: turn Track Changes off")
		}
	case "docVar":
		w.add(n, Hidden, "the file carries a document variable", "start again from the exported file")
	}
}

// hiddenStyles are the styles of text that nobody sees.
func hiddenStyles(pack *opc.Package) map[string]bool {
	out := map[string]bool{}
	for name, style := range stylesOf(pack) {
		if properties := style.Child(xmltree.Word, "rPr"); properties != nil {
			if hide := properties.Child(xmltree.Word, "vanish"); hide != nil && on(hide) {
				out[name] = true
			}
		}
	}
	return out
}

// stylesOf are the styles of the document by their identifiers.
func stylesOf(pack *opc.Package) map[string]*xmltree.Node {
	out := map[string]*xmltree.Node{}
	parts, err := pack.Related(pack.Main, "styles")
	if err != nil || len(parts) == 0 {
		return out
	}
	root, err := pack.Tree(parts[0])
	if err != nil {
		return out
	}
	for n := root.First; n != nil; n = n.Next {
		if n.Is(xmltree.Word, "style") {
			out[n.Attr(xmltree.Word, "styleId")] = n
		}
	}
	return out
}

// inStyle reports whether a property is one of a style and of no text.
func inStyle(n *xmltree.Node) bool {
	for at := n; at != nil; at = at.Parent {
		if at.Is(xmltree.Word, "style") || at.Is(xmltree.Word, "docDefaults") || at.Is(xmltree.Word, "lvl") {
			return true
		}
	}
	return false
}

// on is a boolean property of OOXML: without a value it is true.
func on(n *xmltree.Node) bool {
	value := n.Attr(xmltree.Word, "val")
	return value != "0" && value != "false" && value != "off"
}

// field refuses fields but those that number and point within the document.
func (w *walker) field(n *xmltree.Node, instruction string) {
	words := strings.Fields(instruction)
	if len(words) == 0 {
		return
	}
	switch name := strings.ToUpper(words[0]); {
	case name == "HYPERLINK" && len(words) > 1 && words[1] != `\l` && !harmless(strings.Trim(words[1], `"`)):
		w.add(n, Active, "a link leads to something other than a web page or a mail address", "remove the link")
	case slices.Contains([]string{"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "TOC", "TC", "PAGEREF", "REF", "NOTEREF", "STYLEREF", "SEQ", "HYPERLINK", "SYMBOL", "EQ", "QUOTE"}, name):
	default:
		w.add(n, Active, "there is a field that may fetch, ask or tell something ("+short(words[0])+")", "replace it by plain text; page numbers, cross-references and contents may stay")
	}
}
