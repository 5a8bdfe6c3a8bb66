package timetable_test

import (
	"testing"

	"github.com/pepost/pepost/internal/timetable"
)

// One child's plan what the register, the course and
// the deliveries say, worked out and listed.
func BenchmarkOnePlan(b *testing.B) {
	rules, cal := load(b, "cheshire-west")
	rules = whole(rules)
	rec := with(born("2015-03-01"), booked("2026-04-23"))
	rec.Child.BecameLookedAfter, rec.Child.Placement = day("2024-03-04"), "U4"
	rec.Contacts = everyone()
	asOf := day("2026-02-02")
	course := rules.Follow(rec, nil, func(string) timetable.Progress { return timetable.Progress{} }, cal, asOf)[0]
	for name, done := range map[string]timetable.Progress{"unsent": {}, "sent": {FormSent: day("2026-03-19")}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				rules.Due(rules.Look(rec, course, done, cal, asOf), done, cal, asOf)
			}
		})
	}
}
