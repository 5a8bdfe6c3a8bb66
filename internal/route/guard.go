package route

import "slices"

// Guard decides by two policies, the one in force and the one on disk, and
// takes the stricter answer of both: what a changed file narrows counts at
// once, what it widens waits until two people agreed to it and it is the one
// in force. A nil policy holds everything, so the zero Guard does.
type Guard struct {
	// InForce is the policy that was agreed to, or that the installation began
	// with.
	InForce *Policy
	// OnDisk is the policy as the file says it now; nil where there is none.
	OnDisk *Policy
	// Relays are the relays' guarantees, which the same two agreed to.
	Relays RelayTerms
}

// Sole is the guard of one policy that nobody changed.
func Sole(p *Policy) Guard { return Guard{InForce: p, OnDisk: p} }

// Changed reports whether what is on disk, the file or a relay's guarantee, is
// not what is in force.
func (g Guard) Changed() bool { return g.rowsChanged() || g.Relays.Changed() }

// rowsChanged reports whether the file on disk is not the policy in force.
func (g Guard) rowsChanged() bool {
	return g.InForce != g.OnDisk && (g.InForce.Hash() != g.OnDisk.Hash() || g.InForce.Hash() == "")
}

// Decide gives the stricter of what both policies say. Where the file on disk
// would trust the recipient more, the last reason names its row and what it
// waits for; [Decision.Policy] is the hash of the policy that decided.
func (g Guard) Decide(q Question) Decision {
	asked := q
	q.Means = g.Relays.permit(q.Means)
	agreed := g.InForce.Decide(q)
	if g.Relays.Changed() && trust(g.InForce.Decide(asked).Verdict) > trust(agreed.Verdict) {
		agreed.Reasons = append(agreed.Reasons, "the relays as changed on disk would permit more; that waits for two people: "+howToAgree)
	}
	if !g.rowsChanged() {
		return agreed
	}
	file := g.OnDisk.Decide(q)
	switch {
	case trust(file.Verdict) < trust(agreed.Verdict):
		file.Reasons = append(file.Reasons, "by the delivery policy as changed on disk, which counts at once where it is stricter")
		return file
	case trust(file.Verdict) > trust(agreed.Verdict):
		agreed.Reasons = append(agreed.Reasons, "the delivery policy as changed on disk would say "+string(file.Verdict)+
			" by row "+file.Rule+"; that waits for two people: "+howToAgree)
	}
	return agreed
}

// howToAgree is what each of the two does.
const howToAgree = "pepost policy approve --account NAME"

// Redecide makes a decision again at sending time, as [Policy.Redecide] does.
func (g Guard) Redecide(earlier Decision, q Question) (now Decision, weaker bool) {
	now = g.Decide(q)
	why := objection(earlier, now, q.Means)
	if why == "" {
		return now, false
	}
	now.Reasons = append(slices.Clone(now.Reasons), "not sent as it was sealed: "+why)
	return now, true
}

// Gateways are the gateways of the file on disk that the policy in force
// describes in the same way. One that was added or changed waits for two people
// like a row that widens; one that was taken out is gone at once.
func (g Guard) Gateways() []Gateway {
	agreed := g.InForce.Gateways()
	return slices.DeleteFunc(g.OnDisk.Gateways(), func(one Gateway) bool {
		return !slices.ContainsFunc(agreed, one.same)
	})
}

// Gateway gives one of them by its name.
func (g Guard) Gateway(name string) (Gateway, bool) {
	all := g.Gateways()
	if i := slices.IndexFunc(all, func(one Gateway) bool { return one.Name == name }); i >= 0 {
		return all[i], true
	}
	return Gateway{}, false
}
