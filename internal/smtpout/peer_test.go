//go:build interop

package smtpout

import (
	"bufio"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// sink starts Postfix's smtp-sink, which takes mail in clear and throws it
// away, and gives its address.
func sink(b *testing.B) string {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	command := exec.Command("/usr/sbin/smtp-sink", "-u", "nobody", address, "100")
	if err := command.Start(); err != nil {
		b.Fatalf("starting smtp-sink (Debian package postfix): %v", err)
	}
	b.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // it was killed: an error is what is expected
	})
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for range 200 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return address
		}
		<-again.C
	}
	b.Fatal("smtp-sink does not answer")
	return ""
}

// unsecured opens a conversation in clear. Only this test can: smtp-source
// and smtp-sink know no TLS, and the two are to be compared at the same work.
func unsecured(b *testing.B, address string) *conversation {
	b.Helper()
	relay, err := Relay{Addr: address}.checked()
	if err != nil {
		b.Fatal(err)
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		b.Fatal(err)
	}
	v := &conversation{relay: relay, ctx: b.Context(), conn: conn, reader: bufio.NewReader(conn)}
	if err := v.greet(); err != nil {
		b.Fatal(err)
	}
	if err := v.hello(); err != nil {
		b.Fatal(err)
	}
	return v
}

// BenchmarkBesideSMTPSource sends messages of 411 KB over one connection, in
// rounds that alternate with smtp-source, and reports the ratio of the rates.
func BenchmarkBesideSMTPSource(b *testing.B) {
	const bytesEach, perRound = 411_000, 100
	address := sink(b)
	line := strings.Repeat("x", 76) + "\r\n"
	p, err := Message{
		From: "a@council.example", To: "b@school.example",
		Bytes: []byte("Subject: a\r\n\r\n" + strings.Repeat(line, bytesEach/len(line))),
	}.ready()
	if err != nil {
		b.Fatal(err)
	}
	v := unsecured(b, address)
	defer v.quit()
	var ours, peer time.Duration
	for b.Loop() {
		start := time.Now()
		for range perRound {
			if _, err := v.transact(p, func() error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
		ours += time.Since(start)
		start = time.Now()
		out, err := exec.Command("/usr/sbin/smtp-source", "-s", "1", "-d", "-m", strconv.Itoa(perRound),
			"-l", strconv.Itoa(bytesEach), address).CombinedOutput()
		if err != nil {
			b.Fatalf("smtp-source: %v: %s", err, out)
		}
		peer += time.Since(start)
	}
	messages := float64(b.N * perRound)
	b.ReportMetric(messages/ours.Seconds(), "ours-messages/s")
	b.ReportMetric(messages/peer.Seconds(), "smtp-source-messages/s")
	b.ReportMetric(peer.Seconds()/ours.Seconds(), "ratio")
}
