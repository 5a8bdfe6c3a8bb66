package roster

import (
	"github.com/pepost/pepost/internal/pep"
)

// adultAge is the age from which nobody is looked after (Children Act 1989,
// section 105), so that the start of a period of care may be unknown.
const adultAge = 18

// takeChild judges a child's own row: without number, name or a sure date of
// birth it is refused; any other wrong value is left empty with a warning.
func (r *reading) takeChild(one *row) {
	id := one.texts[childID]
	birth := r.identity(one)
	if one.refusal == nil {
		r.sameBirth(one, id, birth)
	}
	if one.refusal != nil {
		if id != "" {
			r.refused[id] = true
		}
		r.reject(one)
		return
	}
	child := readChild(one)
	child.ID, child.DateOfBirth = id, birth
	if one.has(childLookedAfter) && one.texts[childLookedAfter] == "" && birth.AgeOn(r.in.AsOf) < adultAge {
		one.warn(childLookedAfter, pep.MissingRequired, "without it the first PEP's limits cannot be counted")
	}
	digest := r.encoded.digest(Children, id, child)
	if r.repeats(digest) {
		return
	}
	r.take(one, id, "", digest)
	origin := Origin{Place: one.place}
	if at := one.match.cells[childMeeting]; at >= 0 {
		origin.MeetingColumn = one.header[at]
	}
	if at, before := r.own[id]; before {
		// The same child said anew in the same import: the later row is the
		// newer one, as it would be in a later import.
		r.batch.Children[at], r.batch.Origins[at] = child, origin
		return
	}
	r.own[id] = len(r.batch.Children)
	r.batch.Children = append(r.batch.Children, child)
	r.batch.Origins = append(r.batch.Origins, origin)
}

// identity checks the three values without which a row is nobody's.
func (r *reading) identity(one *row) pep.Date {
	if one.texts[childID] == "" {
		one.refuse(childID, pep.MissingRequired, "the row has no number of the child")
	}
	if one.texts[childForename] == "" && one.texts[childSurname] == "" {
		name := childSurname
		if !one.has(name) {
			name = childForename
		}
		one.refuse(name, pep.MissingRequired, "the row has neither forename nor surname")
	}
	if one.texts[childBirth] == "" {
		one.refuse(childBirth, pep.MissingRequired, "the row has no date of birth")
	}
	birth := hard(one, childBirth, one.date)
	if birth.After(r.in.AsOf) {
		one.refuse(childBirth, pep.DateInFuture, "the date of birth lies after the day of the import")
	}
	return birth
}

// sameBirth refuses a number that stands for a child with another date of
// birth, in this import or in the register.
func (r *reading) sameBirth(one *row, id string, birth pep.Date) {
	_, taken := r.own[id]
	_, registered := r.in.Known[id]
	if (taken || registered) && r.birthOf(id) != birth {
		one.refuse(childID, pep.DuplicateChild, "a child with this number and another date of birth came before and stands: one of the two is wrong")
	}
}

func readChild(one *row) pep.Child {
	upn, reason := readUPN(one)
	return pep.Child{
		Forename:          one.texts[childForename],
		Surname:           one.texts[childSurname],
		KnownAs:           one.texts[childKnownAs],
		Sex:               soft(one, childSex, pep.ParseSex),
		Ethnicity:         soft(one, childEthnicity, pep.ParseEthnicity),
		FirstLanguage:     one.texts[childLanguage],
		UPN:               upn,
		UPNReason:         reason,
		ULN:               soft(one, childULN, pep.ParseULN),
		YearGroup:         soft(one, childYear, pep.ParseYearGroup),
		LegalStatus:       soft(one, childLegal, pep.ParseLegalStatus),
		BecameLookedAfter: soft(one, childLookedAfter, one.date),
		Placement:         soft(one, childPlacement, pep.ParsePlacement),
		PlacementPostcode: one.texts[childPostcode],
		SEN:               soft(one, childSEN, pep.ParseSENProvision),
		EHCPDate:          soft(one, childEHCP, one.date),
		Setting: pep.Setting{
			Name:    one.texts[childSettingName],
			Type:    one.texts[childSettingType],
			URN:     soft(one, childURN, pep.ParseURN),
			LAEstab: soft(one, childLAEstab, pep.ParseLAEstab),
		},
		OnRoll:        soft(one, childOnRoll, pep.ParseAnswer),
		JoinedSetting: soft(one, childJoined, one.date),
		EETStatus:     soft(one, childEET, one.oneOf(childEET)),
		PEPType:       soft(one, childPEPType, one.oneOf(childPEPType)),
		PreviousPEP:   soft(one, childPrevious, one.date),
		Meeting: pep.Meeting{
			Date:  soft(one, childMeeting, one.date),
			Time:  clock(one.texts[childMeetingTime]),
			Place: one.texts[childMeetingPlace],
		},
		NextCLAReview:    soft(one, childReview, one.date),
		SocialWorkerPart: soft(one, childWorkerPart, pep.ParseSocialWorkerPart),
		MeetingStatus:    soft(one, childMeetingStatus, pep.ParseMeetingStatus),
		BringForward:     soft(one, childForward, pep.ParseBringForward),
		LeftCare:         soft(one, childLeft, one.date),
	}
}

// readUPN reads the number or the reason why there is none.
func readUPN(one *row) (pep.UPN, pep.UPNReason) {
	if reason, is := pep.ParseUPNReason(one.texts[childUPN]); is {
		return "", reason
	}
	return soft(one, childUPN, pep.ParseUPN), ""
}
