// Package route decides how one recipient may be written to.
//
// It takes an address judged by [pep.ParseAddress], a sender and a policy read
// from an authority's delivery.yaml, and gives a [Decision] with the row that
// decided and every reason. The decision is pure: no network, no clock but the
// day it is given, no state. An address the policy does not know, a policy that
// is missing and a row past its review date are never secure.
package route
