package pipeline

import (
	"context"
	"fmt"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/report/story"
	"github.com/pepost/pepost/internal/route"
)

// Reader is who opens the story of a delivery. Account is set where a password
// proved it; Login is the name of a shell's user otherwise, which proves
// nothing.
type Reader struct {
	Account string
	Login   string
}

// unidentified is who reads where nobody signed in: a login does not tell two
// people apart.
const unidentified = "shell user not identified"

// Told is one delivery with its story.
type Told struct {
	Delivery outbox.Delivery
	Document string // the SHA-256 of the form before it was protected
	Returns  []Returned
	Proposal Proposal
	// Repeats are the sentences for which this person's copy waits.
	Repeats  []Repeat
	Chapters []story.Chapter
}

// Story tells one delivery, and leaves evidence of who opened it before it is
// told: where that cannot be kept nothing is.
func (r *Runner) Story(ctx context.Context, id string, by Reader) (Told, error) {
	d, err := r.Deliveries.Get(ctx, id)
	if err != nil {
		return Told{}, err
	}
	records, err := r.Evidence.Of(ctx, id)
	if err != nil {
		return Told{}, fmt.Errorf("reading the evidence of %s: %w", id, err)
	}
	if err := r.Evidence.Append(ctx, by.record(d, r)); err != nil {
		return Told{}, fmt.Errorf("keeping evidence of who looked at %s: %w", id, err)
	}
	out := Told{Delivery: d, Document: documentIn(records), Proposal: r.Proposed(ctx, d)}
	if out.Returns, err = r.answersOf(ctx, d); err != nil {
		return Told{}, fmt.Errorf("reading what came back for %s: %w", id, err)
	}
	if out.Repeats, err = r.repeats(ctx, d); err != nil {
		return Told{}, fmt.Errorf("looking for what the copy of %s repeats: %w", id, err)
	}
	facts := story.Facts{
		Delivery: d, Document: out.Document, Means: r.meansOf(d), Proposed: out.Proposal.Method, ProposedWhy: out.Proposal.Why,
		Returns: returnsTold(out.Returns, id), Opened: openings(records), Where: r.Now().Location(),
	}
	if facts.Frozen, err = r.frozen(ctx, addressOf(d)); err != nil {
		return Told{}, err
	}
	if d.State == outbox.Posted && r.Calendar != nil {
		facts.AskOn, _ = r.Post.AskOn(d.Posting.PostedOn, r.Calendar)
	}
	out.Chapters = story.Tell(facts)
	return out, nil
}

// record is the evidence that somebody opened a story.
func (by Reader) record(d outbox.Delivery, r *Runner) audit.Record {
	record := audit.Record{
		At: r.Now(), Action: audit.EvidenceRead, Ref: d.Ref, Delivery: d.ID, By: firstOf(by.Account, unidentified),
		Facts: []audit.Fact{{Name: "how", Value: "the story of a delivery shown"}},
	}
	if by.Account == "" && by.Login != "" {
		record.Facts = append(record.Facts, audit.Fact{Name: "login", Value: by.Login})
	}
	return record
}

// documentIn is the digest of the form as evidence has it, of its last sealing.
func documentIn(records []audit.Record) string {
	digest := ""
	for _, record := range records {
		for _, fact := range record.Facts {
			if fact.Name == "document_sha256" && fact.Value != "" {
				digest = fact.Value
			}
		}
	}
	return digest
}

func openings(records []audit.Record) []story.Opening {
	var all []story.Opening
	for _, record := range records {
		if record.Action == audit.EvidenceRead {
			all = append(all, story.Opening{At: record.At, By: record.By})
		}
	}
	return all
}

// answersOf are the forms that came back for a delivery, or for its plan
// without it being sure which delivery they answer.
func (r *Runner) answersOf(ctx context.Context, d outbox.Delivery) ([]Returned, error) {
	if r.Returns == nil || d.Ref == "" {
		return nil, nil
	}
	all, err := r.Returns.ListReturns(ctx, ReturnFilter{Ref: d.Ref})
	var some []Returned
	for _, back := range all {
		if back.Delivery == d.ID || back.Delivery == "" && back.PlanKey == d.PlanKey {
			some = append(some, back)
		}
	}
	return some, err
}

func returnsTold(all []Returned, delivery string) []story.Return {
	var told []story.Return
	for _, back := range all {
		told = append(told, story.Return{
			ID: back.ID, At: back.At, State: string(back.State), Sure: back.Delivery == delivery, Reasons: back.LookAt(), SHA256: back.SHA256,
			Settled: back.Settled.At, SettledBy: back.Settled.By, SettledWhy: back.Settled.Why,
		})
	}
	return told
}

// meansOf is what a delivery report proves of a delivery that went through a
// gateway; empty for all others. Of a gateway that the policy no longer
// describes a report proves no more than that it has the message.
func (r *Runner) meansOf(d outbox.Delivery) route.DeliveredMeans {
	if d.Decision.Method != route.MethodGateway {
		return ""
	}
	if g, ok := r.policy().Gateway(d.Decision.Relay); ok {
		return g.DeliveredMeans
	}
	return route.MeansTaken
}
