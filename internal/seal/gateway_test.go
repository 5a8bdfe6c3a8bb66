package seal

import (
	"bytes"
	"errors"
	"net/mail"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// recipes are one gateway that is ordered by its entrance and a header, and one
// that is ordered by a tag.
func recipes() []route.Gateway {
	to := pep.ParseAddress("canary@elsewhere.example")
	return []route.Gateway{
		{
			Name: "egress", Product: "Egress", Relay: "egress", MaxSize: 1 << 20, Canary: route.Canary{To: to},
			Headers: []route.Header{{Name: "X-Egress-Label", Value: "Official-Sensitive"}}, FromMustBe: []string{"peps@democheshire.gov.uk"},
		},
		{Name: "voltage", Product: "Voltage", Relay: "voltage", MaxSize: 1 << 20, Canary: route.Canary{To: to}, SubjectPrefix: "[secure] ", SubjectSuffix: "#enc"},
	}
}

func byGateway(name string) route.Decision {
	return route.Decision{Verdict: route.Encrypt, Method: route.MethodGateway, Canonical: toNursery().Canonical(), Relay: name}
}

func forGateways(e Envelope) Envelope {
	e.Gateways = recipes()
	return e
}

func TestAGatewayIsOrderedAsItsRecipeSays(t *testing.T) {
	for name, want := range map[string]struct{ header, subject string }{
		"egress":  {"Official-Sensitive", "PEP-7F3K-2Q: document to fill in by Tue 17 March 2026"},
		"voltage": {"", "[secure] PEP-7F3K-2Q: document to fill in by Tue 17 March 2026 #enc"},
	} {
		d := byGateway(name)
		p, err := Seal(d, contents(t, letter.Form, d, document()), forGateways(envelope(toNursery())), Secrets{Rand: fixedRandomness()})
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(p.Bytes))
		if err != nil {
			t.Fatal(err)
		}
		if m.Header.Get("X-Egress-Label") != want.header || m.Header.Get("Subject") != want.subject || p.Passphrase != "" {
			t.Errorf("%s: header %q, subject %q", name, m.Header.Get("X-Egress-Label"), m.Header.Get("Subject"))
		}
	}
}

func TestNothingIsSealedForAGatewayThatIsNotTheOneDecidedOn(t *testing.T) {
	for name, tt := range map[string]struct {
		d route.Decision
		e Envelope
	}{
		"not described":     {byGateway("egress"), envelope(toNursery())},
		"another name":      {byGateway("purview"), forGateways(envelope(toNursery()))},
		"no name":           {byGateway(""), forGateways(envelope(toNursery()))},
		"secure by gateway": {route.Decision{Verdict: route.Secure, Method: route.MethodGateway, Canonical: toNursery().Canonical(), Relay: "egress"}, forGateways(envelope(toNursery()))},
		"held":              {route.Decision{Method: route.MethodGateway, Canonical: toNursery().Canonical(), Relay: "egress"}, forGateways(envelope(toNursery()))},
		"a sender not taken": {byGateway("egress"), func() Envelope {
			e := forGateways(envelope(toNursery()))
			e.From = pep.ParseAddress("other@democheshire.gov.uk")
			return e
		}()},
	} {
		if p, err := Seal(tt.d, contents(t, letter.Form, byGateway("egress"), document()), tt.e, Secrets{Rand: fixedRandomness()}); err == nil || p.Bytes != nil {
			t.Errorf("%s: sealed, %v", name, err)
		}
	}
}

func TestD20AMessageTooBigForItsGatewayIsNotCut(t *testing.T) {
	d, e := byGateway("egress"), forGateways(envelope(toNursery()))
	e.Gateways[0].MaxSize = 2000
	p, err := Seal(d, contents(t, letter.Form, d, document()), e, Secrets{Rand: fixedRandomness()})
	var big *TooBigError
	if !errors.As(err, &big) || big.Max != 2000 || big.Size <= 2000 || p.Bytes != nil {
		t.Errorf("%v, %d bytes", err, len(p.Bytes))
	}
}

// TestD21NoOrderInAnythingButAGatewaysOwn: a message by any other method has no
// header that orders and no tag, whatever the caller's subject held.
func TestD21NoOrderInAnythingButAGatewaysOwn(t *testing.T) {
	for _, d := range []route.Decision{bySecure(), byProtected()} {
		for _, subject := range []string{"[secure] %s", "[SECURE][encrypt]  %s", "%s [sms:+447700900000]", "%s #ENC", "[a] %s #enc [b]"} {
			c := contents(t, letter.Form, d, document())
			want := c.Subject
			c.Subject = strings.Replace(subject, "%s", c.Subject, 1)
			p, err := Seal(d, c, forGateways(envelope(recipient(d))), Secrets{Rand: fixedRandomness()})
			if err != nil {
				t.Fatal(err)
			}
			m, err := mail.ReadMessage(bytes.NewReader(p.Bytes))
			if err != nil {
				t.Fatal(err)
			}
			if m.Header.Get("Subject") != want || m.Header.Get("X-Egress-Label") != "" {
				t.Errorf("%s: subject %q", subject, m.Header.Get("Subject"))
			}
		}
	}
	c := contents(t, letter.Form, bySecure(), document())
	c.Subject = "[secure]"
	if _, err := Seal(bySecure(), c, forGateways(envelope(toSchool())), Secrets{Rand: fixedRandomness()}); err == nil {
		t.Error("a subject of nothing but a tag was sealed")
	}
}

func TestACanaryIsMadeAsAFormIs(t *testing.T) {
	g := recipes()[0]
	k := Canary{ID: "abcdefghijklmnop", InText: "textmarker", InDocument: "documentmarker", SenderName: "Council"}
	e := envelope(g.Canary.To)
	p, err := SealCanary(g, k, e, Secrets{Rand: fixedRandomness()})
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(p.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	text, files, err := bodies(m)
	if err != nil || len(files) != 1 || !strings.Contains(text, k.InText) || !bytes.Contains(files[0], []byte(k.InDocument)) {
		t.Errorf("the markers are not where they belong: %q, %v", text, err)
	}
	if m.Header.Get("X-Egress-Label") == "" || !strings.Contains(m.Header.Get("Subject"), "canary-"+k.ID) || strings.Contains(m.Header.Get("Subject"), "marker") {
		t.Errorf("headers %v", m.Header)
	}
	for name, change := range map[string]func(*Canary, *Envelope){
		"no marker":      func(k *Canary, _ *Envelope) { k.InText = "" },
		"one marker":     func(k *Canary, _ *Envelope) { k.InText = k.InDocument },
		"somebody's own": func(_ *Canary, e *Envelope) { e.To = toSchool() },
	} {
		k, e := k, e
		change(&k, &e)
		if _, err := SealCanary(g, k, e, Secrets{Rand: fixedRandomness()}); err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
}
