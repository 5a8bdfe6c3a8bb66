package form

import (
	"strings"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

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
)

// Formats lists every format a definition may name.
func Formats() []Format {
	return []Format{
		AnyFormat, UPNFormat, ULNFormat, URNFormat, LAEstabFormat, UKPRNFormat,
		EmailFormat, PhoneFormat, PostcodeFormat, TimeFormat,
	}
}

// canonical gives the one spelling of a text of the format.
func (format Format) canonical(f Field, text string) (string, error) {
	reason := ""
	switch format {
	case UPNFormat:
		upn, err := pep.ParseUPN(text)
		return checked(f, string(upn), err)
	case ULNFormat:
		uln, err := pep.ParseULN(text)
		return checked(f, string(uln), err)
	case URNFormat:
		urn, err := pep.ParseURN(text)
		return checked(f, string(urn), err)
	case LAEstabFormat:
		estab, err := pep.ParseLAEstab(text)
		return checked(f, string(estab), err)
	case UKPRNFormat:
		if len(text) != 8 || strings.Trim(text, "0123456789") != "" {
			reason = "a UKPRN has eight digits"
		}
	case EmailFormat:
		if pep.ParseAddress(text).Verdict() == pep.AddressRefused {
			reason = "not one bare e-mail address"
		}
	case PhoneFormat:
		if digits := digitsOf(text); len(digits) < 6 || len(digits) > 15 {
			reason = "a telephone number has 6 to 15 digits"
		}
	case PostcodeFormat:
		return strings.ToUpper(text), nil
	case TimeFormat:
		return canonicalTime(f, text)
	case AnyFormat:
	}
	if reason != "" {
		return "", f.invalid(reason)
	}
	return text, nil
}

// canonicalTime reads 15:30, 15.30, 3.30pm or 3 pm and gives 15:30.
func canonicalTime(f Field, text string) (string, error) {
	plain := strings.ToLower(strings.NewReplacer(" ", "", ".", ":").Replace(text))
	for _, layout := range []string{"15:04", "3:04pm", "3pm"} {
		if t, err := time.Parse(layout, plain); err == nil {
			return t.Format("15:04"), nil
		}
	}
	return "", f.invalid("not a time of the day: write 15:30")
}

func checked(f Field, text string, err error) (string, error) {
	if err != nil {
		return "", f.invalid(err.Error())
	}
	return text, nil
}

func digitsOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}
