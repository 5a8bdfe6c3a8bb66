package route

// Redecide makes a decision again at sending time, by the policy and the means
// of now, and reports whether what was sealed under the earlier one may no
// longer go as it stands. Then the delivery is held; the last reason of the
// new decision says why.
func (p *Policy) Redecide(earlier Decision, q Question) (now Decision, weaker bool) {
	return Sole(p).Redecide(earlier, q)
}

// The objections to what was sealed to a key that is not the confirmed one.
const (
	KeyGone     = "the recipient's key is gone"
	KeyReplaced = "it was sealed to another key than the one that is confirmed now"
)

// objection says why sealed bytes may not leave under a later decision; it is
// empty where they may.
func objection(earlier, now Decision, m Means) string {
	switch {
	case earlier.Canonical != now.Canonical:
		return "the address is not the one that was decided on"
	case earlier.Settled() == Hold || earlier.Settled() == Refuse:
		return "it was never released to be sent"
	case earlier.Method == MethodOpenPGP && m.Key.Trouble != "":
		return m.Key.Trouble
	case now.Settled() == Hold || now.Settled() == Refuse:
		return "the decision is now " + string(now.Settled())
	case now.WeakerThan(earlier):
		return "the address is trusted less than when it was sealed"
	case now.Method == MethodPost && earlier.Method != MethodPost:
		return "the recipient is now to be sent to by post"
	}
	switch earlier.Method {
	case MethodTLS:
		if now.Method != MethodTLS {
			return "ordinary mail is no longer permitted"
		}
	case MethodGateway:
		if m.Gateway == "" || m.Gateway != earlier.Relay {
			return "the gateway it was sealed for is not open: " + m.withoutGateway()
		}
	case MethodOpenPGP:
		if !m.OpenPGPKey {
			return KeyGone
		}
		if m.Key.Fingerprint != earlier.Key {
			return KeyReplaced
		}
	case MethodProtectedDocument:
	case MethodPost:
		if now.Method != MethodPost {
			return "the recipient is no longer to be sent to by post"
		}
	case MethodNone:
		return "it was never released to be sent"
	default:
		return "the earlier method is unknown"
	}
	return ""
}
