package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/store/accounts"
	"github.com/pepost/pepost/internal/store/consents"
	"github.com/pepost/pepost/internal/store/deliveries"
	"github.com/pepost/pepost/internal/store/policies"
	"github.com/pepost/pepost/internal/store/storetest"
)

// guardedStage is a stage that keeps its policy in force, and two accounts.
func guardedStage(t *testing.T) (*stage, *deliveries.Deliveries) {
	t.Helper()
	s := newStage(t)
	db := storetest.Open(t, storetest.SQLite(t))
	s.Policies, s.Consents = policies.New(db), consents.New(db)
	for _, name := range []accounts.Name{"jo.smith", "sam"} {
		if err := accounts.Of(db).Add(t.Context(), accounts.New{Name: name, Role: accounts.Head, Password: "correct horse battery", At: s.now}); err != nil {
			t.Fatal(err)
		}
	}
	s.settle(s.Policy)
	archive, ok := s.Deliveries.(*deliveries.Deliveries)
	if !ok {
		t.Fatal("another store")
	}
	return s, archive
}

// settle is the policy on disk changing.
func (s *stage) settle(onDisk *route.Policy) route.Guard {
	s.t.Helper()
	guard := must(s.SettlePolicy(s.t.Context(), onDisk))(s.t)
	s.Policy, s.Guard = onDisk, &guard
	return guard
}

func (s *stage) with(rows string) *route.Policy {
	s.t.Helper()
	return must(route.Parse("f", []byte(strings.Replace(s.Policy.Text(), "rows:\n", "rows:\n"+rows, 1))))(s.t)
}

const (
	denyMarl   = "  - id: closed\n    kind: deny\n    pattern: marl.democheshire.sch.uk\n"
	trustOther = "  - id: nursery\n    kind: exact\n    pattern: nursery.example\n    route: secure\n    evidence: seen\n    checked_by: an officer\n    checked_on: 2026-01-05\n    review_by: 2027-01-05\n"
)

func TestD12APolicyNarrowedBetweenDraftAndSendHoldsWhatWasSealed(t *testing.T) {
	s, _ := guardedStage(t)
	s.enter(child("1"), teacher(trusted))
	s.ByHand = true
	s.send()
	s.settle(s.with(denyMarl))
	must(s.Release(t.Context(), pipeline.By{Name: "an officer"}))(t)
	s.send()
	d := s.stored()[0]
	if d.State != outbox.Held || len(s.relay.taken) != 0 || !strings.Contains(d.Reason, "not sent as it was sealed") {
		t.Errorf("%s, %d mails: %s", d.State, len(s.relay.taken), d.Reason)
	}
}

func TestAWidenedPolicyCountsOnceTwoPeopleAgreed(t *testing.T) {
	s, _ := guardedStage(t)
	found := s.Policy
	wider := s.with(trustOther)
	verdict := func() route.Verdict {
		return s.Guard.Decide(route.Question{To: pep.ParseAddress(stranger), From: s.From, On: pep.DateOf(s.now), Means: s.Means}).Verdict
	}
	approve := func(name string, content *route.Policy) (pipeline.Approved, error) {
		return s.ApprovePolicy(t.Context(), content, s.Policy, pipeline.By{Name: name, Why: "looked"}, s.now)
	}
	if s.settle(wider); verdict() != route.Encrypt {
		t.Errorf("nobody agreed: %s", verdict())
	}
	for range 2 {
		if out, err := approve("jo.smith", wider); err != nil || out.Enough || out.InForce {
			t.Errorf("one account: %+v %v", out, err)
		}
	}
	if s.settle(wider); verdict() != route.Encrypt {
		t.Errorf("one account agreed twice: %s", verdict())
	}
	if _, err := approve("nobody", wider); err == nil {
		t.Error("nobody's word was taken")
	}
	if out, err := approve("sam", wider); err != nil || !out.Enough || !out.InForce {
		t.Errorf("two accounts: %+v %v", out, err)
	}
	if s.settle(wider); verdict() != route.Secure || s.Guard.Changed() {
		t.Errorf("two accounts agreed: %s", verdict())
	}
	if _, err := approve("sam", wider); !errors.Is(err, pipeline.ErrPolicyUnchanged) {
		t.Error(err)
	}

	// The same content counts no more once another was in force since.
	for _, name := range []string{"jo.smith", "sam"} {
		if _, err := approve(name, found); err != nil {
			t.Fatal(err)
		}
	}
	if s.settle(found); s.Guard.Changed() || verdict() != route.Encrypt {
		t.Errorf("back to the first: %s", verdict())
	}
	if s.settle(wider); verdict() != route.Encrypt {
		t.Errorf("an old word put it in force again: %s", verdict())
	}
}

