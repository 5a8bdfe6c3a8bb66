package pep

// Code is the machine-readable name of a fault in an imported value. The set
// is part of the command line contract (import --json).
type Code string

// The codes an import may report.
const (
	BadUPN             Code = "bad_upn"
	BadULN             Code = "bad_uln"
	BadDate            Code = "bad_date"
	AmbiguousDate      Code = "ambiguous_date"
	DateInFuture       Code = "date_in_future"
	DuplicateChild     Code = "duplicate_child"
	MissingRequired    Code = "missing_required"
	BadEmail           Code = "bad_email"
	UnknownRole        Code = "unknown_role"
	UnknownChild       Code = "unknown_child"
	UnknownCode        Code = "unknown_code"
	BadNumber          Code = "bad_number"
	TooManyTargets     Code = "too_many_targets"
	FormulaCell        Code = "formula"
	BadEncoding        Code = "encoding"
	MeetingOnClosedDay Code = "meeting_on_closed_day"
)

// Codes lists every code in the order of the contract.
func Codes() []Code {
	return []Code{
		BadUPN, BadULN, BadDate, AmbiguousDate, DateInFuture, DuplicateChild,
		MissingRequired, BadEmail, UnknownRole, UnknownChild, UnknownCode,
		BadNumber, TooManyTargets, FormulaCell, BadEncoding, MeetingOnClosedDay,
	}
}

// Invalid says why a text is not a value of the field. Reason never repeats
// the text itself, so an Invalid may be logged.
type Invalid struct {
	Code   Code
	Reason string
}

// Error is the reason alone.
func (e *Invalid) Error() string { return e.Reason }

func invalid(code Code, reason string) error { return &Invalid{Code: code, Reason: reason} }
