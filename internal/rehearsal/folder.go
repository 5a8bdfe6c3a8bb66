package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// atOnce is how many forms are drawn, or filled in, at a time.
const atOnce = 2

// formsFolder and messagesFolder are where the files of a rehearsal lie.
const (
	formsFolder    = "forms"
	messagesFolder = "messages"
)

// drawing is one form to be drawn and what became of it.
type drawing struct {
	record pep.Record
	draft  pipeline.Draft
	name   string
	made   []pipeline.Rendered
	err    error
}

// keepForms draws today's new forms as Word and as PDF, and of a final plan
// the first copy.
func (p *play) keepForms(ctx context.Context, drafts []pipeline.Draft) error {
	if p.Folder == "" {
		return nil
	}
	var work []*drawing
	for _, draft := range drafts {
		d := draft.Delivery
		if draft.Known || d.Kind == outbox.KindChase || d.Kind == outbox.KindFinal && p.copies[d.PlanKey+string(d.Kind)] > 0 {
			continue
		}
		record, err := p.Runner.Register.Record(ctx, d.Ref)
		if err != nil {
			return err
		}
		work = append(work, &drawing{record: record, draft: draft, name: p.name(d)})
	}
	p.drawn = p.draw(ctx, work)
	return nil
}

// collect waits for the day's forms and keeps them.
func (p *play) collect(context.Context) error {
	if p.drawn == nil {
		return nil
	}
	for _, w := range p.drawn() {
		if err := p.keepForm(w); err != nil {
			return err
		}
	}
	p.drawn = nil
	return nil
}

// name is the reference, the kind and, from the second copy on, a number.
func (p *play) name(d outbox.Delivery) string {
	p.copies[d.PlanKey+string(d.Kind)]++
	name := fmt.Sprintf("%s-%s", d.Ref, d.Kind)
	if n := p.copies[d.PlanKey+string(d.Kind)]; n > 1 {
		name = fmt.Sprintf("%s-%d", name, n)
	}
	return name
}

// draw draws, a few at a time, while the day goes on; the function it gives
// waits for the forms.
func (p *play) draw(ctx context.Context, work []*drawing) func() []*drawing {
	done := inParallel(work, func(w *drawing) {
		w.made, w.err = p.Runner.Render(ctx, w.record, pipeline.RenderAsk{
			Kind: w.draft.Delivery.Kind, Role: w.draft.Delivery.Recipient.Role,
			Formats: []pipeline.Format{pipeline.Word, pipeline.PDF},
		})
	})
	return func() []*drawing {
		done()
		return work
	}
}

// inParallel begins to do the work, a few pieces at a time, and gives a
// function that waits for all of it.
func inParallel[T any](work []T, do func(T)) (wait func()) {
	next := make(chan T, len(work))
	for _, w := range work {
		next <- w
	}
	close(next)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for w := range next {
				do(w)
			}
		})
	}
	return workers.Wait
}

func (p *play) keepForm(w *drawing) error {
	if w.err != nil {
		return w.err
	}
	entry := FormFile{Ref: w.record.Ref, Kind: w.draft.Delivery.Kind, Role: w.draft.Delivery.Recipient.Role}
	for _, file := range w.made {
		if file.Err != nil {
			p.tell("%s: no %s could be drawn: %s", entry.Ref, file.Format, strings.ReplaceAll(file.Err.Error(), "\n", "; "))
			continue
		}
		name := path.Join(formsFolder, w.name+"."+string(file.Format))
		if err := p.write(name, file.Bytes); err != nil {
			return err
		}
		switch file.Format {
		case pipeline.Word:
			entry.Word = name
		case pipeline.PDF:
			entry.PDF, entry.Pages = name, file.Pages
		}
	}
	p.story.Forms = append(p.story.Forms, entry)
	return nil
}

// write puts a file below the rehearsal's folder.
func (p *play) write(name string, data []byte) error {
	where := filepath.Join(p.Folder, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(where), 0o700), os.WriteFile(where, data, 0o600)); err != nil {
		return fmt.Errorf("keeping %s: %w", name, err)
	}
	return nil
}

// writeIndex writes the page that lists everything.
func (p *play) writeIndex(ctx context.Context) error {
	if p.Folder == "" {
		return nil
	}
	index := Index{Title: "A term rehearsed: " + p.story.From.Long() + " to " + p.story.To.Long(), Forms: p.story.Forms}
	for _, m := range p.story.Messages {
		d, err := p.Runner.Deliveries.Get(ctx, m.Delivery)
		if err != nil {
			return err
		}
		index.Messages = append(index.Messages, MessageFile{
			ID: d.ID, Ref: d.Ref, Kind: d.Kind, Role: d.Recipient.Role, Method: string(d.Decision.Method), State: d.State,
			Day: m.Day, File: path.Join(messagesFolder, filepath.Base(m.File)),
		})
	}
	page, err := index.HTML()
	if err != nil {
		return err
	}
	return p.write("index.html", page)
}