func TestAPolicyThatIsNotOnDiskYetMayBeAgreedTo(t *testing.T) {
	s, _ := guardedStage(t)
	wider := s.with(trustOther)
	for _, name := range []string{"jo.smith", "sam"} {
		out, err := s.ApprovePolicy(t.Context(), wider, s.Policy, pipeline.By{Name: name, Why: "looked"}, s.now)
		if err != nil || out.InForce {
			t.Errorf("%+v %v", out, err)
		}
	}
	if guard := s.settle(wider); guard.Changed() {
		t.Error("it waits though two people agreed")
	}
	if _, err := s.ApprovePolicy(t.Context(), s.with(denyMarl), s.Policy, pipeline.By{Name: "sam"}, s.now); err == nil {
		t.Error("a word without a reason")
	}
}

func TestD14WithoutAPolicyEverythingIsHeld(t *testing.T) {
	s, _ := guardedStage(t)
	s.enter(child("1"), teacher(trusted))
	s.settle(nil)
	s.send()
	for _, d := range s.stored() {
		if d.State != outbox.Held || d.SHA256 != "" {
			t.Errorf("%s is %s", d.Kind, d.State)
		}
	}
	fresh := &pipeline.Runner{Policies: policies.New(storetest.Open(t, storetest.SQLite(t)))}
	if guard, err := fresh.SettlePolicy(t.Context(), nil); err != nil || guard.InForce != nil || guard.OnDisk != nil {
		t.Error("a first start without a policy has one", err)
	}
}

func TestWhatIfListsWhatWouldChangeAndChangesNothing(t *testing.T) {
	s, archive := guardedStage(t)
	agreed := teacher("agreed@marl.democheshire.sch.uk")
	agreed.AgreedDelivery = pep.AgreedProtected
	for n, to := range []pep.Contact{teacher(trusted), agreed, teacher(stranger)} {
		s.enter(child(fmt.Sprint(n+1)), to)
	}
	s.send()
	before := s.list()
	replay := func(p *route.Policy) (pipeline.WhatIf, []string) {
		var told []string
		out, err := s.WhatIf(t.Context(), archive, p, func(c pipeline.Replayed) error {
			told = append(told, fmt.Sprintf("%s/%s to %s/%s by %s", c.Now.Verdict, c.Now.Method, c.Then.Verdict, c.Then.Method, c.Then.Rule))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out, told
	}
	if out, _ := replay(s.Policy); out.Deliveries != 3 || out.Changed != 0 {
		t.Errorf("the same policy changes %+v", out)
	}
	if _, told := replay(s.with(denyMarl)); len(told) != 1 || told[0] != "secure/tls to encrypt/protected-document by closed" {
		t.Errorf("narrower: %q", told)
	}
	if _, told := replay(s.with(trustOther)); len(told) != 1 || told[0] != "encrypt/protected-document to secure/tls by nursery" {
		t.Errorf("wider: %q", told)
	}
	if out, _ := replay(nil); out.Changed != 3 {
		t.Errorf("without a policy: %+v", out)
	}
	if after := s.list(); strings.Join(after, ",") != strings.Join(before, ",") {
		t.Errorf("%v became %v", before, after)
	}
}

func TestWhatIfGoesThroughMoreThanAPage(t *testing.T) {
	s := newStage(t)
	pages := &pagesOf{total: 1203}
	out, err := s.WhatIf(t.Context(), pages, s.Policy, func(pipeline.Replayed) error { return nil })
	if err != nil || out.Deliveries != 1203 || pages.asked < 3 {
		t.Errorf("%+v after %d pages: %v", out, pages.asked, err)
	}
}

// pagesOf is an archive of so many deliveries without a recipient.
type pagesOf struct{ total, given, asked int }

func (p *pagesOf) Page(_ context.Context, after string, most int) ([]outbox.Delivery, error) {
	if p.asked++; p.given > 0 && after != fmt.Sprintf("%05d", p.given) {
		return nil, fmt.Errorf("asked for what comes after %s", after)
	}
	var page []outbox.Delivery
	for ; len(page) < most && p.given < p.total; p.given++ {
		page = append(page, outbox.Delivery{ID: fmt.Sprintf("%05d", p.given+1)})
	}
	return page, nil
}
