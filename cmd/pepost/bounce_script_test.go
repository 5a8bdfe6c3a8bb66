package main

import (
	"bytes"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/pepost/pepost/internal/mailsink"
)

// reportOn writes what a far mail system says of the first message that the
// relay took for a recipient, from the envelope that came with it: report FILE
// RECIPIENT ACTION STATUS [forged]. A forged one is by somebody who has the
// message and not its envelope.
func reportOn(ts *testscript.TestScript, _ bool, args []string) {
	for _, m := range relayOfScript(ts).Messages() {
		if !strings.EqualFold(m.To[0], args[1]) {
			continue
		}
		if len(args) > 4 {
			m.MailParams = nil
		}
		data, err := mailsink.Bounce(m, mailsink.Report{
			Action: mailsink.Action(args[2]), Status: args[3], Diagnostic: "told by the far side", Reporter: "mx.school.example",
			At: time.Date(2026, 2, 4, 9, 0, 0, 0, time.UTC),
		})
		ts.Check(err)
		if len(args) > 4 {
			_, domain, _ := strings.Cut(m.From, "@")
			data = bytes.ReplaceAll(data, []byte("<"+m.From+">"), []byte("<peps@"+domain+">"))
		}
		ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
		return
	}
	ts.Fatalf("the relay took nothing for %s", args[1])
}
