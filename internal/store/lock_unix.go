//go:build unix

package store

import (
	"os"
	"syscall"
)

// lockFile takes flock(2), which ends with the process.
func lockFile(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
