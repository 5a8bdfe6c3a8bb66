package deliveries

import (
	"context"
	"errors"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// Phrases gives the passphrases of a child's deliveries, the newest first, for
// opening what comes back. They are shown to nobody, so nothing is marked.
func (x *Deliveries) Phrases(ctx context.Context, ref pep.Ref) ([]string, error) {
	all, err := x.List(ctx, pipeline.Filter{Ref: ref})
	if err != nil {
		return nil, err
	}
	var phrases []string
	for i := len(all) - 1; i >= 0; i-- {
		phrase, err := x.part(ctx, x.db.Read(), all[i].ID, passphrasePart)
		var none *pipeline.NotFoundError
		if errors.As(err, &none) {
			continue
		}
		if err != nil {
			return nil, err
		}
		phrases = append(phrases, string(phrase))
	}
	return phrases, nil
}
