package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pepost/pepost/internal/canary"
	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/seal"
)

// Canaries keeps the canaries of the encrypting gateways. Every change becomes
// evidence in the same transaction.
type Canaries interface {
	// AddCanary stores a canary that is about to be sent.
	AddCanary(ctx context.Context, c canary.Sent, by string) error
	// SettleCanary stores what became of one, by its ID, State, Judged and Why,
	// and reports whether that changed anything: what failed once stays failed.
	SettleCanary(ctx context.Context, c canary.Sent, by string) (changed bool, err error)
	// CanaryOf gives one, or a [NotFoundError].
	CanaryOf(ctx context.Context, id string) (canary.Sent, error)
	// RecentCanaries are a gateway's newest ones.
	RecentCanaries(ctx context.Context, gateway string) ([]canary.Sent, error)
}

// Gateways is what is known of the encrypting gateways beyond their
// description in the delivery policy. It may be used by several runners and
// goroutines at once.
type Gateways struct {
	Canaries Canaries
	// Entrance says why a gateway's relay cannot be used; empty where it can.
	Entrance func(route.Gateway) string

	mu    sync.Mutex
	known map[string]knownCanaries
}

// knownCanaries are a gateway's canaries as they were read at a moment.
type knownCanaries struct {
	at  time.Time
	all []canary.Sent
}

// rememberedFor is how long canaries are not read again: a drafting run asks
// for every recipient.
const rememberedFor = time.Second

// recent gives a gateway's canaries, read lately.
func (x *Gateways) recent(ctx context.Context, gateway string, now time.Time) ([]canary.Sent, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if k, ok := x.known[gateway]; ok && !now.Before(k.at) && now.Sub(k.at) < rememberedFor {
		return k.all, nil
	}
	all, err := x.Canaries.RecentCanaries(ctx, gateway)
	if err != nil {
		return nil, err
	}
	if x.known == nil {
		x.known = map[string]knownCanaries{}
	}
	x.known[gateway] = knownCanaries{now, all}
	return all, nil
}

// forget has everything read again.
func (x *Gateways) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.known = nil
}

// gateways are those that two people's policy describes and that nobody took out.
func (r *Runner) gateways() []route.Gateway { return r.policy().Gateways() }

// GatewayNamed gives one of those by its name.
func (r *Runner) GatewayNamed(name string) (route.Gateway, bool) { return r.policy().Gateway(name) }

// standing is whether a gateway may be used now. What cannot be read closes it.
func (r *Runner) standing(ctx context.Context, g route.Gateway) canary.Standing {
	closed := "the gateway " + g.Name + " is closed: "
	switch {
	case r.Gateways == nil || r.Gateways.Canaries == nil || r.Gateways.Entrance == nil:
		return canary.Standing{Why: closed + "nobody watches it"}
	case !g.TakesFrom(r.From):
		return canary.Standing{Why: closed + "it does not encrypt for the configured sender"}
	}
	if why := r.Gateways.Entrance(g); why != "" {
		return canary.Standing{Why: closed + why}
	}
	if why := r.policy().Relays.Waits(g.Relay); why != "" {
		return canary.Standing{Why: closed + why}
	}
	now := r.Now()
	all, err := r.Gateways.recent(ctx, g.Name, now)
	if err != nil {
		return canary.Standing{Why: closed + "its canaries cannot be read"}
	}
	return canary.StandingOf(g, all, now)
}

// openGateway names the gateway to use: the first that is open, or, where one
// is named, that one or none. Else it says why there is none.
func (r *Runner) openGateway(named string) (name, why string) {
	var closed []string
	for _, g := range r.gateways() {
		if named != "" && g.Name != named {
			continue
		}
		s := r.standing(context.Background(), g)
		if s.Open {
			return g.Name, ""
		}
		closed = append(closed, s.Why)
	}
	return "", strings.Join(closed, "; ")
}

// askingAgain is the question about a stored delivery: what was sealed for a
// gateway is for that one alone.
func (r *Runner) askingAgain(d outbox.Delivery, contact pep.Contact) route.Question {
	q := r.asking(d.Decision.Asked, d.Recipient.Address, contact)
	if d.Decision.Method == route.MethodGateway && len(r.gateways()) > 0 {
		q.Means.Gateway, q.Means.GatewayClosed = r.openGateway(d.Decision.Relay)
	}
	return q
}

// withoutGateway decides again where the gateway that was chosen does not take
// the message: it goes by the next method or not at all.
func (r *Runner) withoutGateway(e errand, big *seal.TooBigError) route.Decision {
	q := r.asking(e.method, e.recipient.Contact.Email, e.recipient.Contact)
	q.Means.Gateway, q.Means.GatewayClosed = "", big.Error()
	return r.policy().Decide(q)
}

// GatewayState is one gateway and how it stands.
type GatewayState struct {
	Gateway  route.Gateway
	Standing canary.Standing
	// Recent are its canaries, the newest first.
	Recent []canary.Sent
}

