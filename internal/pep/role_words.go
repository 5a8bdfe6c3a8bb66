package pep

// Words is the role as forms and letters say it to people: the short names
// that exports use are written out.
func (r Role) Words() string {
	switch r {
	case ReviewingOfficer:
		return "independent reviewing officer"
	case SENCO:
		return "special educational needs co-ordinator"
	case TeamInbox:
		return "social work team"
	case EstablishmentLead:
		return "education lead of the establishment"
	case Head:
		return "head teacher"
	default:
		return string(r)
	}
}
