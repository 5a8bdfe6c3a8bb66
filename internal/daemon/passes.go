package daemon

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/riverqueue/river"

	"github.com/pepost/pepost/internal/store"
)

// errPass is all that the engine's table learns of a pass that failed: what it
// keeps is not sealed.
var errPass = errors.New("the sending pass failed: see the log")

// passes runs sending passes, one at a time. Whoever asks for one while one is
// under way shares the next with all others who do: the one under way may have
// gone past what they ask for.
type passes struct {
	ctx  context.Context // the daemon's: its end stops passes, not the engine's jobs
	send func(context.Context) error
	log  *slog.Logger
	turn chan struct{} // full while a pass is under way

	mu   sync.Mutex
	next *shared // the pass that waits for its turn, nil where there is none
}

// shared is one pass and its end.
type shared struct {
	ended chan struct{}
	err   error
}

func newPasses(ctx context.Context, send func(context.Context) error, log *slog.Logger) *passes {
	return &passes{ctx: ctx, send: send, log: log, turn: make(chan struct{}, 1)}
}

// pass gives the outcome of a pass that began after it was called. Once the
// daemon stops there is none and no error: what waits is sent after the next
// start.
func (p *passes) pass() error {
	s, first := p.join()
	if !first {
		<-s.ended
		return s.err
	}
	p.turn <- struct{}{}
	defer func() { <-p.turn }()
	p.depart()
	defer close(s.ended)
	s.err = errPass // stands if send panics
	s.err = p.run()
	return s.err
}

// join gives the pass that will begin next, and whether the caller is to run
// it.
func (p *passes) join() (s *shared, first bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == nil {
		p.next = &shared{ended: make(chan struct{})}
		return p.next, true
	}
	return p.next, false
}

// depart lets nobody join the pass any more.
func (p *passes) depart() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = nil
}

func (p *passes) run() error {
	if p.ctx.Err() != nil {
		return nil
	}
	err := p.send(p.ctx)
	if errors.Is(err, context.Canceled) && p.ctx.Err() != nil {
		return nil // told to stop while it worked: what waits is sent after the next start
	}
	if err != nil {
		p.log.Error("sending failed", "error", err)
		return errPass
	}
	return nil
}

// waker works the jobs that say that a delivery has come to wait.
type waker struct {
	river.WorkerDefaults[store.Wake]
	passes *passes
}

// Work asks for a pass. The job's own delivery is not looked at: what is due
// is judged by the rows.
func (w *waker) Work(context.Context, *river.Job[store.Wake]) error { return w.passes.pass() }
