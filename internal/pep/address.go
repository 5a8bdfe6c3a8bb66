package pep

import "strings"

// AddressVerdict is what was decided about the shape of an address, before
// any policy is asked.
type AddressVerdict string

// The three outcomes. The zero value is none of them and is treated as
// refused by every reader.
const (
	// AddressGood may be asked of the delivery policy.
	AddressGood AddressVerdict = "good"
	// AddressNeedsPerson is held: it has a character outside ASCII, which two
	// programs may read as two different names.
	AddressNeedsPerson AddressVerdict = "needs a person"
	// AddressRefused will never be sent to.
	AddressRefused AddressVerdict = "refused"
)

// AddressCheck is one of the checks of an address's shape, in the order in
// which they are made.
type AddressCheck string

// The checks. CheckNone is that of an address none of them objects to.
const (
	CheckNone     AddressCheck = ""
	CheckControls AddressCheck = "control characters"
	CheckShape    AddressCheck = "shape"
	CheckLocal    AddressCheck = "length before the @"
	CheckASCII    AddressCheck = "characters outside ASCII"
	CheckDomain   AddressCheck = "syntax of the domain"
)

// ClosedRegistries are the suffixes whose registrants are vetted and under
// which, therefore, no mailbox can stand at the registry's own name
// (gov.uk: Cabinet Office; sch.uk: Nominet with a school check; police.uk,
// nhs.uk, mod.uk and ac.uk: their own authorities).
func ClosedRegistries() []string {
	return []string{"gov.uk", "sch.uk", "police.uk", "nhs.uk", "mod.uk", "ac.uk"}
}

// Address is one bare mail address, judged once. Two addresses are the same
// recipient where Canonical is equal. The zero Address is refused.
type Address struct {
	raw       string
	canonical string
	verdict   AddressVerdict
	reason    string
	objection AddressCheck
}

// Length limits of RFC 5321 section 4.5.3.1 and RFC 1035 section 2.3.4.
const (
	maxLocal  = 64
	maxDomain = 253
	maxLabel  = 63
)

// ParseAddress judges the text of one recipient. It trims outer ASCII spaces
// and tabs and nothing else, lower-cases the domain and keeps the local part
// as typed. The order of its checks is fixed, so that every text has exactly
// one outcome: control characters, shape, length of the local part,
// characters outside ASCII, syntax of the domain.
func ParseAddress(text string) Address {
	a := Address{raw: text}
	bare := strings.Trim(text, " \t")
	for _, check := range [...]struct {
		name AddressCheck
		of   func(string) (AddressVerdict, string)
	}{
		{CheckControls, checkControls},
		{CheckShape, checkShape},
		{CheckLocal, checkLocalLength},
		{CheckASCII, checkASCII},
		{CheckDomain, checkDomain},
	} {
		if verdict, reason := check.of(bare); verdict != AddressGood {
			a.verdict, a.reason, a.objection = verdict, reason, check.name
			return a
		}
	}
	a.canonical, a.verdict = bare, AddressGood
	local, domain, _ := strings.Cut(bare, "@")
	if lower := strings.ToLower(domain); lower != domain {
		a.canonical = local + "@" + lower
	}
	return a
}

// Verdict is the outcome; a zero Address is refused.
func (a Address) Verdict() AddressVerdict {
	if a.verdict == "" {
		return AddressRefused
	}
	return a.verdict
}

// Reason says in an officer's words why the address is not good; it is empty
// for a good one and never holds the address.
func (a Address) Reason() string {
	if a.verdict == "" {
		return "there is no address"
	}
	return a.reason
}

// Objection is the check that spoke; none for a good address.
func (a Address) Objection() AddressCheck {
	if a.verdict == "" {
		return CheckShape
	}
	return a.objection
}

// Raw is the text as it was given.
func (a Address) Raw() string { return a.raw }

