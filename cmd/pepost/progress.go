package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/term"
)

// progressAfter is how long something may take before its progress is shown.
const progressAfter = time.Second

// progress shows how far a long command came, on stderr and on a terminal
// only. The line is rewritten in place and taken away when all is done.
func (p *program) progress(doing string) func(done, all int) {
	file, ok := p.stderr.(*os.File)
	if !ok || p.flags.quiet || !term.IsTerminal(int(file.Fd())) {
		return func(int, int) {}
	}
	began := p.wall()
	return func(done, all int) {
		switch {
		case p.wall().Sub(began) < progressAfter:
		case done < all:
			fmt.Fprintf(p.stderr, "\rpepost: %s: %d of %d ", doing, done, all)
		default:
			fmt.Fprintf(p.stderr, "\r%60s\r", "")
		}
	}
}
