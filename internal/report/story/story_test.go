package story_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/post"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/report/story"
	"github.com/pepost/pepost/internal/route"
)

var update = flag.Bool("update", false, "write the golden files")

var digest = strings.Repeat("0123456789abcdef", 4)

// began is when every delivery of these tests was drafted.
func began() time.Time { return time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC) }

func fresh() outbox.Delivery {
	return outbox.Delivery{
		ID: "d1", Key: "k", Ref: "PEP-7F3K-2Q", PlanKey: "p", Kind: outbox.KindForm, Milestone: "form_out", Due: pep.MustDate("2026-02-03"),
		Recipient: outbox.Recipient{
			Role: pep.DesignatedTeacher, Name: "Anna Teacher", Address: pep.ParseAddress("dt@oak.example"), Phone: "01632 960111",
			Why: []string{"statutory on roll: the council's page"}, New: true,
		},
		Decision: route.Decision{
			Canonical: "dt@oak.example", Verdict: route.Encrypt, Method: route.MethodProtectedDocument, Rule: "no-row",
			Reasons: []string{"no row of the policy knows this domain"}, Policy: "sha256:" + digest, Relay: "relay",
		},
		State: outbox.Drafted, MessageID: "<d1@council.example>", Form: "statutory " + digest, SHA256: digest, Size: 104_300,
		Passphrase: outbox.PassphrasePending,
		Events:     []outbox.Event{{At: began(), Action: outbox.Draft, To: outbox.Drafted, By: "pepost 12-ab12"}},
	}
}

// step is one thing that happens to a delivery, an hour after the one before.
type step struct {
	action outbox.Action
	by     string
	why    string
	cause  outbox.Cause
}

