package route

import "github.com/pepost/pepost/internal/pep"

// Decide gives the verdict and the method for one recipient, with the reasons
// in the order in which they were found. It is pure: the same question to the
// same policy has the same answer. A nil or empty policy holds.
func (p *Policy) Decide(q Question) Decision {
	if d, byPost := p.withoutEmail(q); byPost {
		return d
	}
	found := p.judge(q.To, q.On, SideRecipient)
	d := Decision{
		Address:   q.To.Raw(),
		Canonical: q.To.Canonical(),
		Verdict:   found.verdict,
		Rule:      found.rule,
		Reasons:   append(make([]string, 0, 4), found.reason),
		Policy:    p.Hash(),
	}
	if d.Verdict == Secure {
		d = p.bothEnds(d, q)
	}
	if d.Verdict == Secure {
		d = throughRelay(d, q, found.relay)
	}
	if d.Asked = q.Asked; d.Asked == "" {
		d = chooseMethod(d, q.Means)
	} else {
		d = askedFor(d, q.Means)
	}
	d.Relay = takes(d.Method, q.Means, found.relay)
	return d
}

// takes names what the message would be handed to; nothing takes what is not
// sent by mail.
func takes(method Method, m Means, bound string) string {
	switch method {
	case MethodTLS:
		relay, _ := m.through(bound)
		return relay.Name
	case MethodOpenPGP, MethodProtectedDocument:
		if m.Sealed != "" {
			return m.Sealed
		}
		return m.Relay.Name
	case MethodGateway:
		return m.Gateway
	case MethodNone, MethodPost:
	}
	return ""
}

// withoutEmail answers for a recipient who has no e-mail address but a postal
// one: registered post.
func (p *Policy) withoutEmail(q Question) (Decision, bool) {
	if !q.To.Empty() || !q.Means.Postal || p.empty() || q.Asked != "" && q.Asked != MethodPost {
		return Decision{}, false
	}
	return Decision{
		Address: q.To.Raw(),
		Verdict: Encrypt,
		Method:  MethodPost,
		Rule:    RuleNoEmail,
		Reasons: []string{"there is no e-mail address but a postal one: registered post"},
		Policy:  p.Hash(),
		Asked:   q.Asked,
	}, true
}

// bothEnds is check 14: the sender must be in the circle by the same table.
func (p *Policy) bothEnds(d Decision, q Question) Decision {
	sender := p.judge(q.From, q.On, SideSender)
	if sender.verdict != Secure {
		return stricter(d, "the sender is not in the circle: "+sender.reason)
	}
	d.Reasons = append(d.Reasons, "the sender is in the circle by row "+sender.rule)
	return d
}

// throughRelay checks that somebody answers for TLS as far as the recipient.
func throughRelay(d Decision, q Question, bound string) Decision {
	relay, configured := q.Means.through(bound)
	switch {
	case !configured:
		return stricter(d, "the row is bound to the relay "+bound+", which is not the one in use")
	case !relay.OnwardTLS:
		return stricter(d, "nobody guarantees verified TLS beyond the relay")
	case !relay.guaranteed(q.On):
		return stricter(d, "the guarantee of verified TLS beyond the relay has lapsed or has no day on which it is reviewed")
	}
	return d
}

// stricter turns secure into encrypt, and never anything into less.
func stricter(d Decision, reason string) Decision {
	d.Verdict = Encrypt
	d.Reasons = append(d.Reasons, reason+", so the contents must be encrypted")
	return d
}

// chooseMethod gives the way the message would travel now.
func chooseMethod(d Decision, m Means) Decision {
	if d.Verdict != Secure && d.Verdict != Encrypt {
		d.Method = MethodNone
		return d
	}
	switch m.Agreed {
	case pep.AgreedNone:
		if d.Verdict == Secure {
			return by(d, MethodTLS, "ordinary mail over verified TLS, and never less")
		}
		return encrypted(d, m)
	case pep.AgreedEgress:
		d = agreed(d, "Egress")
		if m.Gateway != "" {
			return by(d, MethodGateway, "through the encrypting gateway "+m.Gateway)
		}
		return by(d, MethodProtectedDocument, m.withoutGateway()+": a protected document, its passphrase by telephone")
	case pep.AgreedProtected:
		return by(agreed(d, "a protected document"), MethodProtectedDocument, "its passphrase goes by telephone")
	case pep.AgreedPost:
		if d = agreed(d, "post"); m.Postal {
			return by(d, MethodPost, "registered post")
		}
		return held(d, "there is no postal address on file")
	}
	return held(d, "the recipient agreed to a delivery that this program does not know")
}

func encrypted(d Decision, m Means) Decision {
	switch {
	case m.Gateway != "":
		return by(d, MethodGateway, "through the encrypting gateway "+m.Gateway)
	case m.Key.Trouble != "":
		return held(d, m.Key.Trouble)
	case m.OpenPGPKey:
		return toKey(d, m, m.withoutGateway()+"; a confirmed OpenPGP key is on file")
	}
	return by(d, MethodProtectedDocument, m.withoutGateway()+" and no OpenPGP key is on file: a protected document, its passphrase by telephone")
}

// toKey is OpenPGP to the recipient's confirmed key.
func toKey(d Decision, m Means, reason string) Decision {
	d = by(d, MethodOpenPGP, reason)
	d.Key = m.Key.Fingerprint
	if m.Key.Note != "" {
		d.Reasons = append(d.Reasons, m.Key.Note)
	}
	return d
}

// agreed records an agreement; it makes a secure delivery stricter.
func agreed(d Decision, to string) Decision {
	d.Verdict = Encrypt
	d.Reasons = append(d.Reasons, "the recipient agreed to "+to)
	return d
}

func by(d Decision, method Method, reason string) Decision {
	d.Method = method
	d.Reasons = append(d.Reasons, reason)
	return d
}

func held(d Decision, reason string) Decision {
	d.Verdict = Hold
	return by(d, MethodNone, reason)
}
