package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/seal"
	"github.com/pepost/pepost/internal/timetable"
)

// digestMilestone is what a digest's delivery belongs to instead of a plan's
// milestone.
const digestMilestone = "digest"

// Digested is what one morning's digests came to.
type Digested struct {
	// Made are the digests of the day, made now or by an earlier run.
	Made []outbox.Delivery
	// NotMade say why an officer gets none; no digest leaves the authority's
	// own domain.
	NotMade []string
}

// Digest makes the day's digest for each officer: what waits for a person, by
// reference and case-system number. A second run on the same day makes nothing
// more. It is released by itself: it holds nothing that an officer may not see.
func (r *Runner) Digest(ctx context.Context) (Digested, error) {
	var out Digested
	g := digesting{runner: r, byMailbox: map[string]*digestOf{}, children: map[pep.Ref]digestChild{}}
	if err := g.gather(ctx); err != nil {
		return out, err
	}
	for _, mailbox := range slices.Sorted(maps.Keys(g.byMailbox)) {
		if err := r.sendDigest(ctx, *g.byMailbox[mailbox], &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// digesting sorts what waits by the officer whose child it is.
type digesting struct {
	runner    *Runner
	byMailbox map[string]*digestOf
	children  map[pep.Ref]digestChild
}

type digestChild struct{ caseNumber, mailbox string }

// digestOf is one officer's digest as it grows.
type digestOf struct {
	officer  letter.Officer
	sections []letter.DigestSection
}

// The sections, in the order in which an officer needs them.
const (
	sectionIncidents = iota
	sectionHeld
	sectionTrouble
	sectionPassphrase
	sectionRelease
	sectionToday
	sectionLateTasks
	sectionTasks
)

func digestTitles() []letter.DigestSection {
	return []letter.DigestSection{
		{Title: "Incidents: the address is frozen until somebody closes it"},
		{Title: "Held: somebody must look"},
		{Title: "Not taken, or nobody knows whether taken"},
		{Title: "Passphrases to read out"},
		{Title: "Drafted: to be released"},
		{Title: "Due today"},
		{Title: "Tasks that are late"},
		{Title: "Tasks due today"},
	}
}

func (g *digesting) gather(ctx context.Context) error {
	r := g.runner
	g.officer(r.Words.Officer)
	err := r.Register.Each(ctx, func(rec pep.Record) error {
		officer := r.officer(rec)
		g.officer(officer)
		g.children[rec.Ref] = digestChild{rec.Child.ID, officer.Mailbox}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the register: %w", err)
	}
	if err := g.incidents(ctx); err != nil {
		return err
	}
	if err := g.deliveries(ctx); err != nil {
		return err
	}
	if err := g.mail(ctx); err != nil {
		return err
	}
	if err := r.Due(ctx, r.today(), func(e Expected) error { g.due(e); return nil }); err != nil {
		return err
	}
	return r.Chores(ctx, r.today(), func(d timetable.Due) error { g.due(Expected{Due: d}); return nil })
}

func (g *digesting) officer(o letter.Officer) {
	if g.byMailbox[o.Mailbox] == nil {
		g.byMailbox[o.Mailbox] = &digestOf{officer: o, sections: digestTitles()}
	}
}

func (g *digesting) add(section int, ref pep.Ref, text string) {
	c, known := g.children[ref]
	if !known {
		return
	}
	s := &g.byMailbox[c.mailbox].sections[section]
	s.Lines = append(s.Lines, string(ref)+", "+plainNumber(c.caseNumber)+": "+text)
}

// plainNumber is a case-system number as a line may show it.
func plainNumber(id string) string {
	const most = 40
	shown := strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '?'
		}
		return c
	}, id)
	return shown[:min(len(shown), most)]
}

// incidents are told to the officer of the child; one that is no child's to
// all.
func (g *digesting) incidents(ctx context.Context) error {
	open, err := g.runner.OpenIncidents(ctx)
	for _, f := range open {
		if f.Ref != "" {
			g.add(sectionIncidents, f.Ref, g.runner.incidentWords(f))
			continue
		}
		for _, digest := range g.byMailbox {
			digest.sections[sectionIncidents].Lines = append(digest.sections[sectionIncidents].Lines, g.runner.incidentWords(f))
		}
	}
	return err
}

func (g *digesting) deliveries(ctx context.Context) error {
	all, err := g.runner.Deliveries.List(ctx, Filter{States: []outbox.State{
		outbox.Drafted, outbox.Held, outbox.Refused, outbox.Uncertain, outbox.Bounced, outbox.Accepted, outbox.Delivered,
	}})
	if err != nil {
		return fmt.Errorf("reading the outbox: %w", err)
	}
	for _, d := range all {
		what := fmt.Sprintf("%s for the %s, due %s", d.Kind, d.Recipient.Role, d.Due.Long())
		switch d.State {
		case outbox.Held:
			g.add(sectionHeld, d.Ref, what)
		case outbox.Refused, outbox.Uncertain, outbox.Bounced:
			g.add(sectionTrouble, d.Ref, what+", "+string(d.State))
		case outbox.Drafted:
			g.add(sectionRelease, d.Ref, what)
		case outbox.Accepted, outbox.Delivered:
			if d.Passphrase == outbox.PassphrasePending {
				g.add(sectionPassphrase, d.Ref, what)
			}
		}
	}
	return nil
}

// mail adds the messages that a person has to read. One that does not say whose
// it is goes to the authority's own officer.
func (g *digesting) mail(ctx context.Context) error {
	open, err := g.runner.OpenMail(ctx)
	if err != nil {
		return err
	}
	for _, m := range open {
		what := fmt.Sprintf("%s, message %s of %s", strings.ReplaceAll(m.Errand(), "_", " "), m.ID, pep.DateOf(m.At).Long())
		if _, known := g.children[m.Ref]; known {
			g.add(sectionTasks, m.Ref, what)
			continue
		}
		s := &g.byMailbox[g.runner.Words.Officer.Mailbox].sections[sectionTasks]
		s.Lines = append(s.Lines, "no child named: "+what)
	}
	return nil
}

func (g *digesting) due(e Expected) {
	switch {
	case e.Skipped:
	case e.Kind != timetable.KindTask && e.State == "" && e.Decision.Settled() != route.Hold:
		g.add(sectionToday, e.Ref, fmt.Sprintf("%s for the %s%s", e.Kind, e.Role, lateWord(e.Late)))
	case e.Kind == timetable.KindTask && e.Late:
		g.add(sectionLateTasks, e.Ref, taskLine(e.Due))
	case e.Kind == timetable.KindTask:
		g.add(sectionTasks, e.Ref, taskLine(e.Due))
	}
}

// taskLine is a task in one line. What nobody takes says so, so that whoever
// reads it in the morning knows whether to ring the mail team or the recipient.
func taskLine(d timetable.Due) string {
	what := strings.ReplaceAll(string(d.Milestone), "_", " ")
	if d.Milestone == ChoreUndelivered || d.Milestone == ChoreReroute {
		return what + ": " + d.Why[0]
	}
	return fmt.Sprintf("%s, by the %s, due %s", what, d.Role, d.Due.Long())
}

func lateWord(late bool) string {
	if late {
		return ", late"
	}
	return ""
}

// sendDigest puts one officer's digest into the outbox, or says why not.
func (r *Runner) sendDigest(ctx context.Context, g digestOf, out *Digested) error {
	to := pep.ParseAddress(g.officer.Mailbox)
	decision, why := r.decideDigest(to)
	if why != "" {
		out.NotMade = append(out.NotMade, why)
		return nil
	}
	d := r.blankDigest(to, decision)
	if known, err := r.Deliveries.HasKey(ctx, d.Key); err != nil {
		return fmt.Errorf("reading the outbox: %w", err)
	} else if known {
		stored, err := r.Deliveries.Get(ctx, d.ID)
		out.Made = append(out.Made, stored)
		return err
	}
	parcel, err := r.sealDigest(d, g)
	if err != nil {
		return err
	}
	d.SHA256, d.Size = parcel.SHA256, len(parcel.Bytes)
	d, err = outbox.Advance(d, outbox.Approve, outbox.Occasion{At: r.Now(), By: r.Owner, Why: "a digest is released by itself"})
	if err != nil {
		return err
	}
	if _, err := r.Deliveries.Add(ctx, d, Contents{Parcel: parcel.Bytes}); err != nil {
		return fmt.Errorf("storing the digest: %w", err)
	}
	out.Made = append(out.Made, d)
	return nil
}

// decideDigest is how a digest may travel, or why it may not: it lists many
// children, so that only verified TLS within the sender's own domain will do.
func (r *Runner) decideDigest(to pep.Address) (route.Decision, string) {
	d := r.policy().Decide(r.question(to, pep.Contact{}))
	switch {
	case to.Empty():
		return d, "no mailbox of an officer is configured (officer: mailbox in pepost.yaml): nobody gets a digest"
	case to.Verdict() != pep.AddressGood:
		return d, "the officer's mailbox is no usable address: nobody gets a digest"
	case to.Domain() != r.From.Domain():
		return d, "an officer's mailbox is not within the domain that mail goes out from: no digest leaves it"
	case d.Settled() != route.Secure || d.Method != route.MethodTLS:
		return d, "the delivery policy does not call the officer's own mailbox secure: no digest is sent"
	}
	return d, ""
}

func (r *Runner) blankDigest(to pep.Address, decision route.Decision) outbox.Delivery {
	label := strings.Join([]string{digestMilestone, r.today().String(), strings.ToLower(to.Canonical())}, "\x00")
	id := r.Seed.Name("delivery\x00" + label)
	return outbox.Delivery{
		ID: id, Key: r.Seed.Name("key\x00" + label), Kind: outbox.KindDigest, Milestone: digestMilestone, Due: r.today(),
		Recipient: outbox.Recipient{Role: pep.Officer, Address: to}, Decision: decision,
		MessageID: "<" + id + "@" + r.From.Domain() + ">", State: outbox.Drafted,
		Events: []outbox.Event{{At: r.Now(), Action: outbox.Draft, To: outbox.Drafted, By: r.Owner}},
	}
}

func (r *Runner) sealDigest(d outbox.Delivery, g digestOf) (seal.Parcel, error) {
	contents, err := r.Templates.WriteDigest(letter.Digest{
		On: r.today(), Decision: d.Decision, Officer: g.officer, Sections: g.sections,
		Sender: letter.Sender{Authority: r.Words.Authority, VirtualSchool: r.Words.VirtualSchool},
	})
	if err != nil {
		return seal.Parcel{}, fmt.Errorf("writing the digest: %w", err)
	}
	parcel, err := seal.Seal(d.Decision, contents,
		seal.Envelope{From: r.From, To: d.Recipient.Address, MessageID: d.MessageID, Date: r.Now()},
		seal.Secrets{Rand: r.Seed.Stream(d.ID + "\x00" + contents.Text)})
	if err != nil {
		return seal.Parcel{}, fmt.Errorf("sealing the digest: %w", err)
	}
	return parcel, nil
}

// digestNow decides on a digest again just before it leaves. Yesterday's is
// not sent: today's says more.
func (r *Runner) digestNow(d outbox.Delivery) (now route.Decision, weaker bool) {
	now, weaker = r.policy().Redecide(d.Decision, r.question(d.Recipient.Address, pep.Contact{}))
	why := ""
	switch _, refused := r.decideDigest(d.Recipient.Address); {
	case refused != "":
		why = refused
	case d.Due != r.today():
		why = "it is the digest of " + d.Due.Long()
	}
	if why != "" {
		now.Reasons, weaker = append(slices.Clone(now.Reasons), notAsSealed+why), true
	}
	return now, weaker
}
