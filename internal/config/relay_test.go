package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func withRelays(more string) string {
	f := first()
	return f.Text() + "\n" + more
}

func TestFurtherRelaysAreReadByName(t *testing.T) {
	c, err := Parse("/x/pepost.yaml", []byte(withRelays(`relays:
  - name: egress
    class: gateway
    address: egress.example:587
    pins: ["sha256:`+strings.Repeat("0a", 32)+`"]
    certificate: own.pem
    certificate_key: own.key
    username: peps@council.example
    token: {endpoint: "https://login.example/token", client_id: pepost, scope: smtp, secret_file: secret}
  - {name: sealed, class: sealed, address: "sealed.example:465", tls: implicit, username: u, token: {file: token}}
`)))
	if err != nil {
		t.Fatal(err)
	}
	want := []Relay{
		{
			Name: "egress", Class: ClassGateway, Address: "egress.example:587", TLS: TLSStart, Pins: []string{"sha256:" + strings.Repeat("0a", 32)},
			Username: "peps@council.example", Certificate: "/x/own.pem", CertificateKey: "/x/own.key",
			Token: Token{Endpoint: "https://login.example/token", ClientID: "pepost", Scope: "smtp", SecretFile: "/x/secret"},
		},
		{Name: "sealed", Class: ClassSealed, Address: "sealed.example:465", TLS: TLSImplicit, Username: "u", Token: Token{File: "/x/token"}},
	}
	if diff := cmp.Diff(want, c.Relays); diff != "" {
		t.Errorf("relays (-want +got):\n%s", diff)
	}
	if c.Relay.Name != MainRelay || c.Relay.Class != ClassCircle {
		t.Errorf("the main relay is %q of class %q", c.Relay.Name, c.Relay.Class)
	}
}

func TestEveryFaultOfARelayIsFoundWithItsLine(t *testing.T) {
	for name, tt := range map[string]struct{ more, field string }{
		"no name":            {"- {class: gateway, address: 'a.example:25'}", "relays[0].name"},
		"the main one's":     {"- {name: relay, class: gateway, address: 'a.example:25'}", "relays[0].name"},
		"twice":              {"- {name: a, class: gateway, address: 'a.example:25'}\n  - {name: a, class: sealed, address: 'a.example:25'}", "relays[1].name"},
		"no class":           {"- {name: a, address: 'a.example:25'}", "relays[0].class"},
		"no address":         {"- {name: a, class: gateway}", "relays[0].address"},
		"no port":            {"- {name: a, class: gateway, address: a.example}", "relays[0].address"},
		"in clear":           {"- {name: a, class: gateway, address: 'a.example:25', tls: none}", "relays[0].tls"},
		"a pin that is none": {"- {name: a, class: gateway, address: 'a.example:25', pins: [abc]}", "relays[0].pins"},
		"key alone":          {"- {name: a, class: gateway, address: 'a.example:25', certificate_key: k}", "relays[0].certificate"},
		"token alone":        {"- {name: a, class: gateway, address: 'a.example:25', token: {file: t}}", "relays[0].username"},
		"password and token": {"- {name: a, class: gateway, address: 'a.example:25', username: u, password_file: p, token: {file: t}}", "relays[0].username"},
		"two sources":        {"- {name: a, class: gateway, address: 'a.example:25', username: u, token: {file: t, client_id: c}}", "relays[0].token"},
		"endpoint in clear":  {"- {name: a, class: gateway, address: 'a.example:25', username: u, token: {endpoint: 'http://a.example', client_id: c, secret_file: s}}", "relays[0].token"},
		"bare guarantee":     {"- {name: a, class: circle, address: 'a.example:25', onward_tls: {guaranteed: true}}", "relays[0].onward_tls"},
		"too many":           {strings.Repeat("- {name: a, class: circle, address: 'a.example:25'}\n  ", 21), "relays"},
	} {
		_, err := Parse("/x/pepost.yaml", []byte(withRelays("relays:\n  "+tt.more)))
		var problems Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: taken", name)
			continue
		}
		if len(problems) != 1 || problems[0].Field != tt.field || problems[0].Hint == "" {
			t.Errorf("%s: %+v, want %s", name, problems, tt.field)
		}
	}
}
