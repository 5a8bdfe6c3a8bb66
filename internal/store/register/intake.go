package register

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
)

// said is what one import says of one child; what it does not say is nil.
type said struct {
	id       string
	child    *pep.Child
	contacts []pep.Contact
	targets  []pep.Target
	returns  *pep.Return903
	rows     []pipeline.Row
	// Which of the lists the import speaks of, since an empty list is a word
	// too.
	hasContacts, hasTargets bool
}

// gather sorts an intake by child, so that the same intake always gives the
// same references.
func gather(in pipeline.Intake) []said {
	byID := make(map[string]int)
	var all []said
	of := func(id string) *said {
		i, known := byID[id]
		if !known {
			i = len(all)
			byID[id] = i
			all = append(all, said{id: id})
		}
		return &all[i]
	}
	for i := range in.Children {
		of(in.Children[i].ID).child = &in.Children[i]
	}
	for id, contacts := range in.Contacts {
		s := of(id)
		s.contacts, s.hasContacts = contacts, true
	}
	for id, targets := range in.Targets {
		s := of(id)
		s.targets, s.hasTargets = targets, true
	}
	for id, returns := range in.Returns {
		of(id).returns = &returns
	}
	rows := slices.Clone(in.Rows)
	slices.SortStableFunc(rows, func(a, b pipeline.Row) int { return cmp.Compare(a.ChildID, b.ChildID) })
	for len(rows) > 0 {
		id := rows[0].ChildID
		n := 1
		for n < len(rows) && rows[n].ChildID == id {
			n++
		}
		of(id).rows, rows = rows[:n], rows[n:]
	}
	slices.SortFunc(all, func(a, b said) int { return cmp.Compare(a.id, b.id) })
	return all
}

// apply gives the record with what was said put in. What the SSDA903 return
// said stays beside what the case system's export says.
func (s said) apply(was pep.Record) pep.Record {
	is := was
	if s.child != nil {
		is.Child = *s.child
		is.Child.Return = was.Child.Return
	}
	if s.returns != nil {
		is.Child.Return = mergeReturn(is.Child.Return, *s.returns)
	}
	if s.hasContacts {
		is.Contacts = orNil(s.contacts)
	}
	if s.hasTargets {
		is.Targets = orNil(s.targets)
	}
	return is
}

// orNil makes an empty list the same as none, so that a record is written in
// one way only.
func orNil[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// mergeReturn keeps what an earlier file said where this one says nothing,
// because the return comes in several files that need not come together.
func mergeReturn(was, is pep.Return903) pep.Return903 {
	merged := pep.Return903{
		BecameLookedAfter: cmp.Or(is.BecameLookedAfter, was.BecameLookedAfter),
		LegalStatus:       cmp.Or(is.LegalStatus, was.LegalStatus),
		Placement:         cmp.Or(is.Placement, was.Placement),
		LastReview:        cmp.Or(is.LastReview, was.LastReview),
		Unaccompanied:     is.Unaccompanied || was.Unaccompanied,
		UnaccompaniedEnds: cmp.Or(is.UnaccompaniedEnds, was.UnaccompaniedEnds),
		LatestEpisode:     was.LatestEpisode,
		LeftCare:          was.LeftCare,
	}
	// Whether the child left care belongs to the episode that says it: the same
	// one or a newer takes it back, the file of an earlier year does not.
	if !is.LatestEpisode.IsZero() && !is.LatestEpisode.Before(was.LatestEpisode) {
		merged.LatestEpisode, merged.LeftCare = is.LatestEpisode, is.LeftCare
	}
	return merged
}

// known is what the rows of earlier imports said of one child: for each kind
// the shortened digest of each row by the shortened digest of its key.
type known map[pipeline.RowKind]map[string]string

// count tells new, changed and unchanged rows apart and gives what is known
// after them. The rows of a kind replace those of the same kind before.
func (k known) count(rows []pipeline.Row) (known, pipeline.Intaken) {
	var out pipeline.Intaken
	next := maps.Clone(k)
	if next == nil {
		next = known{}
	}
	fresh := known{}
	times := make(map[string]uint32, len(rows))
	for _, r := range rows {
		name := string(r.Kind) + "\x00" + r.Key
		key := shorten(name, times[name])
		times[name]++
		if fresh[r.Kind] == nil {
			fresh[r.Kind] = make(map[string]string)
		}
		digest := base64.RawStdEncoding.EncodeToString(r.Digest[:16])
		fresh[r.Kind][key] = digest
		switch before, was := k[r.Kind][key]; {
		case !was:
			out.Accepted++
		case before != digest:
			out.Changed++
		default:
			out.Unchanged++
		}
	}
	maps.Copy(next, fresh)
	return next, out
}

// shorten gives a row's key 96 bits: enough to tell the few rows of one child
// apart.
func shorten(name string, nth uint32) string {
	sum := sha256.Sum256(binary.BigEndian.AppendUint32([]byte(name), nth))
	return base64.RawStdEncoding.EncodeToString(sum[:12])
}
