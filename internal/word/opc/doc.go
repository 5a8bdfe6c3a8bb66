// Package opc opens and writes the container of an Office file: a ZIP archive
// of parts (ECMA-376 part 2), without trusting a byte of it.
//
// [Open] takes a file that somebody sent and gives its parts, or a
// [RefusedError]. It judges the file from the central directory, before
// anything is unpacked, then by its content types and relationships: what is
// no Word document, is encrypted, holds macros, embedded objects or content
// from elsewhere, or unpacks to more than a form can be, is refused. [Write]
// gives the same bytes for the same parts.
//
// The archive is read here and not by archive/zip, because one reader must
// decide both what was judged and what is read; two that differ on a crafted
// file would let it through. Nothing is ever unpacked to disk, no part is read
// beyond its bound, and errors name parts, never their content.
package opc
