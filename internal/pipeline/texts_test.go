package pipeline_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/timetable"
)

// service stands in for what sends text messages: it answers as it is told to.
type service struct {
	answer dispatch.TextOutcome
	found  dispatch.TextOutcome
	ready  dispatch.TextOutcome
	texts  []dispatch.Text
	asked  int
}

func (s *service) Ready() (dispatch.TextOutcome, bool) { return s.ready, s.ready.Result == "" }

func (s *service) Text(_ context.Context, t dispatch.Text) dispatch.TextOutcome {
	s.texts = append(s.texts, t)
	return s.answer
}

func (s *service) Find(context.Context, string) dispatch.TextOutcome {
	s.asked++
	return s.found
}

// texting is a stage whose stranger has a number that was confirmed the day
// before, and whose form was drafted and not yet sent.
func texting(t *testing.T) (*stage, *service) {
	t.Helper()
	s, texts := newStage(t), &service{answer: dispatch.TextOutcome{Result: dispatch.TextTaken}}
	s.Texts = texts
	to := teacher(stranger)
	to.Mobile = "07700 900123"
	s.on("2026-02-02")
	s.enter(child("1"), to)
	must(s.ConfirmPhone(t.Context(), stranger, pipeline.By{Name: "O"}))(t)
	s.on("2026-02-03")
	s.draft(false)
	return s, texts
}

// texted looks at the text messages once.
func (s *stage) texted() pipeline.Texted {
	s.t.Helper()
	return must(s.HandOverTexts(s.t.Context()))(s.t)
}

// D06: no gateway, no key, a confirmed mobile number: a protected document, and
// its passphrase by text message, as two jobs: the mail is accepted first.
func TestD06TheTextMessageFollowsTheAcceptedMail(t *testing.T) {
	s, texts := texting(t)
	s.texted()
	if len(texts.texts) != 0 {
		t.Fatal("the passphrase went before the mail")
	}
	s.handOver()
	if out := s.texted(); out.Taken != 1 || len(texts.texts) != 1 {
		t.Fatalf("%+v", out)
	}
	d, text := s.deliveryTo(stranger), texts.texts[0]
	opens := must(s.Deliveries.Phrases(t.Context(), d.Ref))(t)[d.ID]
	if text.Number != "447700900123" || text.Names != string(d.Ref) || text.Passphrase != opens || strings.Contains(text.Reference, string(d.Ref)) {
		t.Errorf("%+v", text)
	}
	if d.Passphrase != outbox.PassphraseHandedOver || d.Text.State != outbox.TextTaken {
		t.Errorf("%s, text %s", d.Passphrase, d.Text.State)
	}
	mail := strings.ReplaceAll(string(s.relay.taken[0].Bytes), "=\r\n", "")
	if !strings.Contains(mail, "by text message, to the mobile number that you confirmed") || strings.Contains(mail, opens) {
		t.Errorf("%s", mail[:1500])
	}
	for range 3 {
		s.texted()
	}
	if len(texts.texts) != 1 {
		t.Errorf("%d texts", len(texts.texts))
	}
	var channel string
	for _, r := range must(s.Evidence.All(t.Context()))(t) {
		if r.Action == audit.PassphraseRead {
			channel = r.Facts[0].Value + " " + r.Facts[1].Value
		}
		if strings.Contains(r.Why, "900123") {
			t.Errorf("evidence has the number: %s", r.Why)
		}
	}
	if channel != "text message **********23" {
		t.Errorf("evidence says %q", channel)
	}
}

func TestD06ANumberConfirmedTooLateOrChangedIsNotUsed(t *testing.T) {
	for name, change := range map[string]func(*stage){
		"confirmed after the form was made": func(s *stage) {
			s.now = s.now.Add(time.Minute)
			must(s.ConfirmPhone(s.t.Context(), stranger, pipeline.By{Name: "O"}))(s.t)
		},
		"another number in the export": func(s *stage) {
			to := teacher(stranger)
			to.Mobile = "07700 900456"
			s.enter(child("1"), to)
		},
		"another person in the export": func(s *stage) {
			to := teacher(stranger)
			to.Mobile, to.Name = "07700 900123", "Somebody Else"
			s.enter(child("1"), to)
		},
		"removed": func(s *stage) {
			if err := s.RemovePhone(s.t.Context(), stranger, pipeline.By{Name: "O", Why: "she left"}); err != nil {
				s.t.Fatal(err)
			}
		},
		"an officer was first": func(s *stage) {
			must(s.Passphrase(s.t.Context(), s.deliveryTo(stranger).ID, pipeline.By{Name: "O", Why: "they rang"}))(s.t)
		},
	} {
		s, texts := texting(t)
		s.handOver()
		change(s)
		s.texted()
		if len(texts.texts) != 0 {
			t.Errorf("%s: the passphrase went", name)
		}
	}
}

