package route

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/pepost/pepost/internal/pep"
)

// check judges a row whose values are each sound by themselves.
func (r *rowReader) check() {
	row := &r.row
	r.need("id", "kind", "pattern")
	if row.ID == "" || row.Kind == "" || row.Pattern == "" {
		return
	}
	if row.Kind == KindDeny {
		r.checkDeny()
		return
	}
	r.need("route")
	r.refuse("retired", "only a deny row is of a retired family", "take it out")
	r.checkRoot()
	r.checkDates()
	if row.Route != Secure {
		return
	}
	r.need("evidence", "checked_by", "checked_on")
	if row.Kind != KindRegistryRoot {
		r.need("review_by")
	}
	r.checkWidth()
}

// checkDeny: a deny row always counts and its route is fixed, so the keys that
// would say otherwise have no place in it.
func (r *rowReader) checkDeny() {
	for _, key := range []string{"contains", "valid_from", "review_by", "relay"} {
		r.refuse(key, "a deny row counts always, for a domain and all under it", "take "+key+" out")
	}
	r.refuse("route", "a deny row sends by encryption, or holds where retired: yes", "take route out")
	r.row.Route = Encrypt
	if r.row.Retired {
		r.row.Route = Hold
	}
}

func (r *rowReader) checkRoot() {
	row := r.row
	punycode := strings.Contains("."+row.Pattern, ".xn--")
	switch {
	case row.Kind != KindRegistryRoot:
		r.refuse("contains", "only a registry-root row looks for a word", "take it out, or make the row a registry-root row")
		if row.Kind == KindSuffix && punycode {
			r.refuse("pattern", "an xn-- name is held before a suffix row is asked", "write an exact row for each domain")
		}
	case !slices.Contains(pep.ClosedRegistries(), row.Pattern):
		r.refuse("pattern", "a word is looked for under a closed registry only", "write one of "+strings.Join(pep.ClosedRegistries(), ", "))
	default:
		r.need("contains")
	}
}

func (r *rowReader) checkDates() {
	row := r.row
	if row.ReviewBy.IsZero() {
		return
	}
	if row.ReviewBy.Before(row.ValidFrom) || row.ReviewBy.Before(row.CheckedOn) {
		r.refuse("review_by", "the review lies before the row counts or was checked", "check the dates")
	}
	// DCB1596: an accreditation is valid for one year. Rows that only show how
	// one is written are marked as examples.
	if row.Scheme == "DCB1596" && row.Evidence != evidenceExample && row.CheckedOn.DaysUntil(row.ReviewBy) > 366 {
		r.refuse("review_by", "an accreditation under DCB1596 is valid for one year", "write a day within a year of checked_on")
	}
}

// evidenceExample marks rows that show how a row is written and vouch for no
// real body.
const evidenceExample = "example"

// checkWidth refuses secure rows that would trust whoever registers a name or
// opens a mailbox.
func (r *rowReader) checkWidth() {
	row := r.row
	hint := "write exact rows, or a registry-root row with the word that must stand directly under the registry"
	switch {
	case row.Kind == KindRegistryRoot && !slices.Contains(vettedRegistries(), row.Pattern):
		r.refuse("pattern", "too wide: mail under this registry is not known to be secure", "write an exact row for each domain, with its scheme")
	case row.Kind == KindSuffix && everybodysSuffix(row.Pattern):
		r.refuse("pattern", "too wide: anybody may register a name under it", hint)
	case row.Kind == KindExact && slices.Contains(pep.ClosedRegistries(), row.Pattern):
		r.refuse("pattern", "no address stands at a registry's own name", hint)
	case row.Kind != KindRegistryRoot && openToAnybody(row.Pattern):
		r.refuse("pattern", "too wide: anybody may open a mailbox there", "leave the row out; such addresses are sent to by encryption")
	}
}

// vettedRegistries are those under which a name alone may be trusted with
// ordinary mail over verified TLS. Others vet the registrant but promise
// nothing of the mail.
func vettedRegistries() []string { return []string{"gov.uk", "sch.uk", "police.uk"} }

// everybodysSuffix reports whether strangers may register below a domain. The
// Public Suffix List has *.sch.uk, so that it calls an education authority's
// own cheshire.sch.uk a suffix: names directly under a vetted registry are not
// everybody's. The list is case-sensitive; patterns are lower case already.
func everybodysSuffix(domain string) bool {
	if slices.Contains(pep.ClosedRegistries(), domain) {
		return true
	}
	if _, registry, _ := strings.Cut(domain, "."); slices.Contains(vettedRegistries(), registry) {
		return false
	}
	suffix, _ := publicsuffix.PublicSuffix(domain)
	return suffix == domain
}

// openToAnybody reports whether a domain, or one above it, gives mailboxes or
// tenancies to whoever asks. The Public Suffix List does not have them.
func openToAnybody(domain string) bool {
	shared := []string{
		"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk",
		"msn.com", "yahoo.com", "yahoo.co.uk", "icloud.com", "me.com", "mac.com", "aol.com", "btinternet.com",
		"sky.com", "talktalk.net", "virginmedia.com", "ntlworld.com", "gmx.com", "gmx.co.uk", "mail.com",
		"proton.me", "protonmail.com", "zoho.com", "onmicrosoft.com",
	}
	return slices.ContainsFunc(shared, func(s string) bool {
		return domain == s || strings.HasSuffix(domain, "."+s)
	})
}

// need reports keys that the row must have.
func (r *rowReader) need(keys ...string) {
	for _, key := range keys {
		if _, written := r.at(key); !written {
			r.file.add(r.entry.line, r.entry.column, "", "the row has no "+key, "write "+key+": and its value")
		}
	}
}

// refuse reports a key that the row may not have, or whose value clashes with
// the rest; it says nothing where the key is not written.
func (r *rowReader) refuse(key, text, hint string) {
	if c, written := r.at(key); written {
		r.problem(c, text, hint)
	}
}

func (r *rowReader) at(key string) (cell, bool) {
	for _, c := range r.cells {
		if c.key == key {
			return c, true
		}
	}
	return cell{}, false
}
