// Package calendar counts days the way a Virtual School counts them: school
// days, school weeks and working days, forwards and backwards, over half-terms,
// INSET days, bank holidays and the gaps between terms.
//
// It takes an authority's calendar.yaml and the bank-holidays.yaml of the
// folder of rules, and gives an immutable [Calendar] whose every [Count] lists
// each day or week it stepped over, whether it counted, and why, in words an
// officer would use.
//
// It never guesses: school days and school weeks of a year whose term dates
// are not loaded are a [NoTermDatesError], and days outside the bank holidays
// that are loaded an [OutOfRangeError]. Working days need bank holidays only.
// It reads no clock and no network, and bounds every walk.
package calendar
