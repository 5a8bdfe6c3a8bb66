package store

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// LockedError says that another process works on the same SQLite database.
type LockedError struct {
	File    string // the lock file
	Process int    // the other process, 0 where it is not known
}

// Error says what to do.
func (e *LockedError) Error() string {
	who := "another pepost"
	if e.Process > 0 {
		who = fmt.Sprintf("another pepost (process %d)", e.Process)
	}
	return strings.TrimSuffix(e.File, lockSuffix) + " is in use by " + who +
		": wait until its send has ended, or stop its serve; reading and approving work beside it"
}

const lockSuffix = ".lock"

// fileLock proves that no other process works on the database. The system
// gives it up when the process dies, however it dies.
type fileLock struct {
	file *os.File
}

func takeLock(database string) (*fileLock, error) {
	path := database + lockSuffix
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock file: %w", err)
	}
	if err := lockFile(file); err != nil {
		var text [20]byte
		n, _ := file.ReadAt(text[:], 0)
		process, _ := strconv.Atoi(strings.TrimSpace(string(text[:n])))
		_ = file.Close()
		return nil, &LockedError{path, process}
	}
	// The number is a courtesy to whoever meets the lock, nothing more.
	if file.Truncate(0) == nil {
		_, _ = file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return &fileLock{file}, nil
}

func (l *fileLock) release() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
