package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/pepost/pepost/internal/config"
)

// exitCode is the program's answer to scripts; the numbers are a contract.
type exitCode int

const (
	exitDone        exitCode = 0
	exitFailed      exitCode = 1
	exitPartly      exitCode = 3
	exitConfig      exitCode = 4
	exitHeld        exitCode = 5
	exitUsage       exitCode = 64
	exitInterrupted exitCode = 130
)

// outcomeError ends a command with a code. Without an err everything was
// already said on stdout or stderr.
type outcomeError struct {
	code exitCode
	err  error
	hint string
}

func (e *outcomeError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *outcomeError) Unwrap() error { return e.err }

// outcome ends a command that already said all there is to say.
func outcome(code exitCode) error {
	if code == exitDone {
		return nil
	}
	return &outcomeError{code: code}
}

func failed(err error, hint string) error {
	return &outcomeError{code: exitFailed, err: err, hint: hint}
}

func usage(format string, args ...any) error {
	return &outcomeError{code: exitUsage, err: fmt.Errorf(format, args...), hint: "pepost help shows every command with an example"}
}

func refusedConfig(err error, hint string) error {
	return &outcomeError{code: exitConfig, err: err, hint: hint}
}

func interrupted(err error) error { return &outcomeError{code: exitInterrupted, err: err} }

// explain prints an error in the program's voice and gives its exit code.
func (p *program) explain(err error) int {
	if err == nil {
		return int(exitDone)
	}
	var problems config.Problems
	if errors.As(err, &problems) {
		for _, problem := range problems {
			p.complain(problem.String(), problem.Hint)
		}
		return int(exitConfig)
	}
	var end *outcomeError
	if !errors.As(err, &end) {
		end = p.classify(err)
	}
	if end.code == exitInterrupted {
		p.complain("interrupted; running the same command again goes on where it stopped", "")
		return int(end.code)
	}
	if end.err != nil {
		p.complain(end.err.Error(), end.hint)
	}
	return int(end.code)
}

// classify gives a code to an error that no command dressed.
func (p *program) classify(err error) *outcomeError {
	if errors.Is(err, context.Canceled) {
		return &outcomeError{code: exitInterrupted, err: err}
	}
	return classifyKnown(err)
}

func (p *program) complain(text, hint string) {
	fmt.Fprintf(p.stderr, "pepost: error: %s\n", onScreen(text))
	if hint != "" {
		fmt.Fprintf(p.stderr, "pepost: hint: %s\n", onScreen(hint))
	}
}
