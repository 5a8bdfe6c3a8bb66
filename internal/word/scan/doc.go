// Package scan opens a returned form and finds the answers in it.
//
// [Open] judges a file and parses the parts that matter; a [Scan] walks the
// document once and lists every content control and bookmark of ours as a
// [Found], recognised by tag, binding path, bookmark or title, with the text it
// shows and its surroundings. What the texts mean is for the caller. It fetches
// and runs nothing, and refuses content that would.
package scan