// F41: what had no answer is asked about by its reference before anything is
// sent again.
func TestF41NothingIsSentAgainBlindly(t *testing.T) {
	s, texts := texting(t)
	s.handOver()
	texts.answer, texts.found = dispatch.TextOutcome{Result: dispatch.TextUncertain}, dispatch.TextOutcome{Result: dispatch.TextUncertain}
	s.texted()
	s.texted()
	if d := s.deliveryTo(stranger); len(texts.texts) != 1 || texts.asked != 1 || d.Text.State != outbox.TextAsked || d.Passphrase != outbox.PassphraseHandedOver {
		t.Fatalf("%d texts, asked %d times, %s", len(texts.texts), texts.asked, d.Text.State)
	}
	texts.found = dispatch.TextOutcome{Result: dispatch.TextUnknown}
	s.texted()
	if len(texts.texts) != 1 {
		t.Fatal("sent again before the service could have settled it")
	}
	s.now = s.now.Add(3 * time.Minute)
	texts.answer = dispatch.TextOutcome{Result: dispatch.TextTaken}
	s.texted() // the service never had it
	s.texted()
	if len(texts.texts) != 2 || texts.texts[0].Reference != texts.texts[1].Reference {
		t.Errorf("%d texts", len(texts.texts))
	}
}

func TestF41RefusalsWaitAndAnAlarmIsTold(t *testing.T) {
	s, texts := texting(t)
	s.handOver()
	texts.answer = dispatch.TextOutcome{Result: dispatch.TextLater}
	s.texted()
	if d := s.deliveryTo(stranger); d.Passphrase != outbox.PassphrasePending || d.Text.State != outbox.TextNone {
		t.Errorf("%s, %s", d.Passphrase, d.Text.State)
	}
	texts.ready = dispatch.TextOutcome{Result: dispatch.TextLater}
	events := len(s.deliveryTo(stranger).Events)
	if out := s.texted(); out.Alarm != "" || len(texts.texts) != 1 || len(s.deliveryTo(stranger).Events) != events {
		t.Error("asked while it waits")
	}
	texts.ready, texts.answer = dispatch.TextOutcome{}, dispatch.TextOutcome{Result: dispatch.TextMisconfigured, Detail: "this machine's clock is wrong"}
	if out := s.texted(); !strings.Contains(out.Alarm, "clock") || s.deliveryTo(stranger).Passphrase != outbox.PassphrasePending {
		t.Errorf("%+v", out)
	}
	texts.answer = dispatch.TextOutcome{Result: dispatch.TextTaken}
	if out := s.texted(); out.Taken != 1 {
		t.Errorf("not tried again once it is mended: %+v", out)
	}
}

// F42: a technical failure is not resent; it is a task.
func TestF42ATextThatDidNotArriveIsATaskAndNotSentAgain(t *testing.T) {
	s, texts := texting(t)
	s.handOver()
	s.texted()
	texts.found = dispatch.TextOutcome{Result: dispatch.TextFailed, Status: "technical-failure"}
	s.now = s.now.Add(10 * time.Minute)
	if out := s.texted(); out.Failed != 1 {
		t.Fatalf("%+v", out)
	}
	s.texted()
	d := s.deliveryTo(stranger)
	last := d.Events[len(d.Events)-1]
	if len(texts.texts) != 1 || d.Passphrase != outbox.PassphrasePending || !strings.Contains(last.Why, "technical-failure") {
		t.Errorf("%d texts, %s: %s", len(texts.texts), d.Passphrase, last.Why)
	}
	var tasks []timetable.MilestoneName
	if tasks = s.chores("2026-02-03"); len(tasks) != 1 || tasks[0] != pipeline.ChorePassphrase {
		t.Errorf("tasks %v", tasks)
	}
	must(s.Passphrase(t.Context(), d.ID, pipeline.By{Name: "O"}))(t)
	if tasks = s.chores("2026-02-20"); len(tasks) != 0 {
		t.Errorf("once it was read: %v", tasks)
	}
}
