package form

// Format narrows a text answer beyond its kind.
type Format string

// The formats; the zero Format takes any text.
const (
	AnyFormat      Format = ""
	UPNFormat      Format = "upn"
	ULNFormat      Format = "uln"
	URNFormat      Format = "urn"
	LAEstabFormat  Format = "laestab"
	UKPRNFormat    Format = "ukprn"
	EmailFormat    Format = "email"
	PhoneFormat    Format = "phone"
	PostcodeFormat Format = "postcode"
	TimeFormat     Format = "time"
	LACodeFormat   Format = "la code"
)

// Formats lists every format a definition may name.
func Formats() []Format {
	return []Format{
		AnyFormat, UPNFormat, ULNFormat, URNFormat, LAEstabFormat, UKPRNFormat,
		EmailFormat, PhoneFormat, PostcodeFormat, TimeFormat, LACodeFormat,
	}
}
