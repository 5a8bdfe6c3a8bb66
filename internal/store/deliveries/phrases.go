package deliveries

import (
	"context"
	"errors"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// Phrases gives the passphrases of a child's deliveries by the delivery's
// identifier, for opening what comes back. They are shown to nobody, so
// nothing is marked.
func (x *Deliveries) Phrases(ctx context.Context, ref pep.Ref) (map[string]string, error) {
	all, err := x.List(ctx, pipeline.Filter{Ref: ref})
	if err != nil {
		return nil, err
	}
	phrases := map[string]string{}
	for _, d := range all {
		phrase, err := x.part(ctx, x.db.Read(), d.ID, passphrasePart)
		var none *pipeline.NotFoundError
		if errors.As(err, &none) {
			continue
		}
		if err != nil {
			return nil, err
		}
		phrases[d.ID] = string(phrase)
	}
	return phrases, nil
}
