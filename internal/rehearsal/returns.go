package rehearsal

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/pepost/pepost/internal/mailsink"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
)

// bounces sends back what today's mail to a dead mailbox was (RFC 3464).
func (p *play) bounces(ctx context.Context) error {
	var reports [][]byte
	for _, m := range p.returned {
		var err error
		if m.Data, err = os.ReadFile(m.File); err != nil {
			return fmt.Errorf("reading a delivered message: %w", err)
		}
		report, err := mailsink.Bounce(m, mailsink.Report{
			Action: mailsink.Failed, Status: "5.1.1", Diagnostic: "550 5.1.1 no such mailbox here",
			Reporter: "mx." + m.To[0][strings.LastIndexByte(m.To[0], '@')+1:], At: p.Clock.Now(),
		})
		if err != nil {
			return err
		}
		reports = append(reports, report)
	}
	p.returned = nil
	return p.takeIn(ctx, reports)
}

// writing is one form on somebody's desk and the message it leaves in.
type writing struct {
	form    *held
	phrase  string
	childID string
	message []byte
	err     error
}

// replies lets the answers of the day leave and come in.
func (p *play) replies(ctx context.Context) error {
	var desks []*writing
	for _, a := range p.today() {
		form := p.forms[a.id]
		phrase, heard := p.phrase[a.id]
		if form.delivery.Passphrase != outbox.PassphraseNone && !heard {
			p.tell("%s: the %s could not open the form: no passphrase was read out", form.delivery.Ref, form.delivery.Recipient.Role)
			continue
		}
		record, err := p.Runner.Register.Record(ctx, form.delivery.Ref)
		if err != nil {
			return err
		}
		desks = append(desks, &writing{form: form, phrase: phrase, childID: record.Child.ID})
	}
	inParallel(desks, func(w *writing) { w.message, w.err = p.answer(w) })()
	var messages [][]byte
	for _, w := range desks {
		if w.err != nil {
			return fmt.Errorf("the %s of %s: %w", w.form.delivery.Recipient.Role, w.form.delivery.Ref, w.err)
		}
		messages = append(messages, w.message)
		w.form.back = true
	}
	return p.takeIn(ctx, messages)
}

// answer has the setting fill in its form and write back.
func (p *play) answer(w *writing) ([]byte, error) {
	d := w.form.delivery
	letter, err := read(w.form.file)
	if err != nil {
		return nil, err
	}
	setting := Setting{Forms: p.Runner.Forms, Random: p.Runner.Seed.Stream("rehearsal\x00" + d.ID)}
	pen := NewPen(d.Recipient.Role, d.Recipient.Name, p.day, w.childID+"/"+string(d.Recipient.Role))
	file, err := setting.FillIn(letter, w.phrase, pen)
	if err != nil {
		return nil, err
	}
	return p.reply(w.form, letter, file).Bytes(), nil
}

// reply is the message that carries a filled form back. It says nothing of the
// child, as the letter asked.
func (p *play) reply(form *held, letter Letter, file File) Reply {
	to := form.delivery.Recipient
	r := Reply{
		To: letter, From: to.Address.Canonical(), Name: to.Name, At: p.Clock.Now(), File: file,
		Text: "Please find the form attached, filled in.\n\nKind regards\n" + to.Name + "\n",
	}
	if form.conduct.Habit == Elsewhere {
		r.From = "office-pc@freemail.example"
		r.Text = "Sorry, our mail is down, so this comes from another address.\n\n" + to.Name + "\n"
	}
	return r
}

// arrival is one message in the authority's mailbox and what became of it.
type arrival struct {
	message []byte
	taken   pipeline.Taken
	err     error
}

// takeIn gives the authority's mailbox messages.
func (p *play) takeIn(ctx context.Context, messages [][]byte) error {
	arrivals := make([]*arrival, len(messages))
	for i, message := range messages {
		arrivals[i] = &arrival{message: message}
	}
	inParallel(arrivals, func(a *arrival) { a.taken, a.err = p.Runner.TakeIn(ctx, a.message) })()
	for _, a := range arrivals {
		if a.err != nil {
			return a.err
		}
		p.cameBack(a.taken)
	}
	return nil
}

func (p *play) cameBack(taken pipeline.Taken) {
	back := taken.Return
	p.story.Back = append(p.story.Back, Back{Day: p.day, Ref: back.Ref, Verdict: string(back.Verdict), Form: taken.ID != ""})
	for _, reason := range back.Reasons {
		p.tell("%s: a message came back for a person: %s", back.Ref, reason.Text)
	}
	if back.Report.Action != "" {
		p.tell("%s: a mail server reports a message %s (%s)", back.Ref, back.Report.Action, back.Report.Status)
	}
}
