package mailbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/keyring"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/receive"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/mailbox"
	"github.com/pepost/pepost/internal/store/storetest"
)

func kept(id string) pipeline.Mail {
	return pipeline.Mail{ID: id, SHA256: "sum of " + id, Box: "7:12", At: time.Date(2026, 2, 9, 10, 0, 0, 0, time.UTC), State: pipeline.MailKept}
}

func each(t *testing.T, run func(t *testing.T, db *store.DB, x *mailbox.Mailbox)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		db := storetest.Open(t, o)
		run(t, db, mailbox.New(db))
	})
}

func keep(t *testing.T, x *mailbox.Mailbox, m pipeline.Mail, raw string) pipeline.Mail {
	t.Helper()
	stored, err := x.KeepMail(t.Context(), m, []byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func TestAMessageIsKeptOnceAsItCame(t *testing.T) {
	each(t, func(t *testing.T, _ *store.DB, x *mailbox.Mailbox) {
		raw := "Subject: Ottoline\r\n\r\n" + strings.Repeat("long ", 1000)
		keep(t, x, kept("m1"), raw)
		again := kept("m1")
		again.Box = "8:1"
		if diff := cmp.Diff(kept("m1"), keep(t, x, again, raw)); diff != "" {
			t.Error(diff)
		}
		got, data, err := x.GetMail(t.Context(), "m1")
		if diff := cmp.Diff(kept("m1"), got); diff != "" || err != nil || !bytes.Equal(data, []byte(raw)) {
			t.Errorf("%s %v", diff, err)
		}
		var none *pipeline.NotFoundError
		if _, _, err := x.GetMail(t.Context(), "m2"); !errors.As(err, &none) {
			t.Error(err)
		}
	})
}

func TestAMessageGoesItsWayOnceAndLeavesEvidence(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *mailbox.Mailbox) {
		m := keep(t, x, kept("m1"), "raw")
		m.State, m.Verdict, m.Delivery = pipeline.MailOpen, receive.ForPerson, "d1"
		m.Codes, m.Reasons = []receive.ReasonCode{receive.UnprovenReport}, []string{"a report that cannot be proven"}
		if err := x.MarkMail(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if err := x.MarkMail(t.Context(), m); !errors.Is(err, pipeline.ErrMailDone) {
			t.Errorf("judged twice: %v", err)
		}
		open, err := x.ListMail(t.Context(), pipeline.MailOpen)
		if diff := cmp.Diff([]pipeline.Mail{m}, open); diff != "" || err != nil {
			t.Errorf("%s %v", diff, err)
		}
		m.State, m.Settled = pipeline.MailDone, pipeline.Settling{At: m.At.Add(time.Hour), By: "A. Officer", Why: "rang them"}
		if err := x.MarkMail(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if open, err := x.ListMail(t.Context(), pipeline.MailOpen); len(open) != 0 || err != nil {
			t.Errorf("%v %v", open, err)
		}
		all, err := evidence.New(db).All(t.Context())
		if err != nil || len(all) != 2 || all[0].Action != audit.MailJudged || all[1].Action != audit.MailSettled || all[1].Why != "rang them" {
			t.Errorf("%+v %v", all, err)
		}
		if !strings.Contains(fmt.Sprint(all[0].Facts), "unproven_report") || audit.Verify(all) != nil {
			t.Errorf("%v", all[0].Facts)
		}
	})
}

func TestNothingOfAMessageStandsInClear(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *mailbox.Mailbox) {
		keep(t, x, kept("m1"), "Quillfeather")
		var cells []map[string]any
		if err := db.Read().NewSelect().Table("mail").Scan(t.Context(), &cells); err != nil {
			t.Fatal(err)
		}
		for name, value := range cells[0] {
			if text := fmt.Sprintf("%s", value); strings.Contains(text, "Quillfeather") || strings.Contains(text, "sum of") || strings.Contains(text, "7:12") {
				t.Errorf("%s is in clear", name)
			}
		}
	})
}

func TestOnlyWhatIsDoneWithIsDestroyedAndOnlyTheMessageItself(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, x *mailbox.Mailbox) {
		done, open := keep(t, x, kept("m1"), "raw one"), keep(t, x, kept("m2"), "raw two")
		keep(t, x, kept("m3"), "raw three")
		done.State, done.Verdict, done.Signature = pipeline.MailDone, receive.Filled, keyring.SignedBySender
		open.State, open.Verdict = pipeline.MailOpen, receive.ForPerson
		for _, m := range []pipeline.Mail{done, open} {
			if err := x.MarkMail(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		if old, err := x.WholeMail(t.Context(), done.At.Add(-time.Second)); len(old) != 0 || err != nil {
			t.Errorf("before it came: %v %v", old, err)
		}
		if old, err := x.WholeMail(t.Context(), done.At); len(old) != 1 || err != nil || old[0].ID != "m1" {
			t.Errorf("%v %v", old, err)
		}
		by := pipeline.Settling{At: done.At.AddDate(0, 0, 90), By: "pepost", Why: "its time was over"}
		for _, id := range []string{"m2", "m3"} {
			if err := x.DestroyMail(t.Context(), id, by); !errors.Is(err, pipeline.ErrMailWaits) {
				t.Errorf("%s: %v", id, err)
			}
		}
		for range 2 {
			if err := x.DestroyMail(t.Context(), "m1", by); err != nil {
				t.Fatal(err)
			}
		}
		got, raw, err := x.GetMail(t.Context(), "m1")
		done.Destroyed = by.At
		if diff := cmp.Diff(done, got); diff != "" || err != nil || raw != nil {
			t.Errorf("%s %q %v", diff, raw, err)
		}
		if old, err := x.WholeMail(t.Context(), by.At); len(old) != 0 || err != nil {
			t.Errorf("destroyed and whole: %v %v", old, err)
		}
		if _, raw, err := x.GetMail(t.Context(), "m2"); string(raw) != "raw two" || err != nil {
			t.Errorf("%q %v", raw, err)
		}
		if again := keep(t, x, kept("m1"), "raw one"); again.State != pipeline.MailDone {
			t.Errorf("the same message counts as new: %+v", again)
		}
		all, err := evidence.New(db).All(t.Context())
		if err != nil || len(all) != 3 || all[2].Action != audit.MailDestroyed || audit.Verify(all) != nil {
			t.Errorf("%+v %v", all, err)
		}
		if !strings.Contains(fmt.Sprint(all[0].Facts), "signed with the sender's confirmed key") {
			t.Errorf("%v", all[0].Facts)
		}
	})
}
