package simulate

import (
	"context"

	"github.com/pepost/pepost/internal/report/workload"
)

// Run plays a term and gives its numbers. With days on which the program does
// not run the term is played without them too, and the difference is told.
func Run(ctx context.Context, s Stage, down *Span) (workload.Term, error) {
	played, err := once(ctx, s, down)
	if err != nil || down == nil {
		return played.term, err
	}
	plain, err := once(ctx, s, nil)
	if err != nil {
		return played.term, err
	}
	outage := workload.Compare(down.From, down.To, plain.messages, played.messages, played.skipped)
	outage.Without = plain.term.Totals
	played.term.Outage = &outage
	return played.term, nil
}

// played is a term that was played one time.
type played struct {
	term workload.Term
	// messages are what became of each delivery, skipped why something was not
	// due when it was last looked at.
	messages []workload.Message
	skipped  workload.Skipped
}

// once plays a term one time.
func once(ctx context.Context, s Stage, down *Span) (played, error) {
	p, err := newPlay(s, down)
	if err != nil {
		return played{}, err
	}
	if err := p.run(ctx); err != nil {
		return played{}, err
	}
	return p.numbers(ctx)
}
