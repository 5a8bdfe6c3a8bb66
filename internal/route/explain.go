package route

import (
	"fmt"
	"slices"

	"github.com/pepost/pepost/internal/pep"
)

// Spoke is what became of one check on the path of an address.
type Spoke string

// What becomes of a check.
const (
	// Passed means that the check had nothing to say.
	Passed Spoke = "passed"
	// Decided means that the check spoke, and no later one was asked.
	Decided Spoke = "decided"
	// NotAsked means that an earlier check had spoken.
	NotAsked Spoke = "not asked"
)

// Step is one check of the rule, in its order.
type Step struct {
	Number int     `json:"step"`
	Check  string  `json:"check"`
	Spoke  Spoke   `json:"outcome"`
	Says   Verdict `json:"decision,omitempty"` // where it decided
	Detail string  `json:"detail,omitempty"`
	// Rows are the rows of the policy that this check looks at.
	Rows []RowLook `json:"rows,omitempty"`
	// Others is how many more rows there are that do not resemble the domain.
	Others int `json:"other_rows,omitempty"`
}

// RowLook is one row looked at, and why it matched or did not.
type RowLook struct {
	ID      string `json:"id"`
	Kind    Kind   `json:"kind"`
	Line    int    `json:"line"`
	Matched bool   `json:"matched"`
	Why     string `json:"why"`
}

// MethodLook is one way a message may travel, and why it is or is not the one.
type MethodLook struct {
	Method Method `json:"method"`
	Chosen bool   `json:"chosen"`
	Why    string `json:"why"`
}

// Path is everything that led to one decision.
type Path struct {
	Decision Decision `json:"decision"`
	// Steps are the fourteen checks of the recipient; the last is the sender's.
	Steps []Step `json:"steps"`
	// Sender is the row or the check that spoke of the sender, whatever became
	// of the recipient.
	Sender SenderLook `json:"sender"`
	// Relay says what is known of TLS beyond the relay.
	Relay string `json:"relay"`
	// Methods are the ways, in the order in which they are tried.
	Methods []MethodLook `json:"methods"`
}

// SenderLook is what the same policy says of the sender.
type SenderLook struct {
	Verdict Verdict `json:"decision"`
	Rule    string  `json:"rule"`
	Reason  string  `json:"reason"`
}

// The numbers of the checks, as the rule counts them.
const (
	stepTrim = iota + 1
	stepControls
	stepShape
	stepLocal
	stepASCII
	stepDomain
	stepNoPolicy
	stepRetired
	stepDeny
	stepExact
	stepPunycode
	stepRows
	stepNoRow
	stepSender
)

func steps() []Step {
	names := []string{
		stepTrim: "outer blanks and tabs are trimmed", stepControls: "no control character", stepShape: "one bare address with one @",
		stepLocal: "64 characters before the @ at most", stepASCII: "nothing outside ASCII", stepDomain: "a domain that may be one",
		stepNoPolicy: "there is a delivery policy", stepRetired: "deny row of a retired family", stepDeny: "another deny row",
		stepExact: "exact row", stepPunycode: "no xn-- label", stepRows: "longest suffix row, then registry-root row",
		stepNoRow: "no row knows the domain", stepSender: "the sender is in the circle too",
	}
	all := make([]Step, 0, stepSender)
	for number := stepTrim; number <= stepSender; number++ {
		all = append(all, Step{Number: number, Check: names[number], Spoke: Passed})
	}
	return all
}

// Explain makes the decision of [Policy.Decide] and draws the path to it: what
// each check of the rule said, which rows were looked at and why they did not
// match, what the policy says of the sender, and why the message would travel
// as it would.
func (p *Policy) Explain(q Question) Path {
	found := p.judge(q.To, q.On, SideRecipient)
	sender := p.judge(q.From, q.On, SideSender)
	path := Path{
		Decision: p.Decide(q), Steps: steps(), Relay: relayWords(q),
		Sender: SenderLook{Verdict: sender.verdict, Rule: sender.rule, Reason: sender.reason},
	}
	path.Methods = methodLooks(path.Decision, q.Means)
	decided := p.stepOf(q.To, found)
	for i := range path.Steps {
		step := &path.Steps[i]
		switch {
		case step.Number == decided:
			step.Spoke, step.Says, step.Detail = Decided, found.verdict, found.reason
		case step.Number > decided && step.Number != stepSender:
			step.Spoke = NotAsked
		}
	}
	if trimmed := q.To.Raw(); q.To.Canonical() != "" && len(trimmed) != len(q.To.Canonical()) {
		path.Steps[stepTrim-1].Detail = "there were some"
	}
	explainSender(&path.Steps[stepSender-1], found.verdict, path.Sender)
	p.lookAtRows(path.Steps, q, decided)
	return path
}

