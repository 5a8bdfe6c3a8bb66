package addressbook_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/pep"
)

func on(day int) time.Time { return time.Date(2026, 2, day, 9, 0, 0, 0, time.UTC) }

// entry is an address that an export first named on the first of February.
func entry(text string, change ...func(*addressbook.Entry)) addressbook.Entry {
	e := addressbook.Entry{Address: pep.ParseAddress(text), Source: addressbook.FromExport, FirstSeen: on(1)}
	for _, f := range change {
		f(&e)
	}
	return e
}

func seen(day int) func(*addressbook.Entry) {
	return func(e *addressbook.Entry) { e.FirstSeen = on(day) }
}

func used(day int) func(*addressbook.Entry) {
	return func(e *addressbook.Entry) { e.Used = on(day) }
}

func bounced(day int) func(*addressbook.Entry) {
	return func(e *addressbook.Entry) { e.Used, e.Bounced = on(day), on(day) }
}

func delivered(day int) func(*addressbook.Entry) {
	return func(e *addressbook.Entry) { e.Used, e.Delivered = on(day), on(day) }
}

func confirmed(day int) func(*addressbook.Entry) {
	return func(e *addressbook.Entry) { e.Confirmed = on(day) }
}

func refused(day int) func(*addressbook.Entry) {
	return func(e *addressbook.Entry) { e.Refused = on(day) }
}

func named(keys ...string) addressbook.Situation {
	return addressbook.Situation{Named: true, Names: keys, Own: pep.ParseAddress("peps@council.example")}
}

// facts are those of an address whose person has some others.
func facts(own addressbook.Entry, others ...addressbook.Entry) addressbook.Facts {
	f := addressbook.Facts{Entry: own, Domain: addressbook.Domain{Name: own.Address.Domain(), FirstSeen: own.FirstSeen}}
	for _, other := range others {
		f.Others = append(f.Others, addressbook.Other{Entry: other})
	}
	return f
}

func replacing(f addressbook.Facts) addressbook.Facts {
	for i := range f.Others {
		f.Others[i].Replaced = true
	}
	return f
}

// near adds a known domain.
func near(f addressbook.Facts, name string, day int, stands bool) addressbook.Facts {
	f.Near = append(f.Near, addressbook.Domain{Name: name, FirstSeen: on(day), Stands: stands})
	return f
}

const (
	jones  = "a.jones@marl.cheshire.sch.uk"
	slip   = "a.jnoes@marl.cheshire.sch.uk"
	other  = "b.smith@marl.cheshire.sch.uk"
	school = "marl.cheshire.sch.uk"
)

