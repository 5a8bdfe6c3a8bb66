package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// untilSignalled gives a context that ends with the first signal to stop. A
// second one ends the program as it stands: what was under way is recovered by
// the next start, as after a crash. The function it gives makes signals mean
// what they usually do.
func untilSignalled(ctx context.Context, stderr io.Writer, exit func(int)) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	heard, done := make(chan os.Signal, 2), make(chan struct{})
	signal.Notify(heard, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-heard:
			cancel()
		case <-done:
			return
		}
		select {
		case <-heard:
			fmt.Fprintln(stderr, "pepost: a second signal: ending as it stands; the next start goes on from there")
			exit(int(exitInterrupted))
		case <-done:
		}
	}()
	return ctx, func() {
		signal.Stop(heard)
		close(done)
		cancel()
	}
}