// Explain is [Policy.Explain] of the policy that decides, with the guard's own
// reason.
func (g Guard) Explain(q Question) Path {
	d, asked := g.Decide(q), g.InForce
	if g.rowsChanged() && d.Policy == g.OnDisk.Hash() {
		asked = g.OnDisk
	}
	q.Means = g.Relays.permit(q.Means)
	path := asked.Explain(q)
	path.Decision = d
	return path
}

func explainSender(step *Step, recipient Verdict, sender SenderLook) {
	switch {
	case recipient != Secure:
		step.Spoke, step.Detail = NotAsked, "it is asked only where the recipient is secure, and softens nothing"
	case sender.Verdict != Secure:
		step.Spoke, step.Says, step.Detail = Decided, Encrypt, "the sender is not in the circle: "+sender.Reason
	default:
		step.Detail = sender.Reason
	}
}

// stepOf is the number of the check that a finding came from.
func (p *Policy) stepOf(to pep.Address, f finding) int {
	switch f.rule {
	case RuleShape, RuleOutsideASCII:
		return map[pep.AddressCheck]int{
			pep.CheckControls: stepControls, pep.CheckShape: stepShape, pep.CheckLocal: stepLocal,
			pep.CheckASCII: stepASCII, pep.CheckDomain: stepDomain,
		}[to.Objection()]
	case RuleNoPolicy:
		return stepNoPolicy
	case RulePunycode:
		return stepPunycode
	case RuleNoRow:
		return stepNoRow
	}
	at := slices.IndexFunc(p.rows, func(r Row) bool { return r.ID == f.rule })
	return p.rows[at].step()
}

// step is the check that asks for a row.
func (r Row) step() int {
	switch {
	case r.Kind == KindDeny && r.Retired:
		return stepRetired
	case r.Kind == KindDeny:
		return stepDeny
	case r.Kind == KindExact:
		return stepExact
	}
	return stepRows
}

func relayWords(q Question) string {
	relay := q.Means.Relay
	switch {
	case !relay.OnwardTLS:
		return "nobody guarantees verified TLS beyond the relay: what would be secure is encrypted instead"
	case relay.ReviewBy.IsZero():
		return "the guarantee of verified TLS beyond the relay has no day on which it is reviewed: what would be secure is encrypted instead"
	case !relay.guaranteed(q.On):
		return fmt.Sprintf("the guarantee of verified TLS beyond the relay was to be reviewed by %s: what would be secure is encrypted instead", relay.ReviewBy.Long())
	}
	return fmt.Sprintf("verified TLS beyond the relay is guaranteed until its review by %s", relay.ReviewBy.Long())
}

// methodLooks says of each way why it is or is not taken, in the order in which
// they are tried.
func methodLooks(d Decision, m Means) []MethodLook {
	missing := map[Method]string{
		MethodTLS:               "the decision is " + string(d.Settled()) + ", and ordinary mail is for what is secure alone",
		MethodGateway:           "no gateway is configured and open",
		MethodOpenPGP:           "no confirmed key of the recipient is on file",
		MethodProtectedDocument: "it is not what the recipient agreed to",
		MethodPost:              "nobody agreed to post, or there is an e-mail address",
	}
	if m.Gateway != "" {
		missing[MethodGateway] = "the recipient agreed to another way"
	}
	if m.OpenPGPKey {
		missing[MethodOpenPGP] = "the recipient agreed to another way"
	}
	if d.Settled() == Secure {
		missing[MethodTLS] = "the recipient agreed to another way"
	}
	var all []MethodLook
	chosen := false
	for _, method := range []Method{MethodTLS, MethodGateway, MethodOpenPGP, MethodProtectedDocument, MethodPost} {
		look := MethodLook{Method: method, Chosen: method == d.Method, Why: missing[method]}
		switch {
		case look.Chosen:
			look.Why, chosen = d.Reasons[len(d.Reasons)-1], true
		case d.Method == MethodNone:
			look.Why = "nothing leaves: the decision is " + string(d.Settled())
		case chosen:
			look.Why = "not needed: an earlier way is open"
		}
		all = append(all, look)
	}
	return all
}
