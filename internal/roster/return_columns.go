package roster

// The columns read of the SSDA903 tables (Department for Education, children
// looked after return, technical specification). Mother and her child's birth,
// category of need, home postcode, provider and the reason of a move are not read.
const (
	headerChild = iota
	headerBirth
)

const (
	episodeChild = iota
	episodeStart
	episodeReason
	episodeLegal
	episodePlace
	episodeEnd
	episodeEnded
)

const (
	reviewChild = iota
	reviewBirth
	reviewDate
	reviewCode
)

const (
	uascChild = iota
	uascBirth
	uascEnd
)

func returnLayouts() []layout {
	child, birth := column{name: "CHILD"}, column{name: "DOB", holds: dateColumn}
	header := []column{child, birth}
	uasc := []column{child, birth, {name: "DUC", holds: dateColumn}}
	return []layout{
		{kind: Header903, columns: header, exact: []string{"CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"}},
		{kind: Header903, columns: header, exact: []string{"CHILD", "GENDER", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"}},
		{kind: Episodes903, columns: []column{
			child, {name: "DECOM", holds: dateColumn}, {name: "RNE", shared: true}, {name: "LS", shared: true}, {name: "PLACE", shared: true}, {name: "DEC", holds: dateColumn}, {name: "REC", shared: true},
		}, exact: []string{
			"CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN",
		}},
		{kind: Reviews903, columns: []column{child, birth, {name: "REVIEW", holds: dateColumn}, {name: "REVIEW_CODE", shared: true}}, exact: []string{"CHILD", "DOB", "REVIEW", "REVIEW_CODE"}},
		{kind: UASC903, columns: uasc, exact: []string{"CHILD", "SEX", "DOB", "DUC"}},
		{kind: UASC903, columns: uasc, exact: []string{"CHILD", "GENDER", "DOB", "DUC"}},
	}
}

// unneeded are the tables of the return that hold nothing for a PEP and are
// therefore never read.
func unneeded() map[string][]string {
	return map[string][]string{
		"OC2": {
			"CHILD", "DOB", "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK", "HEALTH_ASSESSMENT",
			"SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED",
		},
		"OC3":     {"CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM"},
		"AD1":     {"CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"},
		"Missing": {"CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"},
	}
}
