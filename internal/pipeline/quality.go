package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/quality"
	"github.com/pepost/pepost/internal/timetable"
)

// Judgement is one person's judgement of the filled form of one plan.
type Judgement struct {
	ID      string
	Ref     pep.Ref
	PlanKey string
	// Return is the form that was judged, Answers the digest of what it said: a
	// judgement of other answers is none of these.
	Return  string
	Answers string
	// Parts are the ratings by the key of the part; one without is not rated.
	Parts   map[string]quality.Rating
	Overall quality.Rating
	// Overridden is set where the overall rating is not what the roll-up gives.
	Overridden bool
	Account    string // the account's name
	At         time.Time
	Why        string
}

// Judgements keeps what was judged. Each judgement becomes evidence in the same
// transaction: callers append none for it.
type Judgements interface {
	// AddJudgement stores one; it never changes another.
	AddJudgement(ctx context.Context, j Judgement) error
	// ListJudgements gives those of some children, the earliest first.
	ListJudgements(ctx context.Context, refs []pep.Ref) ([]Judgement, error)
}

// Assessment is one plan's filled form as quality assurance sees it.
type Assessment struct {
	Ref    pep.Ref
	Plan   pep.Plan
	Return Returned
	// Findings are what an officer should look at.
	Findings []quality.Finding
	Parts    []quality.PartRating
	Proposed quality.Rating
	// ProposedWhy is the line of the roll-up that gave it, or why there is none.
	ProposedWhy string
	// Given is the judgement in force; nil where nobody judged these answers.
	Given *Judgement
	// Outdated is set where only earlier answers were judged.
	Outdated bool

	form   form.Form
	values form.Values // the answers over what the register knows
	digest string      // of the answers alone
}

// Quality looks at the filled form of a child's newest plan that has one. It
// stores nothing.
func (r *Runner) Quality(ctx context.Context, ref pep.Ref) (Assessment, error) {
	c, err := r.childOf(ctx, ref)
	if err != nil {
		return Assessment{}, err
	}
	judged, err := r.judgements(ctx, []pep.Ref{ref})
	if err != nil {
		return Assessment{}, err
	}
	back, found := c.past.latest(func(Returned) bool { return true })
	if !found {
		return Assessment{}, &NotFoundError{What: NoReturn, Name: "of " + string(ref)}
	}
	return r.assess(c, back, judged)
}

// QualityOf looks at one returned form.
func (r *Runner) QualityOf(ctx context.Context, id string) (Assessment, error) {
	back, _, err := r.Returns.GetReturn(ctx, id)
	if err != nil {
		return Assessment{}, err
	}
	c, err := r.childOf(ctx, back.Ref)
	if err != nil {
		return Assessment{}, err
	}
	judged, err := r.judgements(ctx, []pep.Ref{back.Ref})
	if err != nil {
		return Assessment{}, err
	}
	return r.assess(c, back, judged)
}

func (r *Runner) childOf(ctx context.Context, ref pep.Ref) (*child, error) {
	record, err := r.Register.Record(ctx, ref)
	if err != nil {
		return nil, err
	}
	return r.child(ctx, record)
}

func (r *Runner) judgements(ctx context.Context, refs []pep.Ref) ([]Judgement, error) {
	if r.Judgements == nil {
		return nil, nil
	}
	return r.Judgements.ListJudgements(ctx, refs)
}

// latest is the last form to come back of those that count and were not
// rejected.
func (p *past) latest(counts func(Returned) bool) (last Returned, found bool) {
	for _, back := range p.returns {
		if back.State != ReturnRejected && counts(back) && (!found || !back.At.Before(last.At)) {
			last, found = back, true
		}
	}
	return last, found
}

// assess looks at one returned form as the plan's answers would be with it.
func (r *Runner) assess(c *child, back Returned, judged []Judgement) (Assessment, error) {
	p, found := r.planAnswered(c, back)
	if !found {
		return Assessment{}, &NotThePlanError{back.Ref, string(otherPlan)}
	}
	back.PlanKey = p.outlook.Plan.Key()
	e := errand{record: c.record, plan: p.outlook.Plan, answers: &back.Values, recipient: timetable.Recipient{Role: pep.VirtualSchool}}
	out := Assessment{Ref: back.Ref, Plan: e.plan, Return: back, form: r.Forms.Compose(e.plan), digest: answersDigest(back.Values)}
	out.values = r.values(e, out.form)
	last, _ := c.past.latest(func(o Returned) bool {
		return o.PlanKey != back.PlanKey && o.At.Before(back.At) && o.State != ReturnWaiting
	})
	out.Findings = quality.Find(quality.Ask{Form: out.form, Values: out.values, Last: last.Values, MostTargets: r.Rules.MostTargets.Value}, r.QualityRules)
	out.Parts, out.Proposed, out.ProposedWhy = r.QualityRules.Propose(out.form, out.Findings)
	out.take(judged)
	return out, nil
}

