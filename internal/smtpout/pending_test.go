package smtpout

import (
	"net"
	"testing"
	"time"
)

func TestPendingSeesWhatCameAndTheEnd(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	near, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	far, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if pending(near) {
		t.Error("something is pending where nothing was sent")
	}
	become := func(want string) {
		t.Helper()
		for range 100_000 { // the loopback takes a moment
			if pending(near) {
				return
			}
		}
		t.Errorf("%s is not noticed", want)
	}
	if _, err := far.Write([]byte("4")); err != nil {
		t.Fatal(err)
	}
	become("a byte")
	var one [1]byte
	if _, err := near.Read(one[:]); err != nil || one[0] != '4' {
		t.Fatalf("looking took the byte: %q %v", one, err)
	}
	far.Close()
	become("the end")
	if err := near.SetDeadline(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if !pending(near) {
		t.Error("a connection that may not be read is taken for a quiet one")
	}
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	if !pending(a) {
		t.Error("what is no socket cannot be known to be quiet")
	}
}
