package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// ownKeys reads the council's own OpenPGP keys. What is configured and cannot
// be used is trouble, which holds every message by OpenPGP; it keeps nothing
// else from working.
func ownKeys(c config.Config, on pep.Date) pipeline.OwnKeys {
	var own pipeline.OwnKeys
	var err error
	if own.Signer, err = signingKey(c.OpenPGP, on); err != nil {
		own.Trouble = "our own signing key: " + err.Error()
	}
	// A key that does not open keeps nothing from being sent: what comes back
	// encrypted is then for a person.
	if own.Opener, err = openingKey(c.OpenPGP); err != nil {
		own.Opener = nil
	}
	if own.Escrow, err = escrowKey(c.OpenPGP); err != nil {
		own.Trouble = "our own escrow key: " + err.Error()
	}
	return own
}

func signingKey(c config.OpenPGP, on pep.Date) (*keyring.Signer, error) {
	data, passphrase, err := privateKey(c)
	if data == nil || err != nil {
		return nil, err
	}
	return keyring.ReadSigner(data, passphrase, on)
}

// openingKey is the part of our own key that opens what comes back encrypted;
// nil where it has none.
func openingKey(c config.OpenPGP) (*keyring.Opener, error) {
	data, passphrase, err := privateKey(c)
	if data == nil || err != nil {
		return nil, err
	}
	opener, err := keyring.ReadOpener(data, passphrase)
	if errors.Is(err, keyring.ErrOpensNothing) {
		return nil, nil
	}
	return opener, err
}

// privateKey reads our own private key and what opens it; nothing where none is
// configured.
func privateKey(c config.OpenPGP) (data, passphrase []byte, err error) {
	if c.SigningKey == "" {
		return nil, nil, nil
	}
	if data, err = readSecret(c.SigningKey, keyring.MaxFile); err != nil || c.PassphraseFile == "" {
		return data, nil, err
	}
	if _, err := readSecret(c.PassphraseFile, maxPasswordInput); err != nil {
		return nil, nil, err
	}
	f, err := os.Open(c.PassphraseFile)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	line, err := firstLine(f)
	return data, []byte(line), err
}

func escrowKey(c config.OpenPGP) (*keyring.Key, error) {
	if c.EscrowKey == "" {
		return nil, nil
	}
	data, err := readFile(c.EscrowKey, keyring.MaxFile)
	if err != nil {
		return nil, err
	}
	key, err := keyring.Parse(data)
	return &key, err
}

// readSecret reads a file that nobody but its owner may read.
func readSecret(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("%s: others may read it (mode %04o): chmod 600 it, and make a new one if anybody did", filepath.Base(path), mode)
	}
	return readFile(path, most)
}

// openPGP says what is wrong with the council's own keys and, of the
// recipients', which cannot be used or end soon. A key is named by the end of
// its fingerprint: its address is nobody's business here.
func (r *checkReport) openPGP(c config.Config, on pep.Date, onFile []pipeline.KeysOnFile) {
	own := ownKeys(c, on)
	if own.Trouble != "" {
		r.add("openpgp", fmt.Errorf("%s: nothing is sent by OpenPGP", own.Trouble))
		own = pipeline.OwnKeys{}
	}
	if own.Signer != nil {
		r.findings("our own signing key", own.Signer.Judge(on), true)
	}
	if own.Escrow != nil {
		r.findings("our own escrow key", own.Escrow.Usable(on, on), true)
	}
	if own.Signer != nil && own.Opener == nil {
		r.warn("openpgp", "signing_key has no part that decrypts: a reply that is encrypted to us cannot be opened, and a person is told", "give the key a subkey for encryption, or make a new one")
	}
	if len(onFile) > 0 && c.OpenPGP.SigningKey == "" {
		r.warn("openpgp", "keys of recipients are on file and no signing_key is configured: what they get is not signed", "see openpgp: in a file written by pepost init")
	}
	if len(onFile) > 0 && c.OpenPGP.EscrowKey == "" {
		r.warn("openpgp", "keys of recipients are on file and no escrow_key is configured: only the recipient can open what left", "see openpgp: in a file written by pepost init")
	}
	for _, keys := range onFile {
		if keys.Waiting != nil {
			r.warn("openpgp", "the key that ends with "+ending(keys.Waiting.Fingerprint)+" waits for a second person", "pepost keys list shows it")
		}
		if keys.Pinned == nil {
			continue
		}
		key, err := keyring.Parse(keys.Pinned.Key)
		if err != nil {
			r.add("openpgp", fmt.Errorf("the key that ends with %s cannot be read", ending(keys.Pinned.Fingerprint)))
			continue
		}
		r.findings("the key that ends with "+ending(keys.Pinned.Fingerprint), key.Judge(pep.ParseAddress(keys.Address), on, on), false)
	}
}

// findings tells what is wrong with one key. One of a recipient holds that
// recipient's messages alone; one of our own is a fault.
func (r *checkReport) findings(whose string, found []keyring.Finding, own bool) {
	for _, f := range found {
		text := whose + ": " + f.String()
		if own && !f.Warning() {
			r.add("openpgp", fmt.Errorf("%s", text))
			continue
		}
		r.warn("openpgp", text, "")
	}
}

// ending is the last group of a fingerprint's digits.
func ending(f keyring.Fingerprint) string { return string(f[max(0, len(f)-8):]) }
