package accounts_test

import (
	"errors"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/accounts"
	"github.com/pepost/pepost/internal/store/evidence"
)

const other = "lantern copper otter"

func TestAnotherPasswordTakesTheOldOnesPlace(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, a *accounts.Accounts) {
		if err := add(a, t, "jo.smith"); err != nil {
			t.Fatal(err)
		}
		later := at().Add(time.Hour)
		give := func(name accounts.Name, password string, by accounts.Name) error {
			return a.SetPassword(t.Context(), accounts.NewPassword{Name: name, Password: password, By: by, At: later})
		}
		var weak *accounts.PasswordError
		for _, bad := range []string{"short", "jo.smith and more of it", phrase} {
			if err := give("jo.smith", bad, "jo.smith"); !errors.As(err, &weak) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if err := give("nobody", other, "jo.smith"); !errors.Is(err, accounts.ErrUnknown) {
			t.Errorf("an account that is none: %v", err)
		}
		for _, was := range []time.Time{at(), later.Add(time.Minute)} {
			if in, err := a.StillIn(t.Context(), "jo.smith", was); err != nil || !in {
				t.Errorf("signed out before: %v", err)
			}
		}
		if err := give("jo.smith", other, "it.desk"); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Verify(t.Context(), "jo.smith", phrase, later); !errors.Is(err, accounts.ErrRefused) {
			t.Errorf("the old password: %v", err)
		}
		got, err := a.Verify(t.Context(), "jo.smith", other, later)
		if err != nil || !got.Password.Equal(later) || got.Role != accounts.Officer {
			t.Errorf("%+v %v", got, err)
		}
		for since, want := range map[time.Time]bool{at(): false, later: true, later.Add(time.Minute): true} {
			if in, err := a.StillIn(t.Context(), "jo.smith", since); err != nil || in != want {
				t.Errorf("signed in %s: %v %v", since, in, err)
			}
		}
		if err := a.Disable(t.Context(), "jo.smith", "root", later); err != nil {
			t.Fatal(err)
		}
		if err := give("jo.smith", phrase, "it.desk"); !errors.Is(err, accounts.ErrUnknown) {
			t.Errorf("a disabled account: %v", err)
		}
		if in, err := a.StillIn(t.Context(), "jo.smith", later); err != nil || in {
			t.Errorf("a disabled account is signed in: %v", err)
		}
		all, err := evidence.New(db).All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		changes := 0
		for _, record := range all {
			if record.Action == audit.AccountChanged && record.By == "it.desk" {
				changes++
				if record.Facts[1].Value != "given another password by another account" {
					t.Errorf("%+v", record)
				}
			}
		}
		if changes != 1 {
			t.Errorf("%d changes by the other account", changes)
		}
	})
}

func TestALockedNameIsFreeWithItsNewPassword(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, a *accounts.Accounts) {
		if err := add(a, t, "jo.smith"); err != nil {
			t.Fatal(err)
		}
		var err error
		for range 6 {
			_, err = a.Verify(t.Context(), "jo.smith", "wrong wrong wrong", at())
		}
		if !errors.Is(err, accounts.ErrLocked) {
			t.Fatal(err)
		}
		if err := a.SetPassword(t.Context(), accounts.NewPassword{Name: "jo.smith", Password: other, By: "it.desk", At: at()}); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Verify(t.Context(), "jo.smith", other, at()); err != nil {
			t.Error(err)
		}
	})
}
