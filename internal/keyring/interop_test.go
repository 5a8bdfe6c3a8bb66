//go:build interop

package keyring_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/keyring/keyringtest"
)

// reader is an outside program that decrypts and verifies in a folder with the
// files to.key (private), by.pub and message.asc.
type reader struct {
	name string
	// read gives what was decrypted; ok is set where the program also found the
	// signature good.
	read func(t *testing.T, folder string) (plain []byte, ok bool)
}

func readers() []reader {
	return []reader{{"gpg", readByGPG}, {"sqop", readBySqop}, {"rnp", readByRNP}}
}

// outside runs a program in a folder of its own and gives its output, its
// messages and whether it succeeded.
func outside(t *testing.T, folder string, arguments ...string) (out, told string, ok bool) {
	t.Helper()
	command := exec.CommandContext(context.WithoutCancel(t.Context()), arguments[0], arguments[1:]...)
	command.Dir, command.Env = folder, append(os.Environ(), "GNUPGHOME="+folder, "HOME="+folder)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err) // there is no such program
	}
	return stdout.String(), stderr.String(), err == nil
}

func readByGPG(t *testing.T, folder string) ([]byte, bool) {
	outside(t, folder, "gpg", "--batch", "--import", "to.key", "by.pub")
	plain, told, ok := outside(t, folder, "gpg", "--batch", "--trust-model", "always", "--status-fd", "2", "--decrypt", "message.asc")
	outside(t, folder, "gpgconf", "--kill", "all")
	return []byte(plain), ok && strings.Contains(told, "GOODSIG") && strings.Contains(told, "VALIDSIG")
}

func readBySqop(t *testing.T, folder string) ([]byte, bool) {
	in, err := os.ReadFile(filepath.Join(folder, "message.asc"))
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(context.WithoutCancel(t.Context()), "sqop", "decrypt", "--verify-with=by.pub", "--verify-out=verified", "to.key")
	command.Dir, command.Stdin = folder, bytes.NewReader(in)
	plain, err := command.Output()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err)
	}
	verified, _ := os.ReadFile(filepath.Join(folder, "verified"))
	return plain, err == nil && len(verified) > 0
}

func readByRNP(t *testing.T, folder string) ([]byte, bool) {
	outside(t, folder, "rnpkeys", "--homedir", folder, "--import", "to.key")
	outside(t, folder, "rnpkeys", "--homedir", folder, "--import", "by.pub")
	_, told, ok := outside(t, folder, "rnp", "--homedir", folder, "--password", "", "--decrypt", "message.asc", "--output", "plain")
	plain, _ := os.ReadFile(filepath.Join(folder, "plain"))
	return plain, ok && strings.Contains(told, "Good signature")
}

// lay puts what a reader needs into a short-named folder: a socket of gpg's
// stands in it.
func lay(t *testing.T, to, by keyringtest.Made, message []byte) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "pgp")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	for name, data := range map[string][]byte{"to.key": to.Private, "by.pub": by.Public, "message.asc": message} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestF47OutsideProgramsDecryptAndVerify(t *testing.T) {
	by := keyringtest.New(t, keyringtest.Options{Address: office})
	escrow := keyringtest.New(t, keyringtest.Options{Address: council})
	kept := parsed(t, escrow)
	for name, o := range map[string]keyringtest.Options{"Curve25519": {Address: nursery}, "RSA": {Address: nursery, RSA: 3072}, "P-256": {Address: nursery, NIST: true}} {
		to := keyringtest.New(t, o)
		m, err := keyring.Encrypt(inner(), keyring.Sealing{
			To: []keyring.Recipient{recipient(t, to, nursery)}, Escrow: &kept, Signer: signer(t, by), Rand: random(), At: moment(),
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, with := range []keyringtest.Made{to, escrow} {
			for _, r := range readers() {
				plain, ok := r.read(t, lay(t, with, by, m.Armored))
				if !ok || !bytes.Equal(plain, inner()) {
					t.Errorf("%s, %s: %d bytes of %d, decrypted and verified: %v", name, r.name, len(plain), len(inner()), ok)
				}
			}
		}
	}
}

func TestF48OutsideProgramsRefuseAFlippedBit(t *testing.T) {
	by, to := keyringtest.New(t, keyringtest.Options{Address: office}), keyringtest.New(t, keyringtest.Options{Address: nursery})
	m, err := keyring.Encrypt(inner(), keyring.Sealing{To: []keyring.Recipient{recipient(t, to, nursery)}, Signer: signer(t, by), Rand: random(), At: moment()})
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.Clone(m.Armored)
	at := len(bad) / 2
	for bad[at] == '\n' {
		at++
	}
	bad[at] = map[bool]byte{true: 'B', false: 'A'}[bad[at] == 'A']
	for _, r := range readers() {
		if _, ok := r.read(t, lay(t, to, by, bad)); ok {
			t.Errorf("%s: a changed message is taken", r.name)
		}
	}
}