func after(t *testing.T, d outbox.Delivery, steps ...step) outbox.Delivery {
	t.Helper()
	for _, s := range steps {
		at := began().Add(time.Duration(len(d.Events)) * time.Hour)
		var err error
		if d, err = outbox.Advance(d, s.action, outbox.Occasion{At: at, By: s.by, Why: s.why, Cause: s.cause}); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func attempted(d outbox.Delivery, a outbox.Attempt) outbox.Delivery {
	a.At = began().Add(2 * time.Hour)
	d.Attempts = append(d.Attempts, a)
	return d
}

const program = "pepost 12-ab12"

// cases are one delivery in every state, and the ways that read differently.
func cases(t *testing.T) map[string]story.Facts {
	t.Helper()
	release := step{action: outbox.Approve, by: "A. Officer"}
	start := step{action: outbox.Start, by: program}
	accept := step{action: outbox.Accept, by: program, why: "accepted by the relay"}
	taken := outbox.Attempt{Result: outbox.ResultAccepted, Step: outbox.PhaseReply, Code: 250, Enhanced: "2.0.0", Text: "Ok: queued as Q1", QueueID: "Q1", TLS: "TLS 1.3 verified"}
	accepted := attempted(after(t, fresh(), release, start, accept), taken)
	read := after(t, accepted, step{action: outbox.Note, by: "A. Officer", why: "passphrase read for handing over by telephone to a number ending in 11"})
	read.Passphrase = outbox.PassphraseHandedOver
	gateway := accepted
	gateway.Decision.Method, gateway.Decision.Relay, gateway.Passphrase = route.MethodGateway, "egress", outbox.PassphraseNone
	posted := after(t, letter(), step{action: outbox.Hold, by: program, why: "to go by registered post"}, step{outbox.Post, "B. Post", "registered post", ""})
	posted.Posting = post.Proof{Number: "RN123456785GB", PostedOn: pep.MustDate("2026-02-04"), Reference: "receipt book 4"}
	bare := fresh()
	bare.SHA256, bare.Recipient.Address, bare.Passphrase, bare.Decision = "", pep.ParseAddress(""), "", route.Decision{}
	digestMail := fresh()
	digestMail.Kind, digestMail.Recipient.Why, digestMail.Passphrase, digestMail.Form = outbox.KindDigest, nil, "", ""
	replaced := after(t, fresh(), step{outbox.Cancel, "A. Officer", "their mail takes no protected file", ""})
	replaced.ReplacedBy = "d2"
	facts := map[string]story.Facts{
		"drafted":  {Delivery: fresh()},
		"approved": {Delivery: after(t, fresh(), release)},
		"held":     {Delivery: after(t, fresh(), step{outbox.Hold, program, "the address looks like a known one", ""}), Frozen: "frozen by an incident"},
		"held without bytes": {
			Delivery: after(t, bare, step{outbox.Hold, program, "no usable e-mail address is on record", ""}),
			Proposed: route.MethodPost, ProposedWhy: "there is no e-mail address",
		},
		"sending":  {Delivery: after(t, fresh(), release, start)},
		"accepted": {Delivery: accepted, Document: digest, Opened: []story.Opening{{At: began(), By: "shell user not identified"}}},
		"answered": {Delivery: read, Returns: []story.Return{
			{ID: "r1", At: began().AddDate(0, 0, 7), State: "accepted", Sure: true, SHA256: digest, Settled: began().AddDate(0, 0, 8), SettledBy: "A. Officer", SettledWhy: "checked"},
			{ID: "r2", At: began().AddDate(0, 0, 9), State: "waiting", Reasons: []string{"it names another form"}},
		}},
		"delivered": {Delivery: after(t, read, step{outbox.Deliver, program, "the far mail server reported it delivered", ""})},
		"deferred":  {Delivery: deferred(t, release, start)},
		"refused": {Delivery: attempted(after(t, fresh(), release, start, step{outbox.Refuse, program, "refused by the relay", ""}),
			outbox.Attempt{Result: outbox.ResultRefused, Step: outbox.PhaseEnvelope, Code: 550, Enhanced: "5.1.1", Text: "unknown", TLS: "TLS 1.3 verified"})},
		"uncertain": {Delivery: attempted(after(t, fresh(), release, start, step{outbox.Lose, program, "no answer came", ""}),
			outbox.Attempt{Result: outbox.ResultUncertain, Step: outbox.PhaseDot, TLS: "TLS 1.3 verified"})},
		"bounced": {
			Delivery: after(t, accepted, step{outbox.Bounce, program, "it came back", outbox.CausePolicy}),
			Proposed: route.MethodOpenPGP, ProposedWhy: "the mail server refuses the protected attachment",
		},
		"posted":    {Delivery: posted, AskOn: pep.MustDate("2026-02-09")},
		"cancelled": {Delivery: replaced},
		"digest":    {Delivery: digestMail},
	}
	for _, means := range route.Meanings() {
		facts["gateway "+string(means)+" accepted"] = story.Facts{Delivery: gateway, Means: means}
		facts["gateway "+string(means)+" reported"] = story.Facts{Delivery: after(t, gateway, step{action: outbox.Deliver, by: program}), Means: means}
	}
	return facts
}

func letter() outbox.Delivery {
	d := fresh()
	d.Decision.Method, d.Decision.Relay, d.Passphrase = route.MethodPost, "", outbox.PassphraseNone
	return d
}

func deferred(t *testing.T, steps ...step) outbox.Delivery {
	t.Helper()
	d := after(t, fresh(), append(steps, step{outbox.Defer, program, "not taken this time", ""})...)
	d.NextAttempt = began().Add(5 * time.Hour)
	return attempted(d, outbox.Attempt{Result: outbox.ResultTLSFault, Step: outbox.PhaseTLS})
}

func told(chapters []story.Chapter) string {
	var b strings.Builder
	for _, c := range chapters {
		fmt.Fprintf(&b, "%s\n", c.Topic)
		for _, line := range c.Lines {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	return b.String()
}

func TestTheStoryOfADeliveryInEveryState(t *testing.T) {
	all := cases(t)
	var b bytes.Buffer
	names := make([]string, 0, len(all))
	states := map[outbox.State]bool{}
	for name, f := range all {
		names = append(names, name)
		states[f.Delivery.State] = true
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "=== %s\n%s\n", name, told(story.Tell(all[name])))
	}
	for _, s := range outbox.States() {
		if !states[s] {
			t.Errorf("no story of a delivery that is %s", s)
		}
	}
	golden := filepath.Join("testdata", "stories.txt")
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b.Bytes()) {
		t.Errorf("the stories are told otherwise than in %s:\n%s", golden, b.String())
	}
}

func TestEveryTopicIsToldOnceInOrder(t *testing.T) {
	for name, f := range cases(t) {
		chapters := story.Tell(f)
		var topics []story.Topic
		for _, c := range chapters {
			topics = append(topics, c.Topic)
			if len(c.Lines) == 0 {
				t.Errorf("%s: nothing is said of %s", name, c.Topic)
			}
		}
		if !slices.Equal(topics, story.Topics()) {
			t.Errorf("%s: topics %v", name, topics)
		}
	}
}

// The relay took it: that is not delivered, and delivered is not read.
func TestNoMoreIsClaimedThanIsKnown(t *testing.T) {
	for name, f := range cases(t) {
		text := told(story.Tell(f))
		if f.Delivery.State == outbox.Accepted && strings.Contains(text, "delivered to") {
			t.Errorf("%s: accepted is told as delivered:\n%s", name, text)
		}
		if f.Means == route.MeansTaken && !strings.Contains(text, "whether the recipient has it is not known") {
			t.Errorf("%s: a gateway that took it is told as more:\n%s", name, text)
		}
		if strings.Contains(text, "Anna") || strings.Contains(text, "960111") {
			t.Errorf("%s: a name or a number is told", name)
		}
	}
	if said := report.StandsBy(outbox.Delivered, route.MeansCollected); !strings.HasPrefix(said, "collected") {
		t.Errorf("a message that was collected is told as %q", said)
	}
}

func TestAnAddressOfForeignLettersIsToldLetterByLetter(t *testing.T) {
	d := fresh()
	d.Recipient.Address = pep.ParseAddress("dt@оak.example") // the о is Cyrillic
	if text := told(story.Tell(story.Facts{Delivery: d})); strings.Contains(text, "о") {
		t.Errorf("a letter that passes for another is shown as it is:\n%s", text)
	}
}
