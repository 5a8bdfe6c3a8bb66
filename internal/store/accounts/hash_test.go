package accounts

import (
	"errors"
	"strings"
	"testing"
)

func TestAStoredHashSaysItsCostAndIsSaltedAnew(t *testing.T) {
	one, err := hashed("correct horse battery", usual())
	if err != nil {
		t.Fatal(err)
	}
	two, err := hashed("correct horse battery", usual())
	if err != nil || one == two {
		t.Errorf("two hashes are alike, %v", err)
	}
	if !strings.HasPrefix(one, "$argon2id$v=19$m=65536,t=3,p=1$") {
		t.Error(one)
	}
	for password, want := range map[string]bool{"correct horse battery": true, "correct horse batterz": false, "": false} {
		if got, err := matches(one, password); err != nil || got != want {
			t.Errorf("%q: %v %v", password, got, err)
		}
	}
	if right, err := matches(nobodys(), ""); right || err != nil {
		t.Error("nobody has a password", err)
	}
}

func TestAHashOfAnotherKindOrCostIsRefused(t *testing.T) {
	good := nobodys()
	for _, bad := range []string{
		"", "$", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=65536", "m=4294967295", 1), strings.Replace(good, "m=65536", "m=8", 1),
		strings.Replace(good, "t=3", "t=0", 1), strings.Replace(good, "p=1", "p=0", 1), good[:len(good)-4], good + "$x",
	} {
		if _, err := matches(bad, "x"); !errors.Is(err, errHash) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
