package pipeline

import (
	"testing"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/receive"
	"github.com/pepost/pepost/internal/route"
)

// A report of a gateway that knows nothing of the recipient proves only that
// the gateway has the message.
func TestAGatewaysReportProvesWhatItsDescriptionSays(t *testing.T) {
	report := receive.Return{Verdict: receive.Delivered}
	for _, c := range []struct {
		from  outbox.State
		means route.DeliveredMeans
		want  outbox.State
	}{
		{outbox.Accepted, "", outbox.Delivered},
		{outbox.Accepted, route.MeansTaken, outbox.Accepted},
		{outbox.Accepted, route.MeansWaiting, outbox.Accepted},
		{outbox.Accepted, route.MeansMailbox, outbox.Delivered},
		{outbox.Accepted, route.MeansCollected, outbox.Delivered},
		{outbox.Uncertain, route.MeansTaken, outbox.Accepted},
		{outbox.Uncertain, route.MeansCollected, outbox.Delivered},
		{outbox.Approved, route.MeansTaken, outbox.Held},
		{outbox.Deferred, "", outbox.Held},
		{outbox.Cancelled, "", outbox.Cancelled},
	} {
		d, err := told(outbox.Delivery{ID: "d", State: c.from}, report, c.means, outbox.Occasion{At: time.Unix(0, 0), Why: deliveredWords(c.means)})
		if err != nil || d.State != c.want || len(d.Events) != 1 {
			t.Errorf("%s, a report that means %q: %s %v %v", c.from, c.means, d.State, d.Events, err)
		}
	}
	seen := map[string]bool{}
	for _, m := range append(route.Meanings(), "") {
		if words := deliveredWords(m); words == "" || seen[words] {
			t.Errorf("%q has the words of another: %q", m, words)
		} else {
			seen[words] = true
		}
	}
}
