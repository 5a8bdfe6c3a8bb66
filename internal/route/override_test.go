package route

import (
	"testing"

	"github.com/pepost/pepost/internal/pep"
)

// D18: an officer who asks for ordinary mail gets it only where the address is
// secure anyway; the policy cannot be made to say so of a free mail service
// either (its row is refused), and what a changed file widens waits for two
// people.
func TestD18NobodyCanAskForOrdinaryMailToAnAddressThatIsNotSecure(t *testing.T) {
	p := load(t, "cheshire-west")
	for to, want := range map[string]Method{
		"a@gmail.com": MethodTLS, "a@x.gsi.gov.uk": MethodTLS, "a@sch.uk": MethodTLS, "a@setting.example": MethodTLS, "a@\u0441heshire.sch.uk": MethodTLS,
	} {
		d := ask(p, to, func(q *Question) { q.Asked = want })
		if d.Verdict == Secure || d.Method == MethodTLS {
			t.Errorf("%s: %s by %s", to, d.Verdict, d.Method)
		}
		file := parse(t, secureRow+"  - id: widened\n    kind: suffix\n    pattern: setting.example\n    route: secure\n    evidence: seen\n    checked_by: x\n    checked_on: 2026-01-05\n    review_by: 2027-01-05\n")
		q := Question{To: pep.ParseAddress(to), From: pep.ParseAddress(ownAddress), On: today(), Means: trusted(), Asked: want}
		if d := (Guard{InForce: p, OnDisk: file}).Decide(q); d.Verdict == Secure || d.Method == MethodTLS {
			t.Errorf("%s with a widened file: %s by %s", to, d.Verdict, d.Method)
		}
	}
}
