package main

import (
	"encoding/base64"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/pepost/pepost/internal/imapin/imapintest"
	"github.com/pepost/pepost/internal/mailsink"
)

// mailboxKey finds a script's mailbox among its values.
type mailboxKey struct{}

// postbox is the mailbox of one script.
type postbox struct{ server *imapintest.Server }

func mailboxOfScript(ts *testscript.TestScript) *imapintest.Server {
	server := ts.Value(mailboxKey{}).(*postbox).server
	if server == nil {
		ts.Fatalf("start the mailbox first")
	}
	return server
}

// startMailbox starts a loopback IMAP server for the script: mailbox. It sets
// IMAP, IMAPCA and IMAP_PASSWORD.
func startMailbox(ts *testscript.TestScript, _ bool, _ []string) {
	server, err := imapintest.Start(true)
	ts.Check(err)
	ts.Defer(func() { server.Close() })
	ca := ts.MkAbs("mailbox-authority.pem")
	ts.Check(os.WriteFile(ca, server.CAPEM, 0o600))
	ts.Setenv("IMAP", server.Addr)
	ts.Setenv("IMAPCA", ca)
	ts.Setenv("IMAP_PASSWORD", imapintest.Password)
	ts.Value(mailboxKey{}).(*postbox).server = server
}

// deliver puts a message file into the mailbox, filled up to a size where one
// is given: deliver FILE [BYTES].
func deliver(ts *testscript.TestScript, _ bool, args []string) {
	message := strings.ReplaceAll(strings.ReplaceAll(ts.ReadFile(args[0]), "\r\n", "\n"), "\n", "\r\n")
	if len(args) > 1 {
		size, err := strconv.Atoi(args[1])
		ts.Check(err)
		message += strings.Repeat("and so on, for a long time\r\n", size/28+1)
	}
	ts.Check(mailboxOfScript(ts).Put("INBOX", []byte(message)))
}

// awaitFolder waits until a folder of the mailbox has so many messages:
// awaitfolder NAME N.
func awaitFolder(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	got := -1
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		all, err := mailboxOfScript(ts).In(args[0])
		ts.Check(err)
		if got = len(all); got == want {
			return
		}
	}
	ts.Fatalf("%s has %d messages, want %d", args[0], got, want)
}

// firstTo is the first message that the relay took for a recipient.
func firstTo(ts *testscript.TestScript, recipient string) mailsink.Message {
	for _, m := range relayOfScript(ts).Messages() {
		if strings.EqualFold(m.To[0], recipient) {
			return m
		}
	}
	ts.Fatalf("the relay took nothing for %s", recipient)
	return mailsink.Message{}
}

// answer writes what a recipient answers to the first message that came: answer
// FILE RECIPIENT FORM.
func answer(ts *testscript.TestScript, _ bool, args []string) {
	sent := firstTo(ts, args[1])
	read, err := mail.ReadMessage(strings.NewReader(string(sent.Data)))
	ts.Check(err)
	var b strings.Builder
	fmt.Fprintf(&b, "From: %s\nTo: %s\nSubject: RE: %s\nIn-Reply-To: %s\nMessage-ID: <answer@school.example>\nMIME-Version: 1.0\n",
		args[1], read.Header.Get("From"), read.Header.Get("Subject"), read.Header.Get("Message-Id"))
	fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=bb\n\n--bb\nContent-Type: text/plain\n\nHere it is.\n")
	fmt.Fprintf(&b, "--bb\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=%q\nContent-Transfer-Encoding: base64\n\n%s\n--bb--\n",
		filepath.Base(args[2]), base64.StdEncoding.EncodeToString([]byte(ts.ReadFile(args[2]))))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(b.String(), "\n", "\r\n")), 0o600))
}
