package roster

import (
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// column is one column that a PEP needs: its name in our own documented shape,
// which is also the first of the headers it is known by, the other headers and
// what the JSON Schema says of it.
type column struct {
	name string
	// others are further headers seen in case systems.
	others []string
	holds  content
	// words are the codes a coded column takes, where they are few.
	words []string
	// shared says that many rows hold the same text, so that one copy will do.
	shared bool
	// mail says that the text is judged exactly as it was typed.
	mail bool
}

// content is what a column holds.
type content uint8

const (
	textColumn content = iota
	dateColumn
	numberColumn
	answerColumn
)

// The columns of a child's own row, in the order of childColumns.
const (
	childID = iota
	childForename
	childSurname
	childKnownAs
	childSex
	childBirth
	childEthnicity
	childLanguage
	childUPN
	childULN
	childYear
	childLegal
	childLookedAfter
	childPlacement
	childPostcode
	childSEN
	childEHCP
	childSettingName
	childSettingType
	childURN
	childLAEstab
	childOnRoll
	childJoined
	childEET
	childPEPType
	childPrevious
	childMeeting
	childMeetingTime
	childMeetingPlace
	childReview
	childWorkerPart
	childMeetingStatus
	childForward
	childLeft
)

// personID are the headers of the child's identifier in Liquidlogic, Mosaic,
// Eclipse, the Standard Safeguarding Dataset and hand-made lists.
func personID() column {
	return column{name: "Person ID", others: []string{
		"child id", "child", "ics id", "lcs id", "mosaic id", "la child id", "dim person id", "pers person id", "pems number",
	}}
}

func childColumns() []column {
	return []column{
		personID(),
		{name: "Forename", others: []string{"first name", "given name", "pers forename"}},
		{name: "Surname", others: []string{"last name", "family name", "pers surname"}},
		{name: "Known As", others: []string{"preferred name", "likes to be known as"}},
		{name: "Gender", others: []string{"sex", "gender main code", "pgender", "pers sex", "pers gender"}, words: []string{"M", "F", "U"}},
		{name: "Date of Birth", others: []string{"dob", "birth date", "pdob", "pers dob"}, holds: dateColumn},
		{name: "Ethnicity", others: []string{"ethnicity code", "ethnic", "pethnicity code", "pers ethnicity"}, shared: true},
		{name: "First Language", others: []string{"language", "home language"}, shared: true},
		{name: "UPN", others: []string{"unique pupil number", "punique pupil number", "pers upn"}},
		{name: "ULN", others: []string{"unique learner number"}},
		{name: "NC Year", others: []string{"ncy", "nc year actual", "year group", "national curriculum year"}, shared: true},
		{name: "Legal Status", others: []string{"ls", "legal status code"}, shared: true},
		{name: "Date Became Looked After", others: []string{"bla", "decom", "date into care", "became looked after", "bla date"}, holds: dateColumn},
		{name: "Placement Type", others: []string{"place", "placement", "placement code"}, shared: true},
		{name: "Placement Postcode", others: []string{"pl post"}},
		{name: "SEN Provision", others: []string{"sen", "sen status"}, words: []string{"N", "K", "E"}, shared: true},
		{name: "EHCP Date", others: []string{"ehc plan date", "date of ehcp"}, holds: dateColumn},
		{name: "Setting Name", others: []string{"school", "setting", "provider", "school name"}, shared: true},
		{name: "Setting Type", others: []string{"school type", "provider type"}, shared: true},
		{name: "URN", others: []string{"school urn", "setting urn"}, shared: true},
		{name: "LAEstab", others: []string{"dfe number", "la estab number", "dfe no"}, shared: true},
		{name: "On Roll", others: []string{"at setting"}, holds: answerColumn},
		{name: "Date Joined Setting", others: []string{"date joined school", "setting start date"}, holds: dateColumn},
		{name: "EET Status", others: []string{"eet", "neet status"}, words: eetStatuses(), shared: true},
		{name: "PEP Type", others: []string{"type of pep"}, words: pepTypes(), shared: true},
		{name: "Previous PEP Date", others: []string{"last pep", "last pep date", "previous pep"}, holds: dateColumn},
		{name: "PEP Meeting Date", others: []string{"pep due", "next pep", "next pep date", "meeting date"}, holds: dateColumn},
		{name: "PEP Meeting Time", others: []string{"meeting time"}, shared: true},
		{name: "PEP Meeting Place", others: []string{"meeting place", "pep venue", "venue"}, shared: true},
		{name: "Next CLA Review", others: []string{"next review", "next lac review", "next cla review date", "cla review"}, holds: dateColumn},
		{name: "Social Worker Part", others: []string{
			"sw part", "social worker section", "sw section", "sw section complete", "sw part complete", "social worker part complete", "social worker section complete",
		}, words: []string{"Yes", "No", "Complete", "Not complete"}, shared: true},
		{name: "PEP Meeting Status", others: []string{"meeting status", "status of meeting"}, words: meetingStatuses(), shared: true},
		{name: "Bring Forward", others: []string{"brought forward", "bring forward reason", "reason brought forward", "pep brought forward"}, words: bringForwards(), shared: true},
		{name: "Date Left Care", others: []string{
			"left care date", "left care", "date ceased", "ceased looked after", "date ceased looked after", "date ceased to be looked after",
		}, holds: dateColumn},
	}
}

// eetStatuses are the choices of field p16.eet of the post-16 form; the form's
// one choice for two schemes may come as either.
func eetStatuses() []string {
	return []string{
		"School sixth form", "FE college", "Sixth-form college", "HE", "Apprenticeship",
		"Traineeship/supported internship", "Traineeship", "Supported internship",
		"Employed with training", "Employed without training", "Part-time",
		"NEET - available", "NEET - illness/disability", "NEET - parenting", "Custody", "Awaiting result",
	}
}

func meetingStatuses() []string {
	var words []string
	for _, status := range pep.MeetingStatuses() {
		words = append(words, string(status))
	}
	return words
}

func bringForwards() []string {
	var words []string
	for _, why := range pep.BringForwards() {
		words = append(words, string(why))
	}
	return words
}

func pepTypes() []string {
	return []string{"Initial", "Review", "Interim", "Transition", "Progression"}
}

// The columns of a contact's row, in the order of contactColumns.
const (
	contactChild = iota
	contactRole
	contactTitle
	contactName
	contactOrganisation
	contactEmail
	contactPhone
	contactMobile
	contactAddress1
	contactAddress2
	contactTown
	contactPostcode
	contactInvited
	contactReceivesForm
	contactReceivesFinal
	contactWithhold
	contactAgreed
)

func contactColumns() []column {
	return []column{
		personID(),
		{name: "Role", others: []string{"contact role", "relationship", "contact type"}, shared: true},
		{name: "Title", others: []string{"salutation"}, shared: true},
		{name: "Name", others: []string{"contact name", "full name"}},
		{name: "Organisation", others: []string{"organization", "agency", "employer"}, shared: true},
		{name: "Email", others: []string{"email address", "contact email"}, mail: true},
		{name: "Phone", others: []string{"telephone", "tel", "phone number", "work phone"}},
		{name: "Mobile", others: []string{"mobile phone", "mobile number"}},
		{name: "Address 1", others: []string{"address", "address line 1"}},
		{name: "Address 2", others: []string{"address line 2"}},
		{name: "Town", others: []string{"city", "post town"}, shared: true},
		{name: "Postcode"},
		{name: "Invited", others: []string{"invited to meeting"}, holds: answerColumn},
		{name: "Receives Form", others: []string{"send form"}, holds: answerColumn},
		{name: "Receives Final", others: []string{"send final"}, holds: answerColumn},
		{name: "Withhold Placement Address", others: []string{"withhold address"}, holds: answerColumn},
		{name: "Agreed Delivery", others: []string{"delivery", "delivery method"}, words: []string{"Egress", "Protected document", "Post"}, shared: true},
	}
}

// The columns of a target's row, in the order of targetColumns.
const (
	targetChild = iota
	targetPEP
	targetNumber
	targetArea
	targetText
	targetBaseline
	targetMeasure
	targetIntervention
	targetWho
	targetStart
	targetReview
	targetFunding
	targetUnitCost
	targetSessions
	targetWeeks
	targetTotal
	targetProgress
	targetImpact
)

func targetColumns() []column {
	return []column{
		personID(),
		{name: "PEP Date", others: []string{"date of pep"}, holds: dateColumn},
		{name: "Target No", others: []string{"target number", "no", "number"}, holds: numberColumn},
		{name: "Area", others: []string{"subject", "target area"}, shared: true},
		{name: "Target", others: []string{"smart target", "target text"}},
		{name: "Baseline", others: []string{"starting point"}},
		{name: "Success Measure", others: []string{"success criteria", "measure"}, shared: true},
		{name: "Intervention", others: []string{"support", "action"}, shared: true},
		{name: "Who", others: []string{"by whom", "responsible"}, shared: true},
		{name: "Start", others: []string{"start date"}, holds: dateColumn},
		{name: "Review By", others: []string{"review date"}, holds: dateColumn},
		{name: "Funding", others: []string{"funding source"}, words: fundings(), shared: true},
		{name: "Unit Cost", others: []string{"cost per session"}, holds: numberColumn},
		{name: "Sessions", others: []string{"sessions per week"}, holds: numberColumn},
		{name: "Weeks", others: []string{"number of weeks"}, holds: numberColumn},
		{name: "Total Cost", others: []string{"total", "cost"}, holds: numberColumn},
		{name: "Progress", others: []string{"outcome"}, words: progresses(), shared: true},
		{name: "Impact", others: []string{"impact of intervention"}},
	}
}

func progresses() []string { return []string{"met", "partly", "not_met", "changed"} }

// folded is a header without what systems write differently: case, spaces,
// underscores and other marks.
func folded(header string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, header)
}

func fundings() []string {
	var names []string
	for _, f := range pep.Fundings() {
		names = append(names, string(f))
	}
	return names
}
