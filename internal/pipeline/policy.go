package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/route"
)

// PolicyInForce is the delivery policy that the installation goes by.
type PolicyInForce struct {
	Hash string // as [route.Policy.Hash]
	Text string // as [route.Policy.Text]
	// Version counts the policies that were in force, from 1; 0 means that none
	// was yet.
	Version int
	Since   time.Time
	// Relays are the relays' guarantees that go with it, as [route.RelayText]
	// writes them; empty where none was kept yet.
	Relays string
}

// PolicyChange puts a policy in the place of the one of version Was.
type PolicyChange struct {
	Was    int
	Policy *route.Policy
	Relays string // as in PolicyInForce
	At     time.Time
	By     string
	Why    string // how it came to be in force, for the evidence
}

// Policies keeps the delivery policy in force.
type Policies interface {
	// Policy gives the policy in force; the zero one where there was none yet.
	Policy(ctx context.Context) (PolicyInForce, error)
	// TakePolicy puts a policy in force, with evidence in the same transaction,
	// or gives false where another process changed it since version Was.
	TakePolicy(ctx context.Context, c PolicyChange) (bool, error)
}

// agreedDigest is what two people agree to: a content of the policy, and the
// relays where they are others than those in force.
func agreedDigest(now PolicyInForce, hash, relays string) string {
	if relays == now.Relays {
		return hash
	}
	sum := sha256.Sum256([]byte(relays))
	return hash + "+relays:" + hex.EncodeToString(sum[:])
}

// PolicySubject is what two people agree to: that a content takes the place of
// the policy in force. Once that is another one, what was agreed to before
// counts no more, so that nobody can go back and forth on old words.
func PolicySubject(now PolicyInForce, hash string) Subject {
	return Subject{Kind: KindPolicy, ID: fmt.Sprintf("delivery.yaml:%d", now.Version), Digest: hash}
}

// PolicyStanding is how the policy on disk stands to the one in force.
type PolicyStanding struct {
	// Guard is what to decide by.
	Guard   route.Guard
	InForce PolicyInForce
	// Agreed are those who agreed to the policy on disk taking the place of the
	// one in force.
	Agreed []Consent
	// take is why the policy on disk is to be put in force now; empty where it
	// is in force already, or waits.
	take string
}

// PolicyStands compares the policy on disk, nil where there is none, with the
// one in force. It changes nothing: what may be put in force is decided by as
// if it were.
func (r *Runner) PolicyStands(ctx context.Context, onDisk *route.Policy) (PolicyStanding, error) {
	s := PolicyStanding{Guard: route.Sole(onDisk)}
	if r.Policies == nil {
		return s, nil
	}
	var err error
	if s.InForce, err = r.Policies.Policy(ctx); err != nil {
		return s, fmt.Errorf("reading the delivery policy in force: %w", err)
	}
	relays := route.RelayText(r.Relays)
	same := onDisk != nil && s.InForce.Hash == onDisk.Hash()
	switch {
	case same && s.InForce.Relays == relays:
		return s, nil
	case same && s.InForce.Relays == "":
		s.take = relaysAsFound
		return s, nil
	case s.InForce.Version == 0:
		if onDisk != nil {
			s.take = policyAsFound
		}
		return s, nil
	case onDisk != nil:
		enough, agreed, err := r.Agreed(ctx, PolicySubject(s.InForce, agreedDigest(s.InForce, onDisk.Hash(), relays)))
		if s.Agreed = agreed; err != nil || enough {
			s.take = policyAgreedTo
			return s, err
		}
	}
	if !same {
		s.Guard.InForce = s.InForce.parsed()
	}
	s.Guard.Relays, err = r.relayTerms(s.InForce)
	return s, err
}

// relayTerms compares the configured relays with those in force.
func (r *Runner) relayTerms(now PolicyInForce) (route.RelayTerms, error) {
	agreed, err := route.ParseRelays(now.Relays)
	if err != nil {
		return route.RelayTerms{}, fmt.Errorf("reading the relays in force: %w", err)
	}
	return route.RelayTerms{Kept: now.Relays != "", InForce: agreed, OnDisk: r.Relays}, nil
}

