package pep

import "strings"

// ParseSocialWorkerPart reads whether the social worker's part of the form is
// complete, in the words of an export or as a yes or no; a blank is no answer.
func ParseSocialWorkerPart(text string) (Answer, error) {
	if answer, err := ParseAnswer(text); err == nil {
		return answer, nil
	}
	switch plainWords(text) {
	case "complete", "completed", "done", "finished":
		return Yes, nil
	case "incomplete", "not complete", "not completed", "not done", "not finished", "not started",
		"in progress", "part complete", "partly complete", "outstanding", "awaited":
		return No, nil
	}
	return Unanswered, invalid(UnknownCode, "the social worker's part is complete or not complete (yes or no)")
}

// ParseMeetingStatus reads where a PEP meeting stands; a blank is the unknown
// state.
func ParseMeetingStatus(text string) (MeetingStatus, error) {
	switch plainWords(text) {
	case "":
		return MeetingUnknown, nil
	case "proposed", "provisional", "to be confirmed", "tbc":
		return MeetingProposed, nil
	case "booked", "arranged", "confirmed", "scheduled", "set":
		return MeetingBooked, nil
	case "cancelled", "canceled":
		return MeetingCancelled, nil
	case "reconvened", "rescheduled", "rearranged", "re arranged":
		return MeetingReconvened, nil
	case "held", "took place", "completed", "complete":
		return MeetingHeld, nil
	}
	return MeetingUnknown, invalid(UnknownCode, "a meeting is proposed, booked, cancelled, reconvened or held")
}

// ParseBringForward reads why a meeting is held before its time; a blank, no
// and none are no reason. A bare yes is refused, since it names none.
func ParseBringForward(text string) (BringForward, error) {
	switch plainWords(text) {
	case "", "no", "none", "n", "false", "0":
		return NotBroughtForward, nil
	case "change of school", "school change", "changed school", "school move", "moved school", "new school", "change of setting":
		return NewSchool, nil
	case "permanent exclusion", "permanently excluded", "excluded", "exclusion":
		return Excluded, nil
	case "custodial sentence", "custody", "in custody", "sentenced":
		return Sentenced, nil
	case "virtual schools request", "virtual school request", "request of the virtual school", "vs request", "virtual school":
		return VirtualSchoolAsks, nil
	case "iros request", "iro request", "request of the iro", "independent reviewing officers request", "iro":
		return ReviewerAsks, nil
	}
	return NotBroughtForward, invalid(UnknownCode,
		"a meeting is brought forward by a change of school, permanent exclusion, custodial sentence, virtual school's request or IRO's request")
}

// plainWords is a text in lower case without apostrophes, its words parted by
// one blank whatever an export parts them by.
func plainWords(text string) string {
	text = strings.NewReplacer("_", " ", "-", " ", "'", "", "\u2019", "", "\u00a0", " ").Replace(strings.ToLower(text))
	return strings.Join(strings.Fields(text), " ")
}
