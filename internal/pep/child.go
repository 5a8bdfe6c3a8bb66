package pep

// Child is what the register holds of one looked-after child: the columns a
// PEP needs and no others. Empty values were blank or refused on import.
type Child struct {
	ID                string       `json:"id"`
	Forename          string       `json:"forename,omitempty"`
	Surname           string       `json:"surname,omitempty"`
	KnownAs           string       `json:"known_as,omitempty"`
	Sex               Sex          `json:"sex,omitempty"`
	DateOfBirth       Date         `json:"date_of_birth"`
	Ethnicity         Ethnicity    `json:"ethnicity,omitempty"`
	FirstLanguage     string       `json:"first_language,omitempty"`
	UPN               UPN          `json:"upn,omitempty"`
	UPNReason         UPNReason    `json:"upn_reason,omitempty"`
	ULN               ULN          `json:"uln,omitempty"`
	YearGroup         YearGroup    `json:"year_group"`
	LegalStatus       LegalStatus  `json:"legal_status,omitempty"`
	BecameLookedAfter Date         `json:"became_looked_after"`
	Placement         Placement    `json:"placement,omitempty"`
	PlacementPostcode string       `json:"placement_postcode,omitempty"`
	SEN               SENProvision `json:"sen,omitempty"`
	EHCPDate          Date         `json:"ehcp_date"`
	Setting           Setting      `json:"setting"`
	OnRoll            Answer       `json:"on_roll,omitempty"`
	JoinedSetting     Date         `json:"joined_setting"`
	EETStatus         string       `json:"eet_status,omitempty"`
	PEPType           string       `json:"pep_type,omitempty"`
	PreviousPEP       Date         `json:"previous_pep"`
	Meeting           Meeting      `json:"meeting"`
	NextCLAReview     Date         `json:"next_cla_review"`
	// MeetingStatus is what the export says of the meeting; blank where it says
	// only the date.
	MeetingStatus MeetingStatus `json:"meeting_status,omitempty"`
	// SocialWorkerPart says whether the social worker's part of the form is
	// complete; blank where the export does not say.
	SocialWorkerPart Answer `json:"social_worker_part,omitempty"`
	// BringForward is why the next meeting is to be brought forward.
	BringForward BringForward `json:"bring_forward,omitempty"`
	// LeftCare is the day the child ceased to be looked after.
	LeftCare Date `json:"left_care"`
	// What the SSDA903 return adds; it never replaces what the case system's
	// own export said.
	Return Return903 `json:"return903"`
}

// Setting is a school, nursery, college or provider.
type Setting struct {
	Name    string  `json:"name,omitempty"`
	Type    string  `json:"type,omitempty"`
	URN     URN     `json:"urn,omitempty"`
	LAEstab LAEstab `json:"laestab,omitempty"`
}

// Return903 is what the statutory SSDA903 return says of a child and a PEP
// needs.
type Return903 struct {
	BecameLookedAfter Date        `json:"became_looked_after"`
	LegalStatus       LegalStatus `json:"legal_status,omitempty"`
	Placement         Placement   `json:"placement,omitempty"`
	LastReview        Date        `json:"last_review"`
	Unaccompanied     bool        `json:"unaccompanied,omitempty"`
	UnaccompaniedEnds Date        `json:"unaccompanied_ends"`
	// LatestEpisode is the start of the newest episode that a return told of.
	LatestEpisode Date `json:"latest_episode,omitzero"`
	// LeftCare is the day the child ceased to be looked after; zero where an
	// episode is open, or the newest ended without saying so.
	LeftCare Date `json:"left_care,omitzero"`
}

// Contact is one person around one child.
type Contact struct {
	Role                     Role           `json:"role"`
	Title                    string         `json:"title,omitempty"`
	Name                     string         `json:"name,omitempty"`
	Organisation             string         `json:"organisation,omitempty"`
	Email                    Address        `json:"email"`
	Phone                    string         `json:"phone,omitempty"`
	Mobile                   string         `json:"mobile,omitempty"`
	Address1                 string         `json:"address1,omitempty"`
	Address2                 string         `json:"address2,omitempty"`
	Town                     string         `json:"town,omitempty"`
	Postcode                 string         `json:"postcode,omitempty"`
	Invited                  Answer         `json:"invited,omitempty"`
	ReceivesForm             Answer         `json:"receives_form,omitempty"`
	ReceivesFinal            Answer         `json:"receives_final,omitempty"`
	WithholdPlacementAddress Answer         `json:"withhold_placement_address,omitempty"`
	AgreedDelivery           AgreedDelivery `json:"agreed_delivery,omitempty"`
}

// Target is one SMART target of a child's last PEP. Money is in pence.
type Target struct {
	PEPDate        Date    `json:"pep_date"`
	Number         int     `json:"number"`
	Area           string  `json:"area,omitempty"`
	Text           string  `json:"text,omitempty"`
	Baseline       string  `json:"baseline,omitempty"`
	SuccessMeasure string  `json:"success_measure,omitempty"`
	Intervention   string  `json:"intervention,omitempty"`
	Who            string  `json:"who,omitempty"`
	Start          Date    `json:"start"`
	ReviewBy       Date    `json:"review_by"`
	Funding        Funding `json:"funding,omitempty"`
	UnitCost       Pence   `json:"unit_cost,omitempty"`
	Sessions       int     `json:"sessions,omitempty"`
	Weeks          int     `json:"weeks,omitempty"`
	TotalCost      Pence   `json:"total_cost,omitempty"`
	Progress       string  `json:"progress,omitempty"`
	Impact         string  `json:"impact,omitempty"`
}

// Pence is an amount of money in pence.
type Pence int64

// String is the amount in pounds: £1,200.50.
func (p Pence) String() string {
	sign, pounds := "", int64(p)
	if pounds < 0 {
		sign, pounds = "-", -pounds
	}
	text := itoa(int(pounds / 100))
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return sign + "£" + text + "." + itoa(int(pounds%100) + 100)[1:]
}

// Funding is where a target's money comes from.
type Funding string

// Fundings are the sources an export may name.
func Fundings() []Funding {
	return []Funding{"None", "PP+", "EYPP", "Post-16 PP+", "School", "Authority", "Other"}
}

// Record is one child with the people around them and the targets of the
// last PEP: all the register knows.
type Record struct {
	Ref      Ref       `json:"ref"`
	Child    Child     `json:"child"`
	Contacts []Contact `json:"contacts"`
	Targets  []Target  `json:"targets"`
}

// Contact gives the first contact in any of the roles, in the order of the
// roles named.
func (r Record) Contact(roles ...Role) (Contact, bool) {
	for _, role := range roles {
		for _, contact := range r.Contacts {
			if contact.Role == role {
				return contact, true
			}
		}
	}
	return Contact{}, false
}
