package roster

import "strings"

// classOf says what sort of text a cell holds, without any of its characters.
func classOf(text string) ValueClass {
	switch {
	case text == "":
		return NoValue
	case text[0] == '=':
		return FormulaValue
	case strings.Contains(text, "@"):
		return AddressValue
	case strings.Trim(text, "0123456789/-.: ") == "" && strings.ContainsAny(text, "/-"):
		return DateValue
	case strings.Trim(text, "0123456789,.£ ") == "":
		return NumberValue
	}
	hasLetter, hasDigit, hasOther := false, false, false
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			hasDigit = true
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c > 0x7f:
			hasLetter = true
		case c != ' ' && c != '-' && c != '\'':
			hasOther = true
		}
	}
	switch {
	case hasOther || !hasLetter:
		return TextValue
	case hasDigit:
		return CodeValue
	}
	return WordValue
}
