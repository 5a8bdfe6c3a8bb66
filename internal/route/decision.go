package route

import "slices"

// Verdict is what the rule says of one recipient. The zero Verdict is Hold,
// so that a decision nobody made sends nothing.
type Verdict string

// The verdicts of the command line contract.
const (
	// Hold means a person must look before anything leaves.
	Hold Verdict = "hold"
	// Secure permits ordinary mail over verified TLS, and never less.
	Secure Verdict = "secure"
	// Encrypt means the contents must be sealed: gateway, OpenPGP or a
	// protected document.
	Encrypt Verdict = "encrypt"
	// Refuse means the text is not an address this program will ever send to.
	Refuse Verdict = "refuse"
)

// Verdicts lists every verdict.
func Verdicts() []Verdict { return []Verdict{Hold, Secure, Encrypt, Refuse} }

// Method is how a message would travel now.
type Method string

// The methods of the command line contract.
const (
	MethodNone              Method = "none"
	MethodTLS               Method = "tls"
	MethodGateway           Method = "gateway"
	MethodOpenPGP           Method = "openpgp"
	MethodProtectedDocument Method = "protected-document"
	MethodPost              Method = "post"
)

// Methods lists every method, weakest protection first.
func Methods() []Method {
	return []Method{MethodNone, MethodTLS, MethodGateway, MethodOpenPGP, MethodProtectedDocument, MethodPost}
}

// Decision is the verdict on one recipient with everything that led to it.
// It is made once, stored with the delivery and made again at sending time,
// when a weaker one holds the delivery.
type Decision struct {
	Address   string   `json:"address"`
	Canonical string   `json:"canonical"`
	Verdict   Verdict  `json:"decision"`
	Method    Method   `json:"method"`
	Rule      string   `json:"rule"`
	Reasons   []string `json:"reasons"`
	Policy    string   `json:"policy"`
	Relay     string   `json:"relay,omitempty"`
	// Key is the fingerprint of the OpenPGP key that the method is of.
	Key string `json:"key,omitempty"`
	// Asked is the method that an officer asked for; empty where nobody did.
	Asked Method `json:"asked,omitempty"`
}

// Settled is the verdict with the zero value read as Hold.
func (d Decision) Settled() Verdict {
	if slices.Contains(Verdicts(), d.Verdict) {
		return d.Verdict
	}
	return Hold
}

// WeakerThan reports whether this decision, made later, protects less than
// the earlier one: whether something sealed would now be held or something
// that was ordinary mail must now be sealed. A delivery whose decision became
// different in that way is not sent as it stands.
func (d Decision) WeakerThan(earlier Decision) bool {
	return trust(d.Settled()) < trust(earlier.Settled())
}

// trust orders how far the recipient's domain is trusted.
func trust(v Verdict) int {
	switch v {
	case Secure:
		return 3
	case Encrypt:
		return 2
	case Hold:
		return 1
	case Refuse:
		return 0
	}
	return 0
}
