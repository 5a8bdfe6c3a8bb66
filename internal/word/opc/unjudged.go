package opc

// OpenUnjudged opens a file without refusing it for what it carries, for
// whoever lists all of that: nothing may be drawn from such a package. Main is
// empty where no document part is named. The error is a *[RefusedError] for
// what is no archive of an Office file, or too large to look at.
func OpenUnjudged(data []byte) (*Package, error) {
	p, refused := unjudged(data)
	if refused != nil {
		return nil, refused
	}
	if !p.Has(typesPart) || !p.Has("_rels/.rels") {
		return nil, refuse(NotDocx, "the archive is no Office document")
	}
	targets, refused := p.targets("_rels/.rels", "", "officeDocument")
	if refused != nil {
		return nil, refused
	}
	if len(targets) == 1 && p.Has(targets[0]) {
		p.Main = targets[0]
	}
	return p, nil
}
