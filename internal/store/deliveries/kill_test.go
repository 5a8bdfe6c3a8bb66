package deliveries_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/deliveries"
	"github.com/pepost/pepost/internal/store/storetest"
)

// The test program started again as a process that sends until it is killed.
const (
	senderURL   = "PEPOST_TEST_SENDER_URL"
	senderKeys  = "PEPOST_TEST_SENDER_KEYS"
	senderMails = "PEPOST_TEST_SENDER_MAILS"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(senderURL); url != "" {
		if err := send(url, os.Getenv(senderKeys), os.Getenv(senderMails)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// send is one run of the dispatcher on the stored outbox, as a command does it.
func send(url, keyFile, mails string) error {
	ctx := context.Background()
	keys, err := store.ReadKeyFile(keyFile)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, store.Options{URL: url, Keys: keys, Lock: true})
	if err != nil {
		return err
	}
	file, err := os.OpenFile(mails, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	x := dispatch.Dispatcher{
		Queue: deliveries.New(db), Sender: mailbox{file}, Now: at, Owner: fmt.Sprint("process ", os.Getpid()), From: "peps@democheshire.example",
		Decide: func(d outbox.Delivery) (route.Decision, bool) { return d.Decision, false },
	}
	_, err = x.Run(ctx)
	return err
}

// mailbox is a relay that writes each message it takes into a file.
type mailbox struct{ file *os.File }

func (m mailbox) Send(_ context.Context, e dispatch.Envelope, beforeDot func() error) outbox.Outcome {
	if err := beforeDot(); err != nil {
		return outbox.Outcome{Result: outbox.ResultDeferred, Phase: outbox.PhaseData}
	}
	if _, err := fmt.Fprintln(m.file, e.ID); err != nil {
		return outbox.Outcome{Result: outbox.ResultUncertain, Phase: outbox.PhaseDot}
	}
	return outbox.Outcome{Result: outbox.ResultAccepted, Phase: outbox.PhaseReply, Code: 250}
}

// Processes that send are killed again and again. What the outbox says in the
// end agrees with what left: nothing is lost, nothing leaves twice, and what
// may have left is uncertain.
func TestF29F30F31KillingAtAnyMomentLosesAndDoublesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, o store.Options) {
		const n = 60
		db, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			d := approved(t, fmt.Sprintf("d%02d", i))
			parcel := contents(d.ID).Parcel
			sum := sha256.Sum256(parcel)
			d.SHA256 = hex.EncodeToString(sum[:])
			if _, err := deliveries.New(db).Add(t.Context(), d, pipeline.Contents{Parcel: parcel}); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		mails := filepath.Join(t.TempDir(), "mails")
		keyFile := filepath.Join(t.TempDir(), "keys.json")
		if err := o.Keys.WriteFile(keyFile); err != nil {
			t.Fatal(err)
		}
		kills := 0
		for !killed(t, &kills, []string{senderURL + "=" + o.URL, senderKeys + "=" + keyFile, senderMails + "=" + mails}, mails) {
		}
		if kills == 0 {
			t.Error("every process ended before it could be killed")
		}
		all, err := deliveries.New(storetest.Open(t, o)).List(t.Context(), pipeline.Filter{})
		if err != nil || len(all) != n {
			t.Fatalf("%d deliveries: %v", len(all), err)
		}
		agree(t, all, mails)
	})
}

// killed starts a process, kills it some messages later and reports whether it
// had ended by itself before.
func killed(t *testing.T, kills *int, env []string, mails string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, os.Args[0])
	command.Env = append(os.Environ(), env...)
	var said bytes.Buffer
	command.Stderr = &said
	before := len(left(mails))
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v: %s", err, said.String())
			}
			return true
		case <-tick.C:
			if *kills < 8 && len(left(mails)) >= before+3+*kills%3 {
				_ = command.Process.Kill()
				<-ended
				*kills++
				return false
			}
		}
	}
}

// left is what the relay took, in order.
func left(mails string) []string {
	data, _ := os.ReadFile(mails)
	return strings.Fields(string(data))
}

func agree(t *testing.T, all []outbox.Delivery, mails string) {
	t.Helper()
	times := map[string]int{}
	for _, id := range left(mails) {
		times[id]++
	}
	uncertain := 0
	for _, d := range all {
		switch {
		case d.State == outbox.Accepted && times[d.ID] == 1:
		case d.State == outbox.Uncertain && times[d.ID] <= 1:
			uncertain++
		default:
			t.Errorf("%s is %s and left %d times", d.ID, d.State, times[d.ID])
		}
	}
	if uncertain > 8 {
		t.Errorf("%d are uncertain after 8 kills", uncertain)
	}
}
