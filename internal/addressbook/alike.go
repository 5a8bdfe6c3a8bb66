package addressbook

import (
	"slices"
	"strings"
)

// Likeness is in which way one domain may be taken for another.
type Likeness string

// The likenesses, as an officer reads them: "the domain …".
const (
	NotAlike    Likeness = ""
	OtherDots   Likeness = "differs only in its dots and hyphens from"
	SameToEye   Likeness = "looks the same as"
	CarriesOn   Likeness = "begins like, and goes on after,"
	OtherEnding Likeness = "has the name, under another ending, of"
	OneEdit     Likeness = "is one letter away from"
)

// Likenesses lists every likeness but none.
func Likenesses() []Likeness {
	return []Likeness{OtherDots, SameToEye, CarriesOn, OtherEnding, OneEdit}
}

// Names shorter than these are too often one letter apart, or the same under
// two endings, by chance.
const (
	shortestEdited = 5
	shortestTwin   = 4
)

// Alike says in which way one canonical domain may be taken for another; the
// order of the two does not matter.
func Alike(a, b string) Likeness {
	switch {
	case a == b || a == "" || b == "":
		return NotAlike
	case strings.HasSuffix(a, "."+b) || strings.HasSuffix(b, "."+a):
		return NotAlike // a subdomain belongs to whoever has the domain
	case slices.Contains(providers(), a) && slices.Contains(providers(), b):
		return NotAlike
	case squash(a) == squash(b):
		return OtherDots
	case strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+"."):
		return CarriesOn
	case skeleton(a) == skeleton(b):
		return SameToEye
	case twins(a, b):
		return OtherEnding
	case len(name(a)) >= shortestEdited && len(name(b)) >= shortestEdited && oneEdit(a, b) && !numbered(a, b):
		return OneEdit
	}
	return NotAlike
}

// SlipOf reports whether one local part may be a slip of the pen for another,
// where both are said to be the same person's at one domain.
func SlipOf(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	return a != b && (oneEdit(a, b) || skeleton(a) == skeleton(b))
}

// providers are large public mail providers whose own names are close to one
// another: none of them is a slip of another, and a slip of one of them is.
func providers() []string {
	return []string{
		"gmail.com", "ymail.com", "email.com", "mail.com", "googlemail.com", "aol.com", "aol.co.uk", "icloud.com",
		"hotmail.com", "hotmail.co.uk", "outlook.com", "outlook.co.uk", "live.com", "live.co.uk", "msn.com", "me.com",
		"yahoo.com", "yahoo.co.uk", "btinternet.com", "sky.com", "talktalk.net", "virginmedia.com", "proton.me", "protonmail.com",
	}
}

// squash leaves out what a hurried eye does not read.
func squash(text string) string { return strings.NewReplacer(".", "", "-", "", "_", "").Replace(text) }

// skeleton is what is left of a text for the eye: characters that look alike
// are one.
func skeleton(text string) string {
	return strings.NewReplacer("rn", "m", "vv", "w", "0", "o", "1", "l", "i", "l", "5", "s").Replace(squash(text))
}

// endings are the suffixes under which names are registered here, the longest
// first. Those of the first row are closed: registrants are vetted, and a
// stranger cannot buy a name under them.
func endings() (closed, open []string) {
	return []string{"sch.uk", "gov.uk", "police.uk", "nhs.uk", "ac.uk", "mod.uk"},
		[]string{"org.uk", "co.uk", "me.uk", "ltd.uk", "plc.uk", "net.uk", "com", "org", "net", "info", "education", "school", "academy", "uk", "co", "eu"}
}

// parts takes a domain apart: the labels before its ending, and whether the
// ending is closed. A domain of an ending that is not listed has its last label
// for one.
func parts(domain string) (labels []string, ending string, closed bool) {
	vetted, open := endings()
	for i, ending := range slices.Concat(vetted, open) {
		if rest, ok := strings.CutSuffix(domain, "."+ending); ok {
			return strings.Split(rest, "."), ending, i < len(vetted)
		}
	}
	at := strings.LastIndexByte(domain, '.')
	return strings.Split(domain[:max(at, 0)], "."), domain[at+1:], false
}

// name is the label by which people know a domain: the school's under its
// authority's, else the one that was registered.
func name(domain string) string {
	labels, ending, _ := parts(domain)
	if ending == "sch.uk" && len(labels) > 1 {
		return labels[len(labels)-2]
	}
	return labels[len(labels)-1]
}

// twins reports whether two domains are one name under two endings, of which
// anybody may have one: marl.cheshire.sch.uk and marl.org.uk. Schools of one
// name in two authorities are two schools.
func twins(a, b string) bool {
	_, endsA, closedA := parts(a)
	_, endsB, closedB := parts(b)
	nameA, nameB := squash(name(a)), squash(name(b))
	return nameA == nameB && len(nameA) >= shortestTwin && endsA != endsB && !(closedA && closedB)
}

// oneEdit reports whether one character more, less or other, or two neighbours
// swapped, make one text of the other.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	at := 0
	for at < len(a) && a[at] == b[at] {
		at++
	}
	switch len(b) - len(a) {
	case 0:
		return at < len(a) && (a[at+1:] == b[at+1:] ||
			at+1 < len(a) && a[at] == b[at+1] && a[at+1] == b[at] && a[at+2:] == b[at+2:])
	case 1:
		return a[at:] == b[at+1:]
	}
	return false
}

// numbered reports whether two texts are the same but for their numbers, and
// both have one.
func numbered(a, b string) bool {
	const figures = "0123456789"
	without := func(text string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(figures, r) {
				return -1
			}
			return r
		}, text)
	}
	return without(a) == without(b) && strings.ContainsAny(a, figures) && strings.ContainsAny(b, figures)
}
