package keyring_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/keyring/keyringtest"
)

// threeMegabytes is a message as large as a form with two scans.
func threeMegabytes(tb testing.TB) []byte {
	tb.Helper()
	data := make([]byte, 3_000_000*3/4)
	if _, err := rand.Read(data); err != nil {
		tb.Fatal(err)
	}
	text := make([]byte, 0, 3_100_000)
	for line := range slices.Chunk(data, 57) {
		text = append(base64.StdEncoding.AppendEncode(text, line), '\r', '\n')
	}
	return text
}

// BenchmarkEncrypt3MB signs, encrypts, armors and reads back a message of 3 MB
// by turns with gpg, a process each time, on the same bytes and to the same
// key. Where there is no gpg our own half is measured alone.
func BenchmarkEncrypt3MB(b *testing.B) {
	for name, o := range map[string]keyringtest.Options{"Curve25519": {Address: nursery}, "RSA": {Address: nursery, RSA: 3072}} {
		b.Run(name, func(b *testing.B) { against(b, o) })
	}
}

func against(b *testing.B, o keyringtest.Options) {
	message := threeMegabytes(b)
	made, own := keyringtest.New(b, o), keyringtest.New(b, keyringtest.Options{Address: office})
	to, by := recipient(b, made, nursery), signer(b, own)
	peer, have := newGPG(b, made, own, message)
	var ours, theirs []time.Duration
	b.SetBytes(int64(len(message)))
	for b.Loop() {
		start := time.Now()
		if _, err := keyring.Encrypt(message, keyring.Sealing{To: []keyring.Recipient{to}, Signer: by, Rand: random(), At: moment()}); err != nil {
			b.Fatal(err)
		}
		ours = append(ours, time.Since(start))
		if have {
			start = time.Now()
			peer.encrypt(b)
			theirs = append(theirs, time.Since(start))
		}
	}
	b.ReportMetric(float64(median(ours).Microseconds())/1000, "ours-ms")
	if have {
		b.ReportMetric(float64(median(theirs).Microseconds())/1000, "gpg-ms")
		b.ReportMetric(float64(median(ours))/float64(median(theirs)), "ours/gpg")
	}
}

func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// gpg is a GnuPG home of the test with both keys in it.
type gpg struct {
	home, in string
	context  context.Context
}

func newGPG(tb testing.TB, to, own keyringtest.Made, message []byte) (gpg, bool) {
	tb.Helper()
	if _, err := exec.LookPath("gpg"); errors.Is(err, exec.ErrNotFound) {
		return gpg{}, false
	}
	home, err := os.MkdirTemp("", "keyring") // a socket's path must be short
	if err != nil {
		tb.Fatal(err)
	}
	g := gpg{home: home, in: filepath.Join(home, "message"), context: context.WithoutCancel(tb.Context())}
	tb.Cleanup(func() {
		_ = exec.CommandContext(g.context, "gpgconf", "--homedir", home, "--kill", "all").Run()
		_ = os.RemoveAll(home)
	})
	if err := errors.Join(os.Chmod(home, 0o700), os.WriteFile(g.in, message, 0o600)); err != nil {
		tb.Fatal(err)
	}
	g.run(tb, to.Public, "--import")
	g.run(tb, own.Private, "--import")
	return g, true
}

func (g gpg) run(tb testing.TB, in []byte, arguments ...string) []byte {
	tb.Helper()
	command := exec.CommandContext(g.context, "gpg", append([]string{"--homedir", g.home, "--batch", "--no-tty", "--quiet", "--trust-model", "always"}, arguments...)...)
	command.Stdin = bytes.NewReader(in)
	out, err := command.Output()
	if err != nil {
		tb.Fatal(fmt.Errorf("gpg %v: %w", arguments, err))
	}
	return out
}

func (g gpg) encrypt(tb testing.TB) {
	g.run(tb, nil, "--encrypt", "--sign", "--armor", "--compress-algo", "none", "--recipient", nursery, "--local-user", office, "--output", "-", g.in)
}
