//go:build !unix

package store

import (
	"errors"
	"os"
)

// lockFile refuses where there is no lock that ends with the process: nothing
// else proves that this one is alone.
func lockFile(*os.File) error {
	return errors.New("sending needs a system with flock, or PostgreSQL")
}
