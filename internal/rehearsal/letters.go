package rehearsal

import (
	"context"
	"errors"
	"fmt"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/post"
)

// ReceiptNumber invents the Royal Mail number of the nth letter that is posted:
// a valid one, which belongs to nobody's letter.
func ReceiptNumber(n int) post.Number {
	serial := fmt.Sprintf("%08d", n%100_000_000)
	return post.Number("ZZ" + serial + string(post.CheckDigit(serial)) + "GB")
}

// posts is the post room's morning: a letter is printed, taken to the post
// office and recorded by the number on the receipt. One that is not to be posted
// as it stands stays held.
func (p *play) posts(ctx context.Context, d outbox.Delivery) error {
	if p.looked[d.ID] {
		return nil
	}
	_, _, err := p.Runner.Print(ctx, d.ID, p.by(""))
	var notNow *pipeline.NotForPostError
	var nothing *pipeline.NothingSealedError
	if errors.As(err, &notNow) || errors.As(err, &nothing) {
		p.looked[d.ID] = true
		p.tell("%s: the %s for the %s: not posted: %v", d.Ref, d.Kind, d.Recipient.Role, err)
		return nil
	}
	if err != nil {
		return err
	}
	number := ReceiptNumber(p.story.Posted + 1)
	if _, err := p.Runner.Posted(ctx, d.ID, pipeline.Letter{Number: string(number), Proof: "the receipt is in the file"}, p.by("")); err != nil {
		return err
	}
	p.story.Posted++
	p.tell("%s: the %s for the %s: printed, and posted by registered post, number %s", d.Ref, d.Kind, d.Recipient.Role, number)
	return nil
}