func TestWhoMayBeWrittenTo(t *testing.T) {
	established := func(f addressbook.Facts) addressbook.Facts { f.Domain.Established = true; return f }
	rows := []struct {
		name  string
		facts addressbook.Facts
		in    addressbook.Situation
		want  addressbook.Ground
		isNew bool
	}{
		{"new, the export vouches", facts(entry(jones)), named(), addressbook.NoGround, true},
		{"the book never saw it", facts(addressbook.Entry{Address: pep.ParseAddress(jones)}), named(), addressbook.NoGround, true},
		{"sent to before", facts(entry(jones, used(2))), named(), addressbook.NoGround, false},
		{"confirmed", facts(entry(jones, confirmed(2))), named(), addressbook.NoGround, false},
		{"our own mailbox in capitals", facts(entry("PEPS@Council.example")), named(), addressbook.OwnMailbox, false},
		{"refused", facts(entry(jones, used(2), refused(3))), named(), addressbook.Refused, false},
		{"refused, then confirmed", facts(entry(jones, refused(3), confirmed(4))), named(), addressbook.NoGround, false},
		{"confirmed, then refused", facts(entry(jones, confirmed(3), refused(4))), named(), addressbook.Refused, false},
		{"bounced", facts(entry(jones, bounced(3))), named(), addressbook.Returned, false},
		{"bounced, accepted since, nothing arrived", facts(entry(jones, bounced(3), used(5))), named(), addressbook.Returned, false},
		{"bounced, arrived since", facts(entry(jones, bounced(3), delivered(5))), named(), addressbook.NoGround, false},
		{"arrived, bounced since", facts(entry(jones, delivered(2), bounced(3))), named(), addressbook.Returned, false},
		{"bounced, confirmed since", facts(entry(jones, bounced(3), confirmed(4))), named(), addressbook.NoGround, false},
		{"confirmed, bounced since", facts(entry(jones, confirmed(2), bounced(3))), named(), addressbook.Returned, false},
		{"not named, a strange organisation", facts(entry(jones, confirmed(2))), addressbook.Situation{}, addressbook.Stranger, false},
		{"not named, typed", facts(entry(jones, func(e *addressbook.Entry) { e.Source = addressbook.FromPerson })), addressbook.Situation{Went: true}, addressbook.Elsewhere, false},
		{"not named, from a returned mail", facts(entry(jones, func(e *addressbook.Entry) { e.Source = addressbook.FromReturn })), addressbook.Situation{Went: true}, addressbook.Elsewhere, false},
		{"not named, confirmed, papers went there", facts(entry(jones, confirmed(2))), addressbook.Situation{Went: true}, addressbook.NoGround, false},
		{"a slip of an earlier one", facts(entry(slip, seen(5)), entry(jones)), named(), addressbook.LookAlike, false},
		{"a slip beside one that was sent to", facts(entry(slip), entry(jones, used(2))), named(), addressbook.LookAlike, false},
		{"a slip that was sent to is known", facts(entry(slip, seen(5), used(6)), entry(jones)), named(), addressbook.NoGround, false},
		{"a slip that two people confirmed", facts(entry(slip, seen(5), confirmed(6)), entry(jones)), named(), addressbook.NoGround, false},
		{"the true one beside a later slip", facts(entry(jones), entry(slip, seen(5))), named(), addressbook.NoGround, true},
		{"the true one beside a refused slip", facts(entry(jones, seen(5)), entry(slip, refused(3))), named(), addressbook.NoGround, true},
		{"the true one after a slip that came back", facts(entry(jones, seen(5)), entry(slip, bounced(3))), named(), addressbook.NoGround, true},
		{"refusing the one that was sent to lets no slip through", facts(entry(slip, seen(5)), entry(jones, used(2), refused(6))), named(), addressbook.LookAlike, false},
		{"both in one export", facts(entry(jones), entry(slip)), named(), addressbook.NoGround, true},
		{"another person's address that is not near", facts(entry(other, seen(5)), entry(jones)), named(), addressbook.NoGround, true},
		{"two numbered mailboxes", facts(entry("team2@council.example", seen(5)), entry("team1@council.example")), named(), addressbook.NoGround, true},
		{"a number in the other's place", replacing(facts(entry("lee72@mail.example", seen(5)), entry("lee73@mail.example"))), named(), addressbook.LookAlike, false},
		{"a confirmed one is replaced", facts(entry(other, seen(5)), entry(jones, confirmed(2))), named(), addressbook.Replaced, false},
		{"a confirmed one stands beside it", facts(entry(other, seen(5)), entry(jones, confirmed(2))), named(jones), addressbook.NoGround, true},
		{"an unconfirmed one is replaced", facts(entry(other, seen(5)), entry(jones, used(2))), named(), addressbook.NoGround, true},
		{"back to the address before the confirmed one", facts(entry(other, used(1)), entry(jones, confirmed(2))), named(), addressbook.Replaced, false},
		{"a domain like an earlier one", near(facts(entry("a@mar1.example", seen(5))), "marl.example", 1, true), named(), addressbook.LookAlike, false},
		{"a domain that nobody ever named", near(facts(addressbook.Entry{Address: pep.ParseAddress("a@mar1.example")}), "marl.example", 1, true), named(), addressbook.LookAlike, false},
		{"two alike domains of one export", near(facts(entry("a@mar1.example")), "marl.example", 1, true), named(), addressbook.NoGround, true},
		{"a domain like one that was refused", near(facts(entry("a@mar1.example", seen(5))), "marl.example", 1, false), named(), addressbook.NoGround, true},
		{"a domain like another, long in use", established(near(facts(entry("a@mar1.example", seen(5))), "marl.example", 1, true)), named(), addressbook.NoGround, true},
	}
	for _, row := range rows {
		got := addressbook.Judge(row.facts.Entry.Address, row.facts, row.in)
		if got.Ground != row.want || got.New != row.isNew {
			t.Errorf("%s: %q new %t, want %q new %t", row.name, got.Ground, got.New, row.want, row.isNew)
		}
		if got.Held() && got.Why == "" || strings.Contains(got.Why, "@") || strings.Contains(got.Why, school) {
			t.Errorf("%s: the reason is %q", row.name, got.Why)
		}
	}
}