// SettlePolicy is [Runner.PolicyStands], and puts in force what may be: the
// first policy that an installation works with, as it is found, and a changed
// one once two people agreed to it. Until then both are asked. What is no
// longer readable as a policy holds everything.
func (r *Runner) SettlePolicy(ctx context.Context, onDisk *route.Policy) (route.Guard, error) {
	for range triesToSettle {
		s, err := r.PolicyStands(ctx, onDisk)
		if err != nil || s.take == "" {
			return s.Guard, err
		}
		taken, err := r.Policies.TakePolicy(ctx, PolicyChange{Was: s.InForce.Version, Policy: onDisk, Relays: route.RelayText(r.Relays), At: r.Now(), By: r.Owner, Why: s.take})
		if err != nil {
			return route.Guard{}, fmt.Errorf("putting the delivery policy in force: %w", err)
		}
		if taken {
			return s.Guard, nil
		}
	}
	return route.Guard{}, errPolicyContended
}

// triesToSettle bounds how often another process may be quicker.
const triesToSettle = 3

var errPolicyContended = errors.New("other processes changed the delivery policy in force again and again meanwhile: try again")

// Why a policy came to be in force, for the evidence.
const (
	policyAsFound  = "as found when the installation began with it"
	policyAgreedTo = "two people agreed to it"
	relaysAsFound  = "the relays as found when the first was configured"
)

// parsed reads the policy again; nil, which holds everything, where this
// version of the program no longer takes it.
func (p PolicyInForce) parsed() *route.Policy {
	policy, err := route.Parse("the policy in force", []byte(p.Text))
	if err != nil || policy.Hash() != p.Hash {
		return nil
	}
	return policy
}

// ErrPolicyUnchanged says that there is nothing to agree to.
var ErrPolicyUnchanged = errors.New("this is the delivery policy in force already, and so are the relays: there is nothing to agree to")

// Approved is where a changed policy stands after somebody agreed to it.
type Approved struct {
	Hash string    `json:"policy"`
	Have []Consent `json:"-"`
	// InForce is set where the policy on disk was put in force by this.
	InForce bool `json:"in_force"`
	// Enough is set where two people agreed, InForce or not: the content that
	// was agreed to may not be on disk yet.
	Enough bool `json:"enough"`
}

// ApprovePolicy gives an account's consent to a content of the delivery policy
// and puts it in force where that was the second and the content is on disk.
// Who the account is was proved by its password.
func (r *Runner) ApprovePolicy(ctx context.Context, content, onDisk *route.Policy, by By, at time.Time) (Approved, error) {
	out := Approved{Hash: content.Hash()}
	now, err := r.Policies.Policy(ctx)
	if err != nil {
		return out, fmt.Errorf("reading the delivery policy in force: %w", err)
	}
	relays := route.RelayText(r.Relays)
	if now.Hash == content.Hash() && now.Relays == relays {
		return out, ErrPolicyUnchanged
	}
	if by.Why == "" {
		return out, &NeedsReasonError{Doing: "agree to a delivery policy"}
	}
	subject := PolicySubject(now, agreedDigest(now, content.Hash(), relays))
	if err := r.Consents.Give(ctx, Consent{Subject: subject, Account: by.Name, At: at, Why: by.Why}); err != nil {
		return out, fmt.Errorf("agreeing to the delivery policy: %w", err)
	}
	if out.Enough, out.Have, err = r.Agreed(ctx, subject); err != nil {
		return out, err
	}
	guard, err := r.SettlePolicy(ctx, onDisk)
	out.InForce = err == nil && !guard.Changed() && guard.InForce.Hash() == content.Hash()
	return out, err
}

// policy is what decisions are made by.
func (r *Runner) policy() route.Guard {
	if r.Guard != nil {
		return *r.Guard
	}
	return route.Sole(r.Policy)
}
