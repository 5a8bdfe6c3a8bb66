package pep

import (
	"slices"
	"strings"
)

// Sex is the sex recorded by the case system: M, F or U.
type Sex string

// SENProvision is the kind of special educational provision: N none, K SEN
// support, E education, health and care plan (school census).
type SENProvision string

// LegalStatus is the SSDA903 code of the order a child is looked after under.
type LegalStatus string

// Placement is the SSDA903 code of where a child lives.
type Placement string

// Ethnicity is the Department for Education's four-letter code.
type Ethnicity string

// LegalStatuses are the codes the SSDA903 return knows.
func LegalStatuses() []LegalStatus {
	return []LegalStatus{"C1", "C2", "D1", "E1", "J1", "J2", "J3", "L1", "L2", "L3", "V2", "V3", "V4"}
}

// Placements are the codes the SSDA903 return knows.
func Placements() []Placement {
	return []Placement{
		"A3", "A4", "A5", "A6", "H5", "K1", "K2", "P1", "P2", "P3", "R1", "R2", "R3", "R5",
		"S1", "T0", "T1", "T2", "T3", "T4", "U1", "U2", "U3", "U4", "U5", "U6", "Z1",
	}
}

// Ethnicities are the main codes and the extended ones that roll up to them
// (alternative provision census).
func Ethnicities() []Ethnicity {
	return []Ethnicity{
		"WBRI", "WENG", "WSCO", "WWEL", "WOWB", "WCOR", "WIRI", "WIRT", "WROM", "WOTH", "WALB", "WBOS",
		"WCRO", "WGRE", "WGRK", "WGRC", "WITA", "WKOS", "WPOR", "WSER", "WTUR", "WTUK", "WTUC",
		"WEUR", "WEEU", "WWEU", "WOTW", "MWBC", "MWBA", "MWAS", "MWAP", "MWAI", "MWAO", "MOTH", "MAOE", "MABL",
		"MACH", "MBOE", "MBCH", "MCOE", "MWOE", "MWCH", "MOTM", "AIND", "APKN", "AMPK", "AKPA", "AOPK",
		"ABAN", "AOTH", "AAFR", "AKAO", "ANEP", "ASNL", "ASLT", "ASRO", "AOTA", "CHNE", "CHKC", "CMAL",
		"CSNG", "CTWN", "COCH", "BCRB", "BAFR", "BANN", "BCON", "BGHA", "BNGN", "BSLN", "BSOM", "BSUD",
		"BAOF", "BOTH", "BEUR", "BNAM", "BOTB", "OOTH", "OAFG", "OARA", "OEGY", "OFIL", "OIRN", "OIRQ",
		"OJPN", "OKOR", "OKRD", "OLAM", "OLEB", "OLIB", "OMAL", "OMRC", "OPOL", "OTHA", "OVIE", "OYEM",
		"OOEG", "REFU", "NOBT",
	}
}

func parseOneOf[T ~string](text string, known []T, reason string) (T, error) {
	s := T(strings.ToUpper(strings.Trim(text, " \t")))
	if !slices.Contains(known, s) {
		return "", invalid(UnknownCode, reason)
	}
	return s, nil
}

// ParseSex reads M, F or U.
func ParseSex(text string) (Sex, error) {
	return parseOneOf(text, []Sex{"M", "F", "U"}, "gender is M, F or U")
}

// ParseSENProvision reads N, K or E; S was retired in April 2018.
func ParseSENProvision(text string) (SENProvision, error) {
	return parseOneOf(text, []SENProvision{"N", "K", "E"}, "SEN provision is N, K or E")
}

// ParseLegalStatus reads an SSDA903 legal status.
func ParseLegalStatus(text string) (LegalStatus, error) {
	return parseOneOf(text, LegalStatuses(), "not a legal status code of the SSDA903 return")
}

// ParsePlacement reads an SSDA903 placement code.
func ParsePlacement(text string) (Placement, error) {
	return parseOneOf(text, Placements(), "not a placement code of the SSDA903 return")
}

// ParseEthnicity reads a main or extended ethnicity code.
func ParseEthnicity(text string) (Ethnicity, error) {
	return parseOneOf(text, Ethnicities(), "not an ethnicity code of the school census")
}

// ShortBreaks reports whether the status is a series of short breaks, for
// which no PEP is made.
func (s LegalStatus) ShortBreaks() bool { return s == "V3" || s == "V4" }

// ForAdoption reports whether the child is placed for adoption.
func (p Placement) ForAdoption() bool { return strings.HasPrefix(string(p), "A") }

// Foster reports whether the placement is with foster carers.
func (p Placement) Foster() bool { return strings.HasPrefix(string(p), "U") }

// Temporary reports whether the placement is a temporary one, which never
// counts as a move.
func (p Placement) Temporary() bool { return strings.HasPrefix(string(p), "T") }

// YearGroup is a National Curriculum year held between -2 (nursery, two to
// three) and 14; 0 is Reception. Known is false where the record has none.
type YearGroup struct {
	Known bool
	Year  int
}

// ParseYearGroup reads N1, N2, R, Reception, 0, 7, Y7 or Year 7.
func ParseYearGroup(text string) (YearGroup, error) {
	s := strings.ToUpper(strings.Join(strings.Fields(text), ""))
	switch s {
	case "N1":
		return YearGroup{true, -2}, nil
	case "N2":
		return YearGroup{true, -1}, nil
	case "R", "RECEPTION", "YR":
		return YearGroup{true, 0}, nil
	}
	s = strings.TrimPrefix(strings.TrimPrefix(s, "YEAR"), "Y")
	if s == "" || len(s) > 2 || strings.Trim(s, "0123456789") != "" {
		return YearGroup{}, invalid(BadNumber, "a year group is N1, N2, R, or 0 to 14")
	}
	year := 0
	for i := range len(s) {
		year = year*10 + digit(s[i])
	}
	if year > 14 {
		return YearGroup{}, invalid(BadNumber, "a year group is N1, N2, R, or 0 to 14")
	}
	return YearGroup{true, year}, nil
}

// String is the name schools use: N1, N2, Reception, Year 7; empty where the
// year is not known.
func (y YearGroup) String() string {
	switch {
	case !y.Known:
		return ""
	case y.Year < -1:
		return "N1"
	case y.Year == -1:
		return "N2"
	case y.Year == 0:
		return "Reception"
	}
	return "Year " + itoa(y.Year)
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// Answer is a yes/no cell; the zero Answer means the cell was blank.
type Answer string

// The answers a record may hold.
const (
	Unanswered Answer = ""
	Yes        Answer = "yes"
	No         Answer = "no"
)

// ParseAnswer reads Y, Yes, TRUE, 1 and N, No, FALSE, 0 in any case; a blank
// is no answer.
func ParseAnswer(text string) (Answer, error) {
	switch strings.ToUpper(strings.Trim(text, " \t")) {
	case "":
		return Unanswered, nil
	case "Y", "YES", "TRUE", "1":
		return Yes, nil
	case "N", "NO", "FALSE", "0":
		return No, nil
	}
	return Unanswered, invalid(UnknownCode, "answer yes or no")
}
