package daemon

import (
	"context"
	"time"
)

// Poll is work that looks again and again whether there is something to do,
// beside the sending: fetching returned mail.
type Poll struct {
	// Name is what the log calls it.
	Name string
	// Every is how long it waits between two looks that went well.
	Every time.Duration
	// Within is how long one look may take; then its context ends.
	Within time.Duration
	// Do looks once. It ends soon after its context does, with nothing left
	// half done.
	Do func(context.Context) error
}

// longestPause bounds the wait after looks that failed.
const longestPause = time.Hour

// pause is the wait after so many looks in a row that failed: twice as long
// each time, up to [longestPause], or to Every where that is more.
func (p Poll) pause(failed int) time.Duration {
	wait := p.Every
	for range failed {
		if wait >= longestPause {
			return wait
		}
		wait = min(2*wait, longestPause)
	}
	return wait
}

// poll looks until ctx ends. What fails is told, and tried again after a pause
// that grows; the sending goes on meanwhile.
func (s Service) poll(ctx context.Context, p Poll) {
	failed := 0
	for ctx.Err() == nil {
		err := p.once(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			failed++
			s.Log.Error("what is done beside the sending failed", "what", p.Name, "error", err, "again_in", p.pause(failed))
		case failed > 0:
			s.Log.Info("what is done beside the sending goes on", "what", p.Name, "failed_before", failed)
			failed = 0
		}
		timer := time.NewTimer(p.pause(failed))
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

func (p Poll) once(ctx context.Context) error {
	if p.Within > 0 {
		var done context.CancelFunc
		ctx, done = context.WithTimeout(ctx, p.Within)
		defer done()
	}
	return p.Do(ctx)
}
