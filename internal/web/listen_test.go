package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestOnlyLoopbackAddressesAreListenedOn(t *testing.T) {
	for _, address := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.org:0", "127.0.0.1.example.org:0", "::1:0x", ""} {
		l, err := Listen(address)
		if err == nil {
			l.Close()
			t.Errorf("%q is listened on", address)
		}
	}
	var loopback *NotLoopbackError
	if _, err := Listen("0.0.0.0:0"); !errors.As(err, &loopback) {
		t.Errorf("got %v", err)
	}
	for _, address := range []string{"127.0.0.1:0", "localhost:0", "127.0.0.9:0"} {
		l, err := Listen(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if !l.Addr().(*net.TCPAddr).IP.IsLoopback() {
			t.Errorf("%s became %s", address, l.Addr())
		}
		l.Close()
	}
}

// served is a site at a real address, and what stops it.
func served(t *testing.T) (address string, stop func() error) {
	t.Helper()
	site, err := New(sampleResult(), folder(t))
	if err != nil {
		t.Fatal(err)
	}
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- site.Serve(ctx, l) }()
	return l.Addr().String(), func() error { cancel(); return <-ended }
}

func TestASiteIsServedUntilItIsStopped(t *testing.T) {
	address, stop := served(t)
	answer, err := http.Get("http://" + address + "/")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(answer.Body)
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK || !strings.Contains(string(body), "Needs a person") {
		t.Errorf("%d", answer.StatusCode)
	}
	http.DefaultClient.CloseIdleConnections()
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", address); err == nil {
		t.Error("it still listens")
	}
}

func TestHugeHeadersAndBodiesAreRefused(t *testing.T) {
	address, stop := served(t)
	defer stop()
	for _, test := range []struct{ name, request, want string }{
		{"headers", "GET / HTTP/1.1\r\nHost: " + address + "\r\nX: " + strings.Repeat("a", 64<<10) + "\r\n\r\n", "431"},
		{"another host", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "421"},
		{"two hosts", "GET / HTTP/1.1\r\nHost: " + address + "\r\nHost: evil.example\r\n\r\n", "400"},
		{"a host in the request line", "GET http://evil.example/ HTTP/1.1\r\nHost: " + address + "\r\n\r\n", "421"},
		{"a body", "POST / HTTP/1.1\r\nHost: " + address + "\r\nContent-Length: 5\r\n\r\nhello", "405"},
	} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(c, test.request)
		line, _ := bufio.NewReader(c).ReadString('\n')
		if !strings.HasPrefix(line, "HTTP/1.1 "+test.want) {
			t.Errorf("%s: %q", test.name, line)
		}
		c.Close()
	}
}

func TestNamesOfAListener(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080 localhost:8080",
		"[::1]:8080":     "[::1]:8080 localhost:8080",
		"127.0.0.1:80":   "127.0.0.1:80 localhost:80 127.0.0.1 localhost",
	} {
		if got := strings.Join(hostsOf(loopback(address)), " "); got != want {
			t.Errorf("%s: %s", address, got)
		}
	}
}