// GatewayStates tells how every gateway of the delivery policy stands.
func (r *Runner) GatewayStates(ctx context.Context) ([]GatewayState, error) {
	var out []GatewayState
	for _, g := range r.gateways() {
		state := GatewayState{Gateway: g, Standing: r.standing(ctx, g)}
		if r.Gateways != nil && r.Gateways.Canaries != nil {
			var err error
			if state.Recent, err = r.Gateways.Canaries.RecentCanaries(ctx, g.Name); err != nil {
				return nil, err
			}
		}
		out = append(out, state)
	}
	return out, nil
}

// SendCanary sends one canary through a gateway. It is stored before it is
// sent; a relay that does not take it is no error, its outcome says so.
func (r *Runner) SendCanary(ctx context.Context, gateway string, sender dispatch.Sender) (canary.Sent, outbox.Outcome, error) {
	g, found := r.policy().Gateway(gateway)
	if !found {
		return canary.Sent{}, outbox.Outcome{}, &NotFoundError{What: NoGateway, Name: gateway}
	}
	if r.Gateways == nil || r.Gateways.Canaries == nil {
		return canary.Sent{}, outbox.Outcome{}, errors.New("sending a canary: nobody keeps them")
	}
	c := canary.Sent{Gateway: g.Name, At: r.Now(), State: canary.Out}
	c.ID = r.Seed.Name("canary\x00" + g.Name + "\x00" + c.At.UTC().Format(time.RFC3339Nano))
	markers := r.markers(c.ID)
	parcel, err := seal.SealCanary(g,
		seal.Canary{ID: c.ID, InText: markers[0], InDocument: markers[1], SenderName: r.Words.Authority},
		seal.Envelope{From: r.From, To: g.Canary.To, MessageID: "<" + canary.Prefix + c.ID + "@" + r.From.Domain() + ">", Date: c.At},
		seal.Secrets{Rand: r.Seed.Stream("canary\x00" + c.ID)})
	if err != nil {
		return c, outbox.Outcome{}, fmt.Errorf("making a canary: %w", err)
	}
	defer r.Gateways.forget()
	if err := r.Gateways.Canaries.AddCanary(ctx, c, r.Owner); err != nil {
		return c, outbox.Outcome{}, err
	}
	out := sender.Send(ctx, dispatch.Envelope{
		From: parcel.From, To: parcel.To, Bytes: parcel.Bytes, ID: canary.Prefix + c.ID, Relay: g.Name,
	}, func() error { return nil })
	if out.Result == outbox.ResultAccepted || out.Result == outbox.ResultUncertain {
		return c, out, nil
	}
	c.State, c.Judged, c.Why = canary.Unsent, r.Now(), "the gateway's relay did not take it: "+string(out.Result)
	_, err = r.Gateways.Canaries.SettleCanary(context.WithoutCancel(ctx), c, r.Owner)
	return c, out, err
}

// markers are what a canary must not show, in its text and in its document.
// They are derived, so that nothing stored could give them away.
func (r *Runner) markers(id string) []string {
	return []string{r.Seed.Name("canary text\x00" + id), r.Seed.Name("canary document\x00" + id)}
}

// DueCanaries names the gateways through which a canary is to go now.
func (r *Runner) DueCanaries(ctx context.Context) []string {
	var due []string
	for _, g := range r.gateways() {
		if r.standing(ctx, g).Due {
			due = append(due, g.Name)
		}
	}
	return due
}

// CanaryBack takes in a canary that came back: found is false where the message
// is none of ours. A gateway whose canary failed is closed from then on.
func (r *Runner) CanaryBack(ctx context.Context, message []byte) (c canary.Sent, found bool, err error) {
	id, ok := canary.ID(message)
	if !ok || r.Gateways == nil || r.Gateways.Canaries == nil {
		return canary.Sent{}, false, nil
	}
	c, err = r.Gateways.Canaries.CanaryOf(ctx, id)
	var none *NotFoundError
	if errors.As(err, &none) {
		return canary.Sent{}, false, nil
	}
	if err != nil {
		return canary.Sent{}, true, err
	}
	gateways := r.gateways()
	i := slices.IndexFunc(gateways, func(g route.Gateway) bool { return g.Name == c.Gateway })
	if i < 0 {
		return c, true, nil // the gateway is no longer in the policy: nothing hangs on it
	}
	v := canary.Judge(message, r.markers(id), gateways[i].Canary.Signs)
	c.State, c.Judged, c.Why = canary.Failed, r.Now(), v.Why
	if v.Encrypted {
		c.State = canary.Encrypted
	}
	defer r.Gateways.forget()
	if _, err := r.Gateways.Canaries.SettleCanary(ctx, c, r.Owner); err != nil {
		return c, true, err
	}
	c, err = r.Gateways.Canaries.CanaryOf(ctx, id)
	return c, true, err
}
