package route

import "github.com/pepost/pepost/internal/pep"

// askedFor gives the method that an officer asked for where the verdict
// permits it and it can be had now; else it holds. Nothing is chosen instead.
func askedFor(d Decision, m Means) Decision {
	if d.Verdict != Secure && d.Verdict != Encrypt {
		d.Method = MethodNone
		return d
	}
	if d.Asked != MethodTLS {
		d.Verdict = Encrypt
	}
	switch d.Asked {
	case MethodTLS:
		if d.Verdict == Secure && m.Agreed == pep.AgreedNone {
			return by(d, MethodTLS, "an officer asked for ordinary mail over verified TLS, which is permitted here")
		}
		return held(d, "an officer asked for ordinary mail, which is not permitted here")
	case MethodGateway:
		if m.Gateway != "" {
			return by(d, MethodGateway, "an officer asked for the encrypting gateway "+m.Gateway)
		}
		return held(d, "an officer asked for the encrypting gateway, and none is open")
	case MethodOpenPGP:
		switch {
		case m.Key.Trouble != "":
			return held(d, m.Key.Trouble)
		case m.OpenPGPKey:
			return toKey(d, m, "an officer asked for OpenPGP, and a confirmed key is on file")
		}
		return held(d, "an officer asked for OpenPGP, and no confirmed key of the recipient is on file")
	case MethodProtectedDocument:
		return by(d, MethodProtectedDocument, "an officer asked for a protected document, its passphrase by another channel")
	case MethodPost:
		if m.Postal {
			return by(d, MethodPost, "an officer asked for registered post")
		}
		return held(d, "an officer asked for registered post, and there is no postal address on file")
	case MethodNone:
	}
	return held(d, "an officer asked for a method that does not exist")
}

// Earlier reports whether a method stands before another in [Methods], so that
// it protects less: going back to it takes two people.
func (m Method) Earlier(than Method) bool { return m.rank() < than.rank() }

func (m Method) rank() int {
	for i, each := range Methods() {
		if each == m {
			return i
		}
	}
	return 0
}
