package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/mailsink"
)

// stopWhen ends a program once it wrote a text.
type stopWhen struct {
	bytes.Buffer
	text string
	stop context.CancelFunc
}

func (s *stopWhen) Write(b []byte) (int, error) {
	n, err := s.Buffer.Write(b)
	if bytes.Contains(s.Bytes(), []byte(s.text)) {
		s.stop()
	}
	return n, err
}

func TestAStoppedDaemonIsDoneAndNotInterrupted(t *testing.T) {
	relay, err := mailsink.Start(mailsink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	dir := filepath.Join(t.TempDir(), "here")
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, relay.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	start := func(ctx context.Context, stderr *stopWhen, args ...string) int {
		return run(ctx, surroundings{args: args, stdout: &bytes.Buffer{}, stderr: stderr, getenv: func(string) string { return "" }, wall: time.Now})
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	told := &stopWhen{text: "\x00", stop: stop}
	if code := start(ctx, told, "init", dir, "--authority", "sample", "--from", "peps@democheshire.gov.uk", "--relay", "smtp://"+relay.Addr(), "--relay-ca", ca); code != 0 {
		t.Fatalf("init gives %d: %s", code, told)
	}
	told = &stopWhen{text: "msg=serving", stop: stop}
	if code := start(ctx, told, "serve", "--config", filepath.Join(dir, "pepost.yaml")); code != 0 {
		t.Errorf("a stopped daemon gives %d: %s", code, told)
	}
	if bytes.Contains(told.Bytes(), []byte("level=ERROR")) {
		t.Errorf("stopping logs an error: %s", told)
	}
}
