package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/notify"
	"github.com/pepost/pepost/internal/notify/notifytest"
)

// desk is a client and the service it talks to, each with a clock.
type desk struct {
	*notify.Client
	service *notifytest.Server
	at      time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{at: time.Date(2026, 2, 3, 9, 0, 0, 0, time.UTC)}
	there := d.at
	d.service = notifytest.Start(func() time.Time { return there })
	t.Cleanup(d.service.Close)
	key, err := notify.ParseKey(notifytest.Key)
	if err != nil {
		t.Fatal(err)
	}
	d.Client, err = notify.New(notify.Options{BaseURL: d.service.URL, Key: key, Template: notifytest.Template, Now: func() time.Time { return d.at }})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func text() notify.Text {
	return notify.Text{Reference: "r1", Number: "447700900123", Names: "PEP-7F3K-2Q", Passphrase: "otter-maple-river"}
}

func TestATextIsTakenAndFoundByItsReference(t *testing.T) {
	d := newDesk(t)
	if out := d.Find(t.Context(), "r1"); out.Result != notify.Unknown {
		t.Errorf("before: %+v", out)
	}
	if out := d.Send(t.Context(), text()); out.Result != notify.Taken || out.ID == "" {
		t.Fatalf("%+v", out)
	}
	sent := d.service.Texts()
	if len(sent) != 1 || sent[0].Number != "447700900123" || sent[0].Personalisation["passphrase"] != "otter-maple-river" || sent[0].Personalisation["reference"] != "PEP-7F3K-2Q" {
		t.Errorf("%+v", sent)
	}
	for status, want := range map[string]notify.Result{
		"created": notify.Taken, "sending": notify.Taken, "pending": notify.Taken, "sent": notify.Taken, "delivered": notify.Delivered,
		"permanent-failure": notify.Failed, "temporary-failure": notify.Failed, "technical-failure": notify.Failed, "something-new": notify.Uncertain,
	} {
		d.service.Report(status)
		if out := d.Find(t.Context(), "r1"); out.Result != want {
			t.Errorf("%s: %+v", status, out)
		}
	}
}

// F41: 429 backs off, 500 and a lost answer are asked about by the reference,
// a clock that is wrong is a fault of the configuration.
func TestF41WhatTheServiceRefusesIsToldApart(t *testing.T) {
	for fault, want := range map[notifytest.Fault]notify.Result{
		notifytest.RateLimit: notify.Later, notifytest.DayLimit: notify.Later, notifytest.Broken: notify.Uncertain, notifytest.LostAnswer: notify.Uncertain,
		notifytest.NoTemplate: notify.Misconfigured, notifytest.NoNumber: notify.Refused, notifytest.Redirect: notify.Uncertain,
	} {
		d := newDesk(t)
		d.service.Next(fault)
		out := d.Send(t.Context(), text())
		if out.Result != want || strings.Contains(out.Detail, "7700900123") || strings.Contains(out.Detail, "otter") {
			t.Errorf("%s: %+v", fault, out)
		}
	}
	d := newDesk(t)
	d.at = d.at.Add(2 * time.Minute)
	if out := d.Send(t.Context(), text()); out.Result != notify.Misconfigured || !strings.Contains(out.Detail, "clock") {
		t.Errorf("a wrong clock: %+v", out)
	}
	if out := d.Send(t.Context(), text()); out.Result != notify.Misconfigured || d.service.Asked() != 0 {
		t.Errorf("asked again at once: %+v", out)
	}
	d.service.Close()
	d = newDesk(t)
	d.service.Close()
	if out := d.Send(t.Context(), text()); out.Result != notify.Later {
		t.Errorf("nobody there: %+v", out)
	}
}

func TestF41AfterALostAnswerTheTextIsFoundAndNotSentAgain(t *testing.T) {
	d := newDesk(t)
	d.service.Next(notifytest.LostAnswer)
	if out := d.Send(t.Context(), text()); out.Result != notify.Uncertain {
		t.Fatalf("%+v", out)
	}
	if out := d.Find(t.Context(), "r1"); out.Result != notify.Taken || len(d.service.Texts()) != 1 {
		t.Errorf("%+v, %d texts", out, len(d.service.Texts()))
	}
}

func TestF41ARefusalWaitsAndNobodyAsksMeanwhile(t *testing.T) {
	d := newDesk(t)
	d.service.Next(notifytest.RateLimit, notifytest.RateLimit)
	first := d.Send(t.Context(), text())
	if wait := first.Until.Sub(d.at); wait != time.Minute {
		t.Errorf("first wait %v", wait)
	}
	if out := d.Send(t.Context(), text()); out.Result != notify.Later || d.service.Asked() != 1 {
		t.Errorf("asked while it waits: %+v", out)
	}
	if _, ready := d.Ready(); ready {
		t.Error("ready while it waits")
	}
}

func TestOnlyASoundConfigurationMakesAClient(t *testing.T) {
	key, err := notify.ParseKey(notifytest.Key)
	if err != nil || strings.Contains(key.String(), "3d844edf") {
		t.Fatalf("%v %v", key, err)
	}
	for _, bad := range []string{"", "key", "name-26785a09-ab16-4eb0-8407-a37497a57506", "x-26785A09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"} {
		if _, err := notify.ParseKey(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	good := notify.Options{Key: key, Template: notifytest.Template, Now: time.Now}
	for name, change := range map[string]func(*notify.Options){
		"clear text":  func(o *notify.Options) { o.BaseURL = "http://notify.example" },
		"a sign-in":   func(o *notify.Options) { o.BaseURL = "https://a:b@notify.example" },
		"a path":      func(o *notify.Options) { o.BaseURL = "https://notify.example/v2" },
		"no key":      func(o *notify.Options) { o.Key = notify.Key{} },
		"no template": func(o *notify.Options) { o.Template = "passphrase" },
		"no clock":    func(o *notify.Options) { o.Now = nil },
	} {
		o := good
		change(&o)
		if _, err := notify.New(o); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := notify.New(good); err != nil {
		t.Error(err)
	}
	d := newDesk(t)
	for _, number := range []string{"441632960123", "07700900123", ""} {
		t1 := text()
		t1.Number = number
		if out := d.Send(t.Context(), t1); out.Result != notify.Refused || d.service.Asked() != 0 {
			t.Errorf("%q: %+v", number, out)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	f.Add(notifytest.Key)
	f.Add("a-b-c")
	f.Fuzz(func(t *testing.T, text string) {
		if key, err := notify.ParseKey(text); err == nil && len(key.String()) < len("key of service ")+36 {
			t.Fatalf("%q gives a key without a service", text)
		}
	})
}
