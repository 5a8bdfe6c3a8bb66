package accounts_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/accounts"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/storetest"
)

const phrase = "correct horse battery"

func at() time.Time { return time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC) }

func each(t *testing.T, run func(t *testing.T, db *store.DB, a *accounts.Accounts)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		run(t, db, accounts.Of(db))
	})
}

func add(a *accounts.Accounts, t *testing.T, name accounts.Name) error {
	return a.Add(t.Context(), accounts.New{Name: name, Role: accounts.Officer, Password: phrase, By: "root", At: at()})
}

func TestAnAccountIsMadeLetInAndDisabled(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, a *accounts.Accounts) {
		if err := add(a, t, "jo.smith"); err != nil {
			t.Fatal(err)
		}
		if err := add(a, t, "jo.smith"); !errors.Is(err, accounts.ErrTaken) {
			t.Errorf("the same name twice: %v", err)
		}
		want := accounts.Account{Name: "jo.smith", Role: accounts.Officer, Added: at()}
		got, err := a.Verify(t.Context(), "Jo.SMITH", phrase, at())
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("%v %s", err, d)
		}
		for _, wrong := range [][2]string{{"jo.smith", phrase + " "}, {"jo.smith", ""}, {"sam", phrase}, {phrase, "jo.smith"}, {"", ""}} {
			if _, err := a.Verify(t.Context(), wrong[0], wrong[1], at()); !errors.Is(err, accounts.ErrRefused) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		if active, err := a.Active(t.Context(), "jo.smith"); err != nil || !active {
			t.Error(active, err)
		}
		for range 2 {
			if err := a.Disable(t.Context(), "jo.smith", "root", at().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		want.Disabled = at().Add(time.Hour)
		if list, err := a.List(t.Context()); err != nil || cmp.Diff([]accounts.Account{want}, list) != "" {
			t.Errorf("%v %v", list, err)
		}
		if active, err := a.Active(t.Context(), "jo.smith"); err != nil || active {
			t.Error(active, err)
		}
		if _, err := a.Verify(t.Context(), "jo.smith", phrase, at()); !errors.Is(err, accounts.ErrRefused) {
			t.Errorf("a disabled account: %v", err)
		}
		if err := a.Disable(t.Context(), "nobody", "root", at()); !errors.Is(err, accounts.ErrUnknown) {
			t.Error(err)
		}
		holdsEvidence(t, db)
	})
}

func holdsEvidence(t *testing.T, db *store.DB) {
	t.Helper()
	records, err := evidence.New(db).All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, r := range records {
		told = append(told, string(r.Action)+": "+r.Facts[0].Value+" "+r.Facts[1].Value)
		if r.Action == audit.AccountChanged && r.By != "root" {
			t.Errorf("by %q", r.By)
		}
	}
	refused := "sign-in refused: an unknown name refused"
	want := []string{
		"account changed: jo.smith added as officer", "signed in: jo.smith signed in",
		"sign-in refused: jo.smith refused", "sign-in refused: jo.smith refused", refused, refused, refused,
		"account changed: jo.smith disabled", "sign-in refused: jo.smith refused",
	}
	if d := cmp.Diff(want, told); d != "" {
		t.Error(d)
	}
	if err := audit.Verify(records); err != nil {
		t.Error(err)
	}
}

func TestPasswordsThatAreTooWeakAreNotTaken(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, a *accounts.Accounts) {
		for _, password := range []string{"", "elevenchars", "my JO.smith is here", strings.Repeat("x", 1025), "not utf-8 at all \xff"} {
			err := a.Add(t.Context(), accounts.New{Name: "jo.smith", Role: accounts.Head, Password: password, At: at()})
			var weak *accounts.PasswordError
			if !errors.As(err, &weak) || password != "" && strings.Contains(err.Error(), password) {
				t.Errorf("%d bytes: %v", len(password), err)
			}
		}
		if list, err := a.List(t.Context()); err != nil || len(list) != 0 {
			t.Error(list, err)
		}
	})
}

func TestNothingOfAnAccountIsReadableInTheDatabaseFile(t *testing.T) {
	o := storetest.SQLite(t)
	db := storetest.Open(t, o)
	if err := add(accounts.Of(db), t, "jo.smith"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(o.URL + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"jo.smith", "argon2id", "officer"} {
			if bytes.Contains(data, []byte(text)) {
				t.Errorf("%q stands in %s", text, filepath.Base(path))
			}
		}
	}
}

func TestARowOfAnotherAccountDoesNotOpen(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, a *accounts.Accounts) {
		for _, name := range []accounts.Name{"anna", "bert"} {
			if err := add(a, t, name); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.Read().ExecContext(t.Context(), "UPDATE accounts SET sealed = (SELECT sealed FROM accounts ORDER BY sealed LIMIT 1)"); err != nil {
			t.Fatal(err)
		}
		if _, err := a.List(t.Context()); err == nil {
			t.Error("a row put in another's place opens")
		}
	})
}

func FuzzParseName(f *testing.F) {
	for _, seed := range []string{"jo.smith", "J0", "a", "0a", "-a", "Zoë", "a b", "a\x00b", strings.Repeat("a", 65), "K\u212A"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name, err := accounts.ParseName(text)
		if err != nil {
			if name != "" || text != "" && len(text) > 8 && strings.Contains(err.Error(), text) {
				t.Fatal("an error tells the text or gives a name")
			}
			return
		}
		again, err := accounts.ParseName(strings.ToUpper(string(name)))
		if err != nil || again != name || strings.ToLower(text) != string(name) {
			t.Fatalf("%q and %q", name, again)
		}
		if strings.Trim(string(name), "abcdefghijklmnopqrstuvwxyz0123456789.-_") != "" || len(name) < 2 || len(name) > 64 {
			t.Fatalf("%q is taken", name)
		}
	})
}