func TestTheFirstMessageWaitsWhereTheAuthorityWantsIt(t *testing.T) {
	in := named()
	in.FirstSend = addressbook.FirstConfirm
	for want, e := range map[addressbook.Ground]addressbook.Entry{
		addressbook.First: entry(jones), addressbook.NoGround: entry(jones, confirmed(2)),
	} {
		if got := addressbook.Judge(e.Address, facts(e), in); got.Ground != want {
			t.Errorf("%q, want %q", got.Ground, want)
		}
	}
	e := entry(jones, used(2))
	if got := addressbook.Judge(e.Address, facts(e), in); got.Held() {
		t.Errorf("one that was sent to: %q", got.Ground)
	}
}

func TestOneExportWithTwoSpellingsIsCautioned(t *testing.T) {
	for name, f := range map[string]addressbook.Facts{
		"a person": facts(entry(slip), entry(jones)), "a domain": near(facts(entry("a@mar1.example")), "marl.example", 1, true),
	} {
		if got := addressbook.Judge(f.Entry.Address, f, named()); got.Held() || !strings.HasPrefix(got.Why, "look twice") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestOnlyLookAlikesNeedTwoPeople(t *testing.T) {
	for _, ground := range addressbook.Grounds() {
		if ground.NeedsTwo() != (ground == addressbook.LookAlike) || ground.NeedsTwo() && ground.PerMessage() {
			t.Errorf("%q", ground)
		}
	}
	if addressbook.NoGround.PerMessage() || addressbook.Refused.PerMessage() || addressbook.Doubted.PerMessage() {
		t.Error("an approval lifts what it must not")
	}
}

// The rule against false alarms: what a later twin is or becomes, short of a
// person's confirmation of it, never changes what is judged of the earlier one.
func TestATwinNeverTaintsTheEarlierOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		moment := func(label string) time.Time {
			if day := rapid.IntRange(0, 9).Draw(t, label); day > 0 {
				return on(day + 5)
			}
			return time.Time{}
		}
		twin := entry(slip, seen(5), func(e *addressbook.Entry) { e.Refused, e.Bounced = moment("refused"), moment("bounced") })
		alone := facts(entry(jones))
		both := near(facts(entry(jones), twin), "mar1.cheshire.sch.uk", 5, rapid.Bool().Draw(t, "stands"))
		if a, b := addressbook.Judge(alone.Entry.Address, alone, named()), addressbook.Judge(both.Entry.Address, both, named()); a.Ground != b.Ground || a.New != b.New {
			t.Fatalf("alone %+v, beside its twin %+v", a, b)
		}
	})
}

func TestAfterAnIncidentTheAddressIsConfirmedAgain(t *testing.T) {
	doubted := func(day int) func(*addressbook.Entry) {
		return func(e *addressbook.Entry) { e.Doubted = on(day) }
	}
	for name, c := range map[string]struct {
		entry addressbook.Entry
		want  addressbook.Ground
	}{
		"never confirmed":                {entry(jones, used(2), doubted(3)), addressbook.Doubted},
		"confirmed before":               {entry(jones, used(2), confirmed(2), doubted(3)), addressbook.Doubted},
		"confirmed since":                {entry(jones, used(2), doubted(3), confirmed(4)), addressbook.NoGround},
		"confirmed, then another since":  {entry(jones, confirmed(4), doubted(5)), addressbook.Doubted},
		"refused is said before doubted": {entry(jones, doubted(3), func(e *addressbook.Entry) { e.Refused = on(4) }), addressbook.Refused},
		"a message that left lifts none": {entry(jones, doubted(3), used(4)), addressbook.Doubted},
	} {
		got := addressbook.Judge(c.entry.Address, facts(c.entry), named())
		if got.Ground != c.want || got.Ground.NeedsTwo() || got.Held() && got.Why == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
