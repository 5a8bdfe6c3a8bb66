// Package forms carries the shipped form definitions: the core, the three
// phase packs, the circumstance packs, and beside them the shared choices,
// the words authorities differ on, the matrix of who may see what, and the
// mapping of the law's minimum content to fields. Officers may edit copies of
// these files; room form reads them. The package holds no code.
package forms

import "embed"

// FS holds every definition file at its root.
//
//go:embed *.yaml
var FS embed.FS
