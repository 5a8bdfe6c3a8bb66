//go:build unix

package smtpout

import (
	"net"
	"syscall"
)

// pending reports whether something has come over a connection that was not
// read yet, its end included. It does not wait. Where it cannot tell it says
// yes.
func pending(conn net.Conn) bool {
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return true
	}
	something := true
	err = raw.Read(func(fd uintptr) bool {
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK)
		something = err != syscall.EAGAIN
		return true
	})
	return err != nil || something
}
