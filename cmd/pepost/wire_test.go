package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// wiretap stands between the program and its relay and keeps every byte that
// passes, as a capture of the loopback would.
type wiretap struct {
	listener net.Listener
	relay    string
	mu       sync.Mutex
	passed   []*conversation
	all      sync.WaitGroup
}

// conversation is one connection: what the program said and what it was told.
type conversation struct{ said, told bytes.Buffer }

func newWiretap(t *testing.T, relay string) *wiretap {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wiretap{listener: listener, relay: relay}
	w.all.Go(w.accept)
	t.Cleanup(func() { w.listener.Close(); w.all.Wait() })
	return w
}

func (w *wiretap) accept() {
	for {
		program, err := w.listener.Accept()
		if err != nil {
			return
		}
		c := &conversation{}
		w.mu.Lock()
		w.passed = append(w.passed, c)
		w.mu.Unlock()
		w.all.Go(func() { w.pass(program, c) })
	}
}

// pass copies both ways until either side is done.
func (w *wiretap) pass(program net.Conn, c *conversation) {
	defer program.Close()
	relay, err := net.Dial("tcp", w.relay)
	if err != nil {
		return
	}
	defer relay.Close()
	var both sync.WaitGroup
	both.Go(func() { w.copy(relay, program, &c.said) })
	both.Go(func() { w.copy(program, relay, &c.told) })
	both.Wait()
}

func (w *wiretap) copy(to, from net.Conn, kept *bytes.Buffer) {
	_, _ = io.Copy(io.MultiWriter(to, keeper{w, kept}), from) // however it ends, it has ended
	// Closing both ends the other direction too.
	to.Close()
	from.Close()
}

type keeper struct {
	w    *wiretap
	kept *bytes.Buffer
}

func (k keeper) Write(p []byte) (int, error) {
	k.w.mu.Lock()
	defer k.w.mu.Unlock()
	return k.kept.Write(p)
}

// conversations are what passed so far, each as said and told.
func (w *wiretap) conversations() [][2][]byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all [][2][]byte
	for _, c := range w.passed {
		all = append(all, [2][]byte{bytes.Clone(c.said.Bytes()), bytes.Clone(c.told.Bytes())})
	}
	return all
}

// clearPart is what stands before the first TLS record, and whether everything
// after it is whole TLS records (RFC 8446, section 5.1) and nothing else.
func clearPart(stream []byte) (clear []byte, sealed bool) {
	const handshake = 22
	at := bytes.Index(stream, []byte{handshake, 3})
	if at < 0 {
		return stream, false
	}
	clear = stream[:at]
	for rest := stream[at:]; len(rest) > 0; {
		const header, most = 5, 1<<14 + 256 + 1<<11
		if len(rest) < header || rest[0] < 20 || rest[0] > 23 || rest[1] != 3 {
			return clear, false
		}
		size := int(binary.BigEndian.Uint16(rest[3:]))
		if size > most || len(rest) < header+size {
			return clear, false
		}
		rest = rest[header+size:]
	}
	return clear, true
}

// commands are the lines that the program said in clear.
func commandsOf(clear []byte) []string {
	return strings.Split(strings.TrimSuffix(string(clear), "\r\n"), "\r\n")
}

// hidden are the marks of a message, or of a form in one, that may nowhere
// stand in clear: its envelope, its headers, and the beginning of a Word file
// as it is and in base64.
func hidden(telling ...string) []string {
	marks := []string{"MAIL FROM", "RCPT TO", "Subject:", "Content-Type:", "PK\x03\x04", "UEsDB", "BEGIN PGP"}
	for _, text := range telling {
		marks = append(marks, text, base64.StdEncoding.EncodeToString([]byte(text)))
	}
	return marks
}

func TestTheReaderOfTLSRecordsSeesWhatStandsBetweenThem(t *testing.T) {
	record := append([]byte{22, 3, 1, 0, 4}, "abcd"...)
	for text, want := range map[string]bool{
		"EHLO a\r\nSTARTTLS\r\n" + string(record) + string(record):                 true,
		"EHLO a\r\nSTARTTLS\r\n" + string(record) + "MAIL FROM:<a@b.example>":      false,
		"EHLO a\r\nMAIL FROM:<a@b.example>\r\n":                                    false,
		"EHLO a\r\nSTARTTLS\r\n" + string(record) + string(record[:len(record)-1]): false,
	} {
		clear, sealed := clearPart([]byte(text))
		if sealed != want || !strings.HasPrefix(string(clear), "EHLO a\r\n") {
			t.Errorf("%q: %q %v", text, clear, sealed)
		}
	}
}
