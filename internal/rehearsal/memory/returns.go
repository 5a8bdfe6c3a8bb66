package memory

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

var (
	_ pipeline.Returns  = (*Returns)(nil)
	_ pipeline.Evidence = (*Evidence)(nil)
)

// Returns is the forms that came back, without their documents. It may be used
// by several goroutines at once.
type Returns struct {
	mu    sync.Mutex
	all   map[string]pipeline.Returned
	byRef map[pep.Ref][]string
}

// NewReturns gives the returned forms that a real store held.
func NewReturns(held []pipeline.Returned) *Returns {
	x := &Returns{all: map[string]pipeline.Returned{}, byRef: map[pep.Ref][]string{}}
	for _, r := range held {
		x.add(r)
	}
	return x
}

func (x *Returns) add(r pipeline.Returned) {
	x.all[r.ID] = r
	x.byRef[r.Ref] = append(x.byRef[r.Ref], r.ID)
}

// AddReturn stores a returned form once; a document is refused with
// [ErrContents].
func (x *Returns) AddReturn(_ context.Context, r pipeline.Returned, document []byte) (bool, error) {
	if len(document) > 0 {
		return false, ErrContents
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, known := x.all[r.ID]; known {
		return false, nil
	}
	x.add(r)
	return true, nil
}

// ListReturns gives the chosen returned forms, the first to come first.
func (x *Returns) ListReturns(_ context.Context, f pipeline.ReturnFilter) ([]pipeline.Returned, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var out []pipeline.Returned
	keep := func(r pipeline.Returned) {
		if (f.Ref == "" || r.Ref == f.Ref) && (len(f.States) == 0 || slices.Contains(f.States, r.State)) && (r.InClear || !f.InClear) {
			out = append(out, r)
		}
	}
	switch {
	case len(f.Refs) > 0 || f.Ref != "":
		for _, ref := range append(slices.Clone(f.Refs), f.Ref) {
			for _, id := range x.byRef[ref] {
				keep(x.all[id])
			}
		}
	default:
		for _, r := range x.all {
			keep(r)
		}
	}
	slices.SortFunc(out, func(a, b pipeline.Returned) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return slices.CompactFunc(out, func(a, b pipeline.Returned) bool { return a.ID == b.ID }), nil
}

// GetReturn gives one returned form, its document empty, or a
// [pipeline.NotFoundError].
func (x *Returns) GetReturn(_ context.Context, id string) (pipeline.Returned, []byte, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	r, known := x.all[id]
	if !known {
		return r, nil, &pipeline.NotFoundError{What: pipeline.NoReturn, Name: id}
	}
	return r, nil, nil
}

// MarkReturn settles a returned form.
func (x *Returns) MarkReturn(_ context.Context, id string, to pipeline.ReturnState, s pipeline.Settling) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	r, known := x.all[id]
	switch {
	case !known:
		return &pipeline.NotFoundError{What: pipeline.NoReturn, Name: id}
	case !follows(r.State, to):
		return pipeline.ErrReturnSettled
	}
	r.State, r.Settled = to, s
	x.all[id] = r
	return nil
}

// NoteTold records that whoever sent a form in clear was told.
func (x *Returns) NoteTold(_ context.Context, id string, s pipeline.Settling) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	r, known := x.all[id]
	switch {
	case !known:
		return &pipeline.NotFoundError{What: pipeline.NoReturn, Name: id}
	case !r.InClear || !r.Told.At.IsZero():
		return pipeline.ErrReturnSettled
	}
	r.Told = s
	x.all[id] = r
	return nil
}

// follows reports whether one state may follow another.
func follows(was, to pipeline.ReturnState) bool {
	switch was {
	case pipeline.ReturnWaiting:
		return to == pipeline.ReturnAccepted || to == pipeline.ReturnRejected
	case pipeline.ReturnAccepted:
		return to == pipeline.ReturnFinalised || to == pipeline.ReturnRejected
	case pipeline.ReturnRejected, pipeline.ReturnFinalised:
	}
	return false
}

// Evidence takes records and forgets them: nothing of a played term happened.
type Evidence struct{}

// Append takes records.
func (Evidence) Append(context.Context, ...audit.Record) error { return nil }

// All gives none.
func (Evidence) All(context.Context) ([]audit.Record, error) { return nil, nil }

// Of gives none.
func (Evidence) Of(context.Context, string) ([]audit.Record, error) { return nil, nil }
