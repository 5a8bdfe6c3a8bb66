// Package report gives the numbers of a term: what was sent, held, late and
// returned, and for every delivery who got what, how, and why not.
//
// It takes values that others have read (deliveries, what was asked, what came
// back, what could not be planned) and the day they are seen on, and gives a
// [Result]. A result holds no personal data: references, roles, methods,
// states and reasons, and a reason that repeats an address or the recipient's
// name loses it here. It reads nothing, changes nothing, prints nothing and
// knows no clock.
package report
