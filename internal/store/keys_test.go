package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func newKeysFor(t testing.TB) Keys {
	t.Helper()
	keys, err := NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestKeysComeBackFromTheirFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pepost.keys")
	keys := newKeysFor(t)
	if err := keys.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v %v", info.Mode(), err)
	}
	back, err := ReadKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cell := Cell{"t", "1", "c"}
	sealed, err := keys.Seal(cell, []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := back.Open(cell, sealed); err != nil || string(plain) != "text" {
		t.Errorf("opened %q %v", plain, err)
	}
	a, _ := keys.Lookup(ChildID, "x")
	b, _ := back.Lookup(ChildID, "x")
	if !bytes.Equal(a, b) || back.RefKey() != keys.RefKey() {
		t.Error("the lookup or reference key came back changed")
	}
	var refused *KeyFileError
	if err := keys.WriteFile(path); !errors.As(err, &refused) {
		t.Errorf("overwrote a key file: %v", err)
	}
}

func TestAKeyFileThatOthersMayReadIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pepost.keys")
	if err := newKeysFor(t).WriteFile(path); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o644, 0o622} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		var refused *KeyFileError
		if _, err := ReadKeyFile(path); !errors.As(err, &refused) || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadKeyFile(path); err != nil {
		t.Errorf("mode 0400: %v", err)
	}
}

func TestABrokenKeyFileIsRefusedWithoutItsText(t *testing.T) {
	whole, err := newKeysFor(t).encode()
	if err != nil {
		t.Fatal(err)
	}
	var file keyFile
	if err := json.Unmarshal(whole, &file); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"empty": nil, "not json": []byte("secretsecret"), "cut": whole[:len(whole)/2],
		"no lookup":       mustJSON(keyFile{Sealing: file.Sealing, Ref: file.Ref}),
		"short reference": mustJSON(keyFile{Sealing: file.Sealing, Lookup: file.Lookup, Ref: "abcd"}),
		"keys exchanged":  mustJSON(keyFile{Sealing: file.Lookup, Lookup: file.Sealing, Ref: file.Ref}),
	} {
		path := filepath.Join(t.TempDir(), "k")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		var refused *KeyFileError
		_, err := ReadKeyFile(path)
		if !errors.As(err, &refused) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	var refused *KeyFileError
	if _, err := ReadKeyFile(filepath.Join(t.TempDir(), "none")); !errors.As(err, &refused) {
		t.Errorf("no file: %v", err)
	}
}

func mustJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

func TestKeysNeverPrint(t *testing.T) {
	keys := newKeysFor(t)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "keys", keys, "in", struct{ K Keys }{keys})
	data, err := json.Marshal(struct{ K Keys }{keys})
	if err != nil {
		t.Fatal(err)
	}
	whole, _ := keys.encode()
	ref := keys.RefKey()
	for _, text := range []string{
		fmt.Sprint(keys), fmt.Sprintf("%v %+v %#v %s %x %d", keys, keys, keys, keys, keys, keys),
		fmt.Sprintf("%+v", struct{ K Keys }{keys}), fmt.Sprintf("%#v", &keys), log.String(), string(data),
	} {
		if strings.Contains(text, fmt.Sprintf("%x", ref[:4])) || strings.Contains(text, "secret") ||
			strings.Contains(text, "0x") || len(text) > len(whole) || !strings.Contains(text, redacted) {
			t.Errorf("printed as %q", text)
		}
	}
}

func TestSealedBytesOpenOnlyInTheirCell(t *testing.T) {
	keys := newKeysFor(t)
	word := rapid.StringMatching(`[a-c1 ]{0,4}`)
	rapid.Check(t, func(t *rapid.T) {
		cell := Cell{word.Draw(t, "table"), word.Draw(t, "row"), word.Draw(t, "column")}
		other := Cell{word.Draw(t, "table"), word.Draw(t, "row"), word.Draw(t, "column")}
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		sealed, err := keys.Seal(cell, plain)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := keys.Open(cell, sealed); err != nil || !bytes.Equal(back, plain) {
			t.Fatalf("opened %v %v", back, err)
		}
		var wrong *SealedError
		if _, err := keys.Open(other, sealed); (err == nil) != (other == cell) || err != nil && !errors.As(err, &wrong) {
			t.Fatalf("sealed for %+v, opened for %+v: %v", cell, other, err)
		}
		sealed[rapid.IntRange(0, len(sealed)-1).Draw(t, "byte")] ^= 1
		if _, err := keys.Open(cell, sealed); err == nil {
			t.Fatal("changed bytes opened")
		}
	})
}

func TestLookupsOfTwoFieldsDiffer(t *testing.T) {
	keys, others := newKeysFor(t), newKeysFor(t)
	a, _ := keys.Lookup(ChildID, "x")
	b, _ := keys.Lookup(CanonicalAddress, "x")
	c, _ := others.Lookup(ChildID, "x")
	if bytes.Equal(a, b) || bytes.Equal(a, c) || len(a) != 32 {
		t.Errorf("%x %x %x", a, b, c)
	}
}