// planAnswered is the plan that a returned form belongs to. One that no form of ours
// asked for, as where the authority hands its forms off to a portal, is the
// newest plan's where it is that plan's form.
func (r *Runner) planAnswered(c *child, back Returned) (prospect, bool) {
	if back.PlanKey != "" {
		return r.plan(c, back.PlanKey)
	}
	p := c.newest()
	return p, p.outlook.Plan.Phase != pep.NoPhase && r.Forms.Compose(p.outlook.Plan).ID == back.Form
}

// take finds the judgement in force among those of the child.
func (a *Assessment) take(judged []Judgement) {
	for _, j := range judged {
		if j.PlanKey != a.Return.PlanKey {
			continue
		}
		if j.Answers != a.digest {
			a.Outdated = true
			continue
		}
		a.Given = &j
	}
	if a.Given == nil {
		return
	}
	a.Outdated = false
	for i, part := range a.Parts {
		a.Parts[i].Given = a.Given.Parts[part.Part]
	}
}

// answersDigest tells one set of answers from another.
func answersDigest(v form.Values) string {
	data, err := json.Marshal(v) // maps of texts: keys are sorted, nothing fails
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// JudgeAsk is a person's judgement as given. Parts that are not named take
// their proposal; an empty Overall takes the roll-up of the parts.
type JudgeAsk struct {
	Parts   map[string]quality.Rating
	Overall quality.Rating
	// Account is the name of the account that judges: whoever makes one has
	// checked that it is the Virtual School's.
	Account string
	Why     string
}

// JudgeError says why a judgement cannot be given.
type JudgeError struct{ Why string }

// Error says why.
func (e *JudgeError) Error() string { return "the plan cannot be judged: " + e.Why }

// Judge stores a person's judgement of the form that [Runner.Quality] shows.
// Whatever differs from what the program proposes needs a reason.
func (r *Runner) Judge(ctx context.Context, ref pep.Ref, ask JudgeAsk) (Assessment, error) {
	a, err := r.Quality(ctx, ref)
	if err != nil {
		return a, err
	}
	if r.Judgements == nil || !r.QualityRules.Known() {
		return a, &JudgeError{"the authority has no rules for quality assurance: write its quality.yaml"}
	}
	j := Judgement{
		Ref: ref, PlanKey: a.Return.PlanKey, Return: a.Return.ID, Answers: a.digest, Account: ask.Account, At: r.Now(),
		Why: strings.TrimSpace(ask.Why), Parts: map[string]quality.Rating{},
	}
	differs, err := j.rate(r.QualityRules, a.Parts, ask)
	if err != nil {
		return a, err
	}
	if differs && j.Why == "" {
		return a, &NeedsReasonError{Doing: "rate a plan otherwise than is proposed"}
	}
	j.ID = r.Seed.Name(fmt.Sprintf("judgement\x00%s\x00%s\x00%s\x00%d", ref, j.Answers, j.Account, j.At.UnixNano()))
	if err := r.Judgements.AddJudgement(ctx, j); err != nil {
		return a, err
	}
	return r.Quality(ctx, ref)
}

// rate fills in the ratings, and reports whether any differs from what was
// proposed or rolled up.
func (j *Judgement) rate(rules quality.Rules, parts []quality.PartRating, ask JudgeAsk) (differs bool, err error) {
	known := map[string]bool{}
	for _, part := range parts {
		known[part.Part] = true
		j.Parts[part.Part] = part.Proposed
	}
	for part, rating := range ask.Parts {
		switch {
		case !known[part]:
			return false, &JudgeError{"the form has no part " + part}
		case !rules.OnScale(rating):
			return false, &JudgeError{"the authority does not rate " + string(rating)}
		}
		differs = differs || j.Parts[part] != rating
		j.Parts[part] = rating
	}
	rolled, _ := rules.Overall(j.Parts)
	j.Overall = rolled
	if ask.Overall != "" {
		j.Overall = ask.Overall
	}
	if !rules.OnScale(j.Overall) {
		return false, &JudgeError{"the authority does not rate " + string(j.Overall)}
	}
	j.Overridden = j.Overall != rolled
	return differs || j.Overridden, nil
}
