package main

import (
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/pepost/pepost/internal/notify/notifytest"
)

// textsKey finds a script's text message service among its values.
type textsKey struct{}

// texts starts a stand-in for the text message service and writes its section
// and key (texts start), or checks how many texts it took (texts N).
func texts(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("texts start, or texts N")
	}
	holder := ts.Value(textsKey{}).(*textService)
	if args[0] != "start" {
		want, err := strconv.Atoi(args[0])
		ts.Check(err)
		if got := holder.server.Texts(); len(got) != want {
			ts.Fatalf("%d texts, want %d", len(got), want)
		}
		return
	}
	holder.server = notifytest.Start(time.Now)
	ts.Defer(holder.server.Close)
	ts.Check(os.WriteFile(ts.MkAbs("notify-key"), []byte(notifytest.Key+"\n"), 0o600))
	file := ts.MkAbs("pepost.yaml")
	data, err := os.ReadFile(file)
	ts.Check(err)
	section := strings.Join([]string{"", "notify:", "  base_url: " + holder.server.URL, "  key_file: notify-key", "  template: " + notifytest.Template, ""}, "\n")
	ts.Check(os.WriteFile(file, append(data, section...), 0o600))
}

// textService is the text message service of one script.
type textService struct{ server *notifytest.Server }
