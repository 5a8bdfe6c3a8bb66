package accounts_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/accounts"
	"github.com/pepost/pepost/internal/store/evidence"
)

func TestFiveWrongPasswordsLockANameForTenMinutes(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, a *accounts.Accounts) {
		if err := add(a, t, "jo.smith"); err != nil {
			t.Fatal(err)
		}
		try := func(name, password string, after time.Duration) error {
			_, err := accounts.Of(db).Verify(t.Context(), name, password, at().Add(after)) // as another process would
			return err
		}
		for _, name := range []string{"jo.smith", "nobody"} { // a lock does not tell which names there are
			for n := range 5 {
				if err := try(name, "wrong", time.Duration(n)*time.Second); !errors.Is(err, accounts.ErrRefused) {
					t.Errorf("%s, try %d: %v", name, n, err)
				}
			}
		}
		before, _ := evidence.New(db).All(t.Context())
		for _, c := range []struct {
			name, password string
			after          time.Duration
			want           error
		}{
			{"JO.smith", phrase, 6 * time.Second, accounts.ErrLocked},
			{"nobody", "wrong", 6 * time.Second, accounts.ErrLocked},
			{"sam", "wrong", 6 * time.Second, accounts.ErrRefused},
			{"jo.smith", phrase, 10*time.Minute - time.Second, accounts.ErrLocked},
			{"jo.smith", phrase, 10 * time.Minute, nil},
		} {
			if err := try(c.name, c.password, c.after); !errors.Is(err, c.want) {
				t.Errorf("%s after %s: %v", c.name, c.after, err)
			}
		}
		after, err := evidence.New(db).All(t.Context())
		if err != nil || len(before) != 11 || len(after) != len(before)+2 {
			t.Errorf("%v: %d records before, %d after: what is tried while locked is not written down", err, len(before), len(after))
		}
		var left int // of sam's: getting in begins the count anew
		if err := db.Read().NewRaw("SELECT COUNT(*) FROM sign_in_tries").Scan(t.Context(), &left); err != nil || left != 1 {
			t.Error(left, err)
		}
	})
}

func TestTriesSideBySideAreAllCounted(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, a *accounts.Accounts) {
		var wait sync.WaitGroup
		errs := make([]error, 8)
		for n := range errs {
			wait.Go(func() { _, errs[n] = a.Verify(t.Context(), "nobody", "wrong", at()) })
		}
		wait.Wait()
		looked := 0
		for _, err := range errs {
			if errors.Is(err, accounts.ErrRefused) {
				looked++
			} else if !errors.Is(err, accounts.ErrLocked) {
				t.Error(err)
			}
		}
		if looked != 5 {
			t.Errorf("%d passwords were looked at", looked)
		}
	})
}
