package story

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/route"
)

// size is a number of bytes in words.
func size(bytes int) string {
	if bytes < 10_000 {
		return strconv.Itoa(bytes) + " bytes"
	}
	return strconv.Itoa((bytes+500)/1000) + " kB"
}

// verdict is what was decided, in words.
func verdict(v route.Verdict) string {
	switch v {
	case route.Secure:
		return "ordinary mail over verified TLS is permitted"
	case route.Encrypt:
		return "it must be sealed"
	case route.Refuse:
		return "nothing is ever to go to this address"
	case route.Hold:
	}
	return "a person must look first"
}

func (f Facts) method() []string {
	d := f.Delivery.Decision
	lines := []string{"by " + report.How(d.Method) + ": " + verdict(d.Settled())}
	if d.Method == "" || d.Method == route.MethodNone {
		lines[0] = report.How(route.MethodNone) + ": " + verdict(d.Settled())
	}
	if d.Asked != "" {
		lines = append(lines, "an officer asked for "+report.How(d.Asked))
	}
	for _, reason := range d.Reasons {
		lines = append(lines, "because "+reason)
	}
	by := "by no row of the delivery policy"
	if d.Rule != "" {
		by = "by row " + d.Rule + " of the delivery policy"
	}
	if d.Policy != "" {
		by += " " + brief(strings.TrimPrefix(d.Policy, "sha256:"))
	}
	lines = append(lines, by)
	if d.Relay != "" {
		lines = append(lines, "handed to: "+d.Relay)
	}
	if d.Key != "" {
		lines = append(lines, "sealed to the key "+d.Key)
	}
	return lines
}

// release tells what people, and the program in their place, said of it.
func (f Facts) release() []string {
	var lines []string
	for _, e := range f.Delivery.Events {
		said := ""
		switch e.Action {
		case outbox.Draft:
			said = "made"
		case outbox.Approve:
			said = "released"
		case outbox.Hold:
			said = "held"
		case outbox.Cancel:
			said = "withdrawn"
		case outbox.Retry:
			said = "released once more"
		case outbox.Start, outbox.Accept, outbox.Deliver, outbox.Defer, outbox.Refuse, outbox.Lose, outbox.Bounce, outbox.Post, outbox.Note:
			continue
		}
		why := strings.TrimPrefix(e.Why, said+" by itself: ")
		lines = append(lines, because(said+" on "+f.moment(e.At)+" by "+person(e.By), why))
	}
	if !f.was(outbox.Approve, outbox.Retry, outbox.Post) {
		lines = append(lines, "nobody has released it")
	}
	return lines
}

// was reports whether one of some actions ever happened.
func (f Facts) was(actions ...outbox.Action) bool {
	for _, e := range f.Delivery.Events {
		for _, action := range actions {
			if e.Action == action {
				return true
			}
		}
	}
	return false
}

func (f Facts) attempts() []string {
	d := f.Delivery
	var lines []string
	for _, a := range d.Attempts {
		lines = append(lines, f.moment(a.At)+": "+f.outcome(a))
		answer := "no answer; it came as far as: " + string(a.Step)
		if a.Code != 0 {
			answer = strings.TrimSpace(fmt.Sprintf("the relay answered %d %s", a.Code, a.Enhanced))
			if a.Text != "" {
				answer += " “" + a.Text + "”"
			}
		}
		if a.QueueID != "" {
			answer += "; it calls the message " + a.QueueID
		}
		lines = append(lines, "  "+answer)
		if a.TLS != "" {
			lines = append(lines, "  "+a.TLS)
		} else if a.Step != outbox.PhaseNone && a.Step != outbox.PhaseConnect {
			lines = append(lines, "  no verified TLS was there, and nothing was handed over")
		}
	}
	switch {
	case len(lines) > 0:
		return lines
	case d.Decision.Method == route.MethodPost:
		return []string{"none was asked: it goes by post"}
	}
	return []string{"none was asked yet"}
}

// outcome is what one conversation means.
func (f Facts) outcome(a outbox.Attempt) string {
	switch a.Result {
	case outbox.ResultAccepted:
		return "accepted by " + f.taker()
	case outbox.ResultDeferred:
		return "not taken this time"
	case outbox.ResultRefused:
		return "refused"
	case outbox.ResultTooBig:
		return "refused: too big"
	case outbox.ResultRouteBroken:
		return "the relay could not be used; the message stayed here"
	case outbox.ResultTLSFault:
		return "verified TLS was not to be had; the message stayed here"
	case outbox.ResultUncertain:
		return "uncertain: it was handed over and no answer came"
	case outbox.ResultCrashed:
		return "the program failed before it was handed over; the message stayed here"
	}
	return string(a.Result)
}

// taker is what messages are handed to on this way.
func (f Facts) taker() string {
	if f.Delivery.Decision.Method == route.MethodGateway {
		return "the gateway"
	}
	return "the relay"
}
