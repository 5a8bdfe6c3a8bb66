package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// Row is one delivery without personal data.
type Row struct {
	ID        string       `json:"id"`
	Ref       pep.Ref      `json:"ref"`
	Kind      outbox.Kind  `json:"kind"`
	Milestone string       `json:"milestone,omitempty"`
	Due       pep.Date     `json:"due"`
	Role      pep.Role     `json:"recipient_role"`
	NewThere  bool         `json:"new_recipient,omitempty"`
	State     outbox.State `json:"state"`
	// Left is the day the message left or may have left; zero where it never
	// did.
	Left pep.Date `json:"left"`
	// Late is set where it was sent after its due date, or is not known to
	// have been sent and the date has passed.
	Late bool `json:"late"`
	// WhyNot says why it has not been sent; empty where it has.
	WhyNot     string                 `json:"why_not,omitempty"`
	Passphrase outbox.PassphraseState `json:"passphrase,omitempty"`

	Decision route.Verdict `json:"decision"`
	Method   route.Method  `json:"method"`
	Rule     string        `json:"rule,omitempty"`
	Reasons  []string      `json:"reasons"`

	SHA256   string    `json:"sha256,omitempty"`
	Size     int       `json:"size,omitempty"`
	Attempts []Attempt `json:"attempts,omitempty"`
	Steps    []Step    `json:"events,omitempty"`
}

// Attempt is one conversation with a relay. The relay's own words are left
// out: they often repeat the address.
type Attempt struct {
	At       time.Time     `json:"at"`
	Result   outbox.Result `json:"result"`
	Phase    outbox.Phase  `json:"step"`
	Code     int           `json:"code,omitempty"`
	Enhanced string        `json:"enhanced,omitempty"`
	TLS      string        `json:"tls,omitempty"`
}

// Step is one event of a delivery.
type Step struct {
	At     time.Time     `json:"at"`
	Action outbox.Action `json:"action"`
	To     outbox.State  `json:"to,omitempty"`
	Why    string        `json:"why,omitempty"`
}

// Sent reports whether the message went out and has not come back.
func (r Row) Sent() bool {
	return r.State == outbox.Accepted || r.State == outbox.Delivered || r.State == outbox.Posted
}

// Waits reports whether the program will go on with it by itself once it is
// released.
func (r Row) Waits() bool { return r.State == outbox.Drafted || r.State.Waiting() }

// NeedsPerson reports whether nothing goes on until somebody looks.
func (r Row) NeedsPerson() bool {
	switch r.State {
	case outbox.Held, outbox.Uncertain, outbox.Refused, outbox.Bounced:
		return true
	}
	return false
}

func (f Facts) row(d outbox.Delivery) Row {
	hide := hider(d.Recipient)
	r := Row{
		ID: d.ID, Ref: d.Ref, Kind: d.Kind, Milestone: d.Milestone, Due: d.Due,
		Role: d.Recipient.Role, NewThere: d.Recipient.New, State: d.State, Passphrase: d.Passphrase,
		Decision: d.Decision.Settled(), Method: d.Decision.Method, Rule: d.Decision.Rule,
		Reasons: hide.all(d.Decision.Reasons), SHA256: d.SHA256, Size: d.Size,
	}
	if r.Method == "" {
		r.Method = route.MethodNone
	}
	for _, a := range d.Attempts {
		r.Attempts = append(r.Attempts, Attempt{At: a.At, Result: a.Result, Phase: a.Step, Code: a.Code, Enhanced: a.Enhanced, TLS: a.TLS})
	}
	for _, e := range d.Events {
		r.Steps = append(r.Steps, Step{At: e.At, Action: e.Action, To: e.To, Why: hide.one(e.Why)})
	}
	r.Left = f.day(left(d))
	r.Late = f.late(r)
	r.WhyNot = whyNot(r, hide.one(d.Reason))
	return r
}

// left is when the message last went out, as far as the events tell.
func left(d outbox.Delivery) time.Time {
	var at time.Time
	if !d.State.Gone() {
		return at
	}
	for _, e := range d.Events {
		switch e.To {
		case outbox.Accepted, outbox.Posted, outbox.Uncertain:
			if e.To != e.From {
				at = e.At
			}
		}
	}
	return at
}

func (f Facts) late(r Row) bool {
	switch {
	case r.Due.IsZero(), r.State == outbox.Cancelled:
		return false
	case r.Sent():
		return r.Left.After(r.Due)
	}
	return f.On.After(r.Due)
}

// whyNot puts into words why a delivery has not been sent. A delivery decided
// to be held without a reason of its own has the decision's.
func whyNot(r Row, reason string) string {
	if r.Sent() {
		return ""
	}
	switch {
	case r.State == outbox.Drafted:
		return "waits for somebody to release it"
	case reason != "" && r.State != outbox.Approved && r.State != outbox.Sending:
		return reason
	case r.State == outbox.Approved:
		return "waits to be handed over"
	case r.State == outbox.Sending:
		return "is being handed over"
	case len(r.Reasons) > 0:
		return r.Reasons[len(r.Reasons)-1]
	}
	return "no reason was recorded"
}

// rows are all deliveries by due date, child, kind, recipient.
func (f Facts) rows() []Row {
	rows := make([]Row, 0, len(f.Deliveries))
	for _, d := range f.Deliveries {
		rows = append(rows, f.row(d))
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.Role, b.Role), cmp.Compare(a.ID, b.ID))
	})
	return rows
}
