package main

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the real program a command of the scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"pepost": func() {
			os.Exit(run(context.Background(), surroundings{
				args: os.Args[1:], stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
				getenv: os.Getenv, wall: time.Now,
			}))
		},
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", Setup: func(e *testscript.Env) error {
		sample, err := os.Getwd()
		if err != nil {
			return err
		}
		e.Setenv("SAMPLE", sample+"/../../internal/roster/testdata/cheshire-west")
		return nil
	}})
}
