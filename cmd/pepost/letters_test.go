package main

import (
	"os"
	"slices"

	"github.com/rogpeppe/go-internal/testscript"
)

// letters writes every message that the relay took for one recipient into a
// file: letters ADDRESS FILE.
func letters(ts *testscript.TestScript, _ bool, args []string) {
	var all []byte
	for _, m := range relayOfScript(ts).Messages() {
		if slices.Contains(m.To, args[0]) {
			all = append(all, m.Data...)
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), all, 0o600))
}
