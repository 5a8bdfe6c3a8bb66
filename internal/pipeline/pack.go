package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pdf"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/post"
	"github.com/pepost/pepost/internal/route"
)

// byPost begins every reason for which registered post waits for a person and
// which says nothing against the letter itself.
const byPost = "to go by registered post"

// The reasons that are the post's own.
const (
	printAndPost = byPost + ": print the form, post it and record it"
	lacking      = byPost + ", but there is nothing to print yet: "
	undrawable   = byPost + ", but the letter cannot be drawn: "
)

// holdForPost is why what goes by post waits: always, since a person carries
// it.
func (r *Runner) holdForPost(e errand) string {
	switch lacks := r.packLacks(e.recipient.Contact); {
	case e.kind == outbox.KindPack:
		return "a meeting pack goes by post by hand: make it with pepost pack, and record it as cancelled here"
	case e.kind == outbox.KindChase:
		return "whoever is written to by post has not sent the form back: ring them"
	case lacks != "":
		return lacking + lacks
	}
	return printAndPost
}

// packLacks is what keeps an envelope from being made for a contact; empty
// where nothing does.
func (r *Runner) packLacks(to pep.Contact) string {
	address, err := post.AddressOf(to)
	switch {
	case err != nil:
		return err.Error()
	case r.Sketch:
		return ""
	case len(r.Post.ReturnAddress) == 0:
		return "no return address is configured (post: return_address in pepost.yaml)"
	case !r.PDF.FitsWindow(address):
		return "a line of the postal address is too long for the window of an envelope"
	}
	return ""
}

// makesBytes reports whether an errand is drawn and sealed, or packed.
func (r *Runner) makesBytes(e errand, d route.Decision) bool {
	return sealable(d) || packable(e.kind) && d.Settled() == route.Encrypt && d.Method == route.MethodPost && r.packLacks(e.recipient.Contact) == ""
}

// packable reports whether such a delivery has a document to be posted.
func packable(kind outbox.Kind) bool { return kind == outbox.KindForm || kind.Final() }

// pack makes all that goes in one envelope. A text that cannot be drawn holds
// the delivery without one.
func (r *Runner) pack(d *outbox.Delivery, e errand, made drawn) (sealed, error) {
	e.onPaper = true
	address, err := post.AddressOf(e.recipient.Contact)
	if err != nil {
		return sealed{}, err
	}
	contents, err := r.Templates.Write(letter.Input{
		Ref: d.Ref, Kind: e.letter(), Decision: d.Decision, On: r.today(), ReturnBy: r.returnBy(e), Officer: r.officer(e.record),
		Sender: letter.Sender{Authority: r.Words.Authority, VirtualSchool: r.Words.VirtualSchool}, Role: d.Recipient.Role, Late: e.late,
	})
	if err != nil {
		return sealed{}, fmt.Errorf("writing the letter for %s: %w", d.Ref, err)
	}
	doc, _, _ := r.document(e, r.Forms.Compose(e.drawnPlan()))
	file, err := r.PDF.WritePack(r.envelope(e, address, contents, made.file), doc)
	var uncovered *pdf.UncoveredError
	if errors.As(err, &uncovered) || errors.Is(err, pdf.ErrLongLetter) {
		return sealed{unanswered: made.unanswered, hold: undrawable + strings.ReplaceAll(err.Error(), "\n", "; ")}, nil
	}
	if err != nil {
		return sealed{}, fmt.Errorf("drawing the letter for %s: %w", d.Ref, err)
	}
	d.SHA256, d.Size, d.Recipient.Postal = digest(file.Bytes), len(file.Bytes), address.Text()
	return sealed{contents: Contents{Parcel: file.Bytes, Document: made.file}, unanswered: made.unanswered, hold: made.hold}, nil
}

// envelope is what the letter says.
func (r *Runner) envelope(e errand, to post.Address, says letter.Contents, document []byte) post.Pack {
	officer := r.officer(e.record)
	return post.Pack{
		Ref: e.record.Ref, On: r.today(), To: to, Sender: r.Words.Authority, ReturnAddress: r.Post.ReturnAddress,
		Officer: officer.Name, Telephone: officer.Telephone, Service: r.Post.Service, Heading: says.Subject, Text: says.Text,
		Digest: digest(document), Returned: !e.kind.Final(), ReturnBy: r.returnBy(e),
	}
}

// otherDoor reports whether the letter of a delivery that was not posted yet
// is addressed otherwise than the register says now.
func (r *Runner) otherDoor(d outbox.Delivery, to pep.Contact) bool {
	if d.Recipient.Postal == "" {
		return false
	}
	now, err := post.AddressOf(to)
	return err != nil || !post.Same(now, post.Address(strings.Split(d.Recipient.Postal, "\n")))
}

// nowPackable reports whether a letter could be made since for a delivery that
// waits for want of one.
func (r *Runner) nowPackable(d outbox.Delivery, to pep.Contact) bool {
	return d.SHA256 == "" && packable(d.Kind) && strings.HasPrefix(heldFor(d), lacking) && r.packLacks(to) == ""
}

// heldFor is why the program held a delivery when it was made.
func heldFor(d outbox.Delivery) string {
	at := slices.IndexFunc(d.Events, func(e outbox.Event) bool { return e.Action == outbox.Hold })
	if at < 0 {
		return ""
	}
	return d.Events[at].Why
}
