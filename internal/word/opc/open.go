package opc

import (
	"bytes"
	"errors"
	"hash/crc32"
	"strings"

	"github.com/pepost/pepost/internal/word/xmltree"
)

// Package is an opened Office file.
type Package struct {
	data    []byte
	entries []entry
	byName  map[string]int
	// relations are the relationship parts, by name: each is asked more than
	// once.
	relations map[string]*xmltree.Node
	// unpacked and budget are what reading the parts has cost so far.
	unpacked int
	budget   xmltree.Budget
	// Main is the name of the document part, as "word/document.xml".
	Main string
}

// maxUnpacked bounds what is unpacked of one package, in bytes: the parts that
// are read of a form are the document, its edges and the hidden copy.
const maxUnpacked = 12 << 20

// Open judges a file and opens it. The error is always a *[RefusedError].
func Open(data []byte) (*Package, error) {
	p, refused := open(data)
	if refused != nil {
		return nil, refused
	}
	return p, nil
}

func open(data []byte) (*Package, *RefusedError) {
	p, refused := unjudged(data)
	if refused != nil {
		return nil, refused
	}
	return p, p.judge()
}

func unjudged(data []byte) (*Package, *RefusedError) {
	if refused := sniff(data); refused != nil {
		return nil, refused
	}
	entries, refused := directory(data)
	if refused != nil {
		return nil, refused
	}
	p := &Package{data: data, entries: entries, byName: make(map[string]int, len(entries)), relations: map[string]*xmltree.Node{}}
	for i, e := range entries {
		p.byName[strings.ToLower(e.name)] = i
	}
	return p, nil
}

// sniff tells by the first bytes what a file is, whatever its name says.
func sniff(data []byte) *RefusedError {
	switch {
	case len(data) > maxFile:
		return refuse(Bomb, "the file is larger than a form can be")
	case bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		// MS-OFFCRYPTO 2.3.4.4: the encrypted package is a stream of that
		// name, and compound files hold names in UTF-16LE.
		if bytes.Contains(data, utf16le("EncryptedPackage")) {
			return refuse(Encrypted, "the document needs its passphrase")
		}
		return refuse(NotDocx, "the file is of Word 97-2003 or older; save it as .docx")
	case bytes.HasPrefix(data, []byte(`{\rtf`)):
		return refuse(NotDocx, "the file is rich text; save it as .docx")
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return refuse(NotDocx, "the file is a PDF, not the Word form")
	case !bytes.HasPrefix(data, []byte(localSignature)):
		return refuse(NotDocx, "the file is no Word document")
	}
	return nil
}

func utf16le(ascii string) []byte {
	wide := make([]byte, 0, 2*len(ascii))
	for i := range len(ascii) {
		wide = append(wide, ascii[i], 0)
	}
	return wide
}

// Names are all parts in the archive's order.
func (p *Package) Names() []string {
	names := make([]string, len(p.entries))
	for i, e := range p.entries {
		names[i] = e.name
	}
	return names
}

// Has reports whether there is such a part; case does not count.
func (p *Package) Has(name string) bool {
	_, found := p.byName[strings.ToLower(name)]
	return found
}

// errMissing is a part that is asked for and not there.
var errMissing = errors.New("the part is not there")

// Close gives the memory of the parsed parts back: no tree of this package may
// be looked at any more. A package that is not closed costs nothing but that.
func (p *Package) Close() {
	clear(p.relations)
	p.budget.Release()
}

// Read unpacks one part, of at most [xmltree.MaxBytes].
func (p *Package) Read(name string) ([]byte, error) {
	content, err := p.text(name)
	return []byte(content), err
}

func (p *Package) text(name string) (string, error) {
	i, found := p.byName[strings.ToLower(name)]
	if !found {
		return "", errMissing
	}
	content, refused := p.unpack(p.entries[i])
	if refused != nil {
		return "", refused
	}
	return content, nil
}

func (p *Package) unpack(e entry) (string, *RefusedError) {
	if p.unpacked += int(e.size); e.size > xmltree.MaxBytes || p.unpacked > maxUnpacked {
		return "", refuse(Bomb, "a part is larger than a form needs")
	}
	packed := p.data[e.dataFrom:e.dataTo]
	if e.method == stored {
		if len(packed) != int(e.size) || crc32.ChecksumIEEE(packed) != e.crc {
			return "", errChecksum()
		}
		return string(packed), nil
	}
	in := unpackers.Get().(*unpacker)
	defer unpackers.Put(in)
	content, crc, refused := in.unpack(packed, int(e.size))
	switch {
	case refused != nil:
		return "", refused
	case crc != e.crc:
		return "", errChecksum()
	}
	return content, nil
}

func errChecksum() *RefusedError { return refuse(Corrupt, "a part does not match its checksum") }

// Tree reads one part as XML; elements of WordprocessingML of the names in
// without are left out.
func (p *Package) Tree(name string, without ...string) (*xmltree.Node, error) {
	root, refused := p.tree(name, without...)
	if refused != nil {
		return nil, refused
	}
	return root, nil
}

func (p *Package) tree(name string, without ...string) (*xmltree.Node, *RefusedError) {
	content, err := p.text(name)
	var refused *RefusedError
	switch {
	case errors.As(err, &refused):
		return nil, refused
	case err != nil:
		return nil, refuse(Corrupt, "the part "+base(name)+" is not there")
	}
	root, err := p.budget.Parse(content, without...)
	var syntax *xmltree.SyntaxError
	switch {
	case errors.As(err, &syntax) && syntax.TooLarge:
		return nil, refuse(Bomb, "the part "+base(name)+": "+syntax.Reason)
	case err != nil:
		return nil, refuse(Corrupt, "the part "+base(name)+" is broken: "+err.Error())
	}
	return root, nil
}

// relationsOf reads a relationship part once.
func (p *Package) relationsOf(name string) (*xmltree.Node, *RefusedError) {
	key := strings.ToLower(name)
	if root, read := p.relations[key]; read {
		return root, nil
	}
	root, refused := p.tree(name)
	if refused == nil {
		p.relations[key] = root
	}
	return root, refused
}

// base is a part's name without its folder, cut so that it cannot carry a
// message of its own.
func base(name string) string {
	name = name[strings.LastIndexByte(name, '/')+1:]
	for _, r := range name {
		if r < 0x21 || r > 0x7E {
			return "(odd name)"
		}
	}
	return name[:min(len(name), 40)]
}
