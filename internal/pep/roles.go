package pep

import (
	"slices"
	"strings"
)

// Role is what a person is to a child.
type Role string

// The roles an export may name.
const (
	SocialWorker           Role = "social worker"
	TeamInbox              Role = "team inbox"
	DesignatedTeacher      Role = "designated teacher"
	DesignatedPractitioner Role = "designated practitioner"
	DesignatedPerson       Role = "designated person"
	HealthVisitor          Role = "health visitor"
	FosterCarer            Role = "foster carer"
	Parent                 Role = "parent"
	ReviewingOfficer       Role = "iro"
	VirtualSchool          Role = "virtual school"
	LeavingCareWorker      Role = "leaving care worker"
	PersonalAdviser        Role = "personal adviser"
	Head                   Role = "head"
	SENCO                  Role = "senco"
	YoungPerson            Role = "young person"
	EstablishmentLead      Role = "establishment lead"
	// Officer is the authority's own, whom no export names.
	Officer Role = "officer"
)

// Roles lists every role.
func Roles() []Role {
	return []Role{
		SocialWorker, TeamInbox, DesignatedTeacher, DesignatedPractitioner, DesignatedPerson,
		HealthVisitor, FosterCarer, Parent, ReviewingOfficer, VirtualSchool, LeavingCareWorker,
		PersonalAdviser, Head, SENCO, YoungPerson, EstablishmentLead,
	}
}

// ParseRole reads a role in any case.
func ParseRole(text string) (Role, error) {
	role := Role(strings.ToLower(strings.Join(strings.Fields(text), " ")))
	if !slices.Contains(Roles(), role) {
		return "", invalid(UnknownRole, "not a role that a PEP knows")
	}
	return role, nil
}

// Designated reports whether the role is the setting's designated teacher,
// practitioner or person.
func (r Role) Designated() bool {
	return r == DesignatedTeacher || r == DesignatedPractitioner || r == DesignatedPerson
}

// Professional reports whether the person acts for a body bound by duty of
// confidence, unlike family, carers and the young person.
func (r Role) Professional() bool {
	return r != FosterCarer && r != Parent && r != YoungPerson
}

// AgreedDelivery is how a contact agreed to be sent to. It may make a
// delivery stricter, never weaker.
type AgreedDelivery string

// The agreements an export may name; the zero value is none.
const (
	AgreedNone      AgreedDelivery = ""
	AgreedEgress    AgreedDelivery = "Egress"
	AgreedProtected AgreedDelivery = "Protected document"
	AgreedPost      AgreedDelivery = "Post"
)

// ParseAgreedDelivery reads an agreement in any case.
func ParseAgreedDelivery(text string) (AgreedDelivery, error) {
	s := strings.Join(strings.Fields(text), " ")
	for _, known := range []AgreedDelivery{AgreedNone, AgreedEgress, AgreedProtected, AgreedPost} {
		if strings.EqualFold(s, string(known)) {
			return known, nil
		}
	}
	return AgreedNone, invalid(UnknownCode, "agreed delivery is Egress, Protected document, Post or blank")
}