// Canonical is the one form that is decided on and put into RCPT TO: the
// local part as typed, the domain in lower case. It is empty unless the
// address is good.
func (a Address) Canonical() string { return a.canonical }

// Domain is the canonical domain, empty unless the address is good.
func (a Address) Domain() string {
	_, domain, _ := strings.Cut(a.canonical, "@")
	return domain
}

// Empty reports whether no address was given at all.
func (a Address) Empty() bool { return strings.Trim(a.raw, " \t") == "" }

// MarshalText is the text as given, so that a stored address is judged again
// by the same rule when it is read.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.raw), nil }

// UnmarshalText judges the text; it never fails, since a bad address is a
// value too.
func (a *Address) UnmarshalText(text []byte) error {
	*a = ParseAddress(string(text))
	return nil
}

func checkControls(s string) (AddressVerdict, string) {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == 0x7f {
			return AddressRefused, "it has a control character, which could smuggle a second recipient in"
		}
	}
	return AddressGood, ""
}

// checkShape wants one bare dot-atom, one @ and one domain. Characters
// outside ASCII pass here; the next checks hold them.
func checkShape(s string) (AddressVerdict, string) {
	if s == "" {
		return AddressRefused, "there is no address"
	}
	if strings.ContainsAny(s, "\"()<>[]\\,;: ") {
		return AddressRefused, "it is not one bare address: quotes, brackets, blanks, names and lists are not taken"
	}
	if strings.Count(s, "@") != 1 {
		return AddressRefused, "it does not have exactly one @"
	}
	local, domain, _ := strings.Cut(s, "@")
	if local == "" || domain == "" {
		return AddressRefused, "one side of the @ is empty"
	}
	if strings.ContainsAny(local, "%!") {
		return AddressRefused, "% and ! before the @ ask a server to pass mail on"
	}
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return AddressRefused, "a dot before the @ stands first, last or twice"
	}
	return AddressGood, ""
}

func checkLocalLength(s string) (AddressVerdict, string) {
	if strings.IndexByte(s, '@') > maxLocal {
		return AddressRefused, "the part before the @ is longer than 64 characters"
	}
	return AddressGood, ""
}

func checkASCII(s string) (AddressVerdict, string) {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return AddressNeedsPerson, "it has a character outside plain ASCII: a look-alike letter or a hidden mark; ask for the address again"
		}
	}
	return AddressGood, ""
}

// checkDomain is the syntax of a host name (RFC 1123 section 2.1 with the
// lengths of RFC 1035): letters, digits and hyphens in at least two labels,
// not an IP address, not a closed registry itself.
func checkDomain(s string) (AddressVerdict, string) {
	_, domain, _ := strings.Cut(strings.ToLower(s), "@")
	if strings.HasSuffix(domain, ".") {
		return AddressRefused, "the domain ends with a dot"
	}
	if len(domain) > maxDomain {
		return AddressRefused, "the domain is longer than 253 characters"
	}
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if !hostLabel(label) {
			return AddressRefused, "the domain is not a host name: each part has 1 to 63 letters, digits or inner hyphens"
		}
	}
	switch {
	case len(labels) < 2:
		return AddressRefused, "the domain has no dot"
	case isNumber(labels[len(labels)-1]):
		return AddressRefused, "the domain is a number, not a name"
	}
	for _, registry := range ClosedRegistries() {
		if domain == registry {
			return AddressRefused, "the domain is a whole registry, not a setting's own"
		}
	}
	return AddressGood, ""
}

func hostLabel(label string) bool {
	if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	for i := range len(label) {
		c := label[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// isNumber reports whether a last label makes the whole domain a number:
// resolvers read 127.1 and 0x7f.0.0.1 as addresses too, and no top-level
// domain is all digits (RFC 3696 section 2).
func isNumber(last string) bool {
	hex, isHex := strings.CutPrefix(last, "0x")
	return strings.Trim(last, "0123456789") == "" || isHex && strings.Trim(hex, "0123456789abcdef") == ""
}
