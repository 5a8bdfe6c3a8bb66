// Command pepost posts Personal Education Plans: it reads a case system's
// export, draws each term's forms, decides for every recipient how the form may
// travel, seals it, sends it and keeps the evidence.
//
// This package is the only one that turns flags into values, errors into words
// and outcomes into exit codes. It decides nothing about children, recipients
// or delivery itself.
package main

import (
	"context"
	"io"
	"os"
	"time"
	_ "time/tzdata" // Europe/London must be there on every machine
)

// version and commit are set by the linker.
var (
	version = "dev"
	commit  = "unknown"
)

func main() {
	ctx, stop := untilSignalled(context.Background(), os.Stderr, os.Exit)
	code := run(ctx, surroundings{
		args: os.Args[1:], stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		getenv: os.Getenv, wall: time.Now,
	})
	stop()
	os.Exit(code)
}

// surroundings are what the program gets from the machine.
type surroundings struct {
	args           []string
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	wall           func() time.Time
	// look is how often serve looks at its rules and its clock; nought means a
	// minute.
	look time.Duration
}

// run is the whole program as a value: it parses, does and answers with the
// exit code.
func run(ctx context.Context, s surroundings) int {
	p := &program{surroundings: s}
	root := p.root()
	root.SetArgs(s.args)
	root.SetIn(s.stdin)
	root.SetOut(s.stdout)
	root.SetErr(s.stderr)
	err := root.ExecuteContext(ctx)
	if ctx.Err() != nil && (err != nil || !p.untilStopped) {
		err = interrupted(ctx.Err())
	}
	return p.explain(err)
}
