//go:build interop

package main

import (
	"testing"

	"github.com/pepost/pepost/internal/store/storetest"
)

func TestSendingTwiceSendsOnceOnPostgreSQL(t *testing.T) {
	scripts(t, storetest.Postgres(t).URL, "testdata/send.txt")
}

func TestAKilledRunLosesNothingOnPostgreSQL(t *testing.T) {
	scripts(t, storetest.Postgres(t).URL, "testdata/killed.txt")
}
