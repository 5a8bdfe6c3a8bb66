// Package route decides how one recipient may be written to.
//
// It takes an address judged by [pep.ParseAddress], a sender and a policy read
// from an authority's delivery.yaml, and gives a [Decision] with the row that
// decided and every reason. The decision is pure: no network, no clock but the
// day it is given, no state. An address the policy does not know, a policy that
// is missing and a row past its review date are never secure.
//
// # The order of the checks
//
// The first check that speaks decides: shape of the address (refuse), a
// character outside ASCII (hold), no policy (hold), a deny row of a retired
// family (hold), another deny row (encrypt), an exact row, an xn-- label
// (hold), the longest suffix row, a registry-root row, and encrypt where
// nothing matched. A secure verdict holds only between two ends that the same
// policy trusts, through a relay whose onward TLS somebody guarantees; else it
// becomes encrypt. Nothing ever turns hold, refuse or encrypt into secure.
//
// # The policy file
//
// A delivery.yaml is read by this package's own strict reader of flat YAML:
// one key and one value a line, a list of rows and nothing else. Every file it
// takes means the same to any YAML reader (the tests compare), and it reads
// 100,000 rows in a fraction of a second, which a general reader does not.
package route
