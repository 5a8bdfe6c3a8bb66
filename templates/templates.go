// Package templates carries the words of the messages that are sent, one file
// for each kind of message and protection, and the script for the call in
// which a passphrase is read out.
//
// They are text/template files that officers can read and change; a folder
// named in the configuration may stand in for any of them. Room letter reads
// them, tries each out and says what is wrong with file and line. Nothing here
// is code but the embedding, and no child's data ever stands here.
package templates

import "embed"

// FS holds every message file at its root.
//
//go:embed *.txt
var FS embed.FS
