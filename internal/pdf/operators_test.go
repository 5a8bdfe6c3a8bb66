package pdf

import (
	"strings"
	"testing"
)

// operator is one operator of a page with its operands (ISO 32000-1, 7.8.2):
// strings are unescaped, dictionaries stand whole.
type operator struct {
	name     string
	operands []string
}

// operators reads a page's content.
func operators(t testing.TB, content []byte) []operator {
	t.Helper()
	var list []operator
	var operands []string
	for at := 0; at < len(content); {
		token, next, operand := token(content, at)
		if next <= at {
			t.Fatalf("the page cannot be read at byte %d: %q", at, content[at:min(at+20, len(content))])
		}
		at = next
		switch {
		case token == "" && !operand:
		case operand:
			operands = append(operands, token)
		default:
			list = append(list, operator{token, operands})
			operands = nil
		}
	}
	if len(operands) > 0 {
		t.Fatalf("operands without an operator: %q", operands)
	}
	return list
}

// token reads one operand, operator or stretch of white space.
func token(content []byte, at int) (text string, next int, operand bool) {
	switch b := content[at]; {
	case strings.IndexByte(" \n\r\t\x00\f", b) >= 0:
		return "", at + 1, false
	case b == '(':
		return quoted(content, at+1)
	case b == '<' && at+1 < len(content) && content[at+1] == '<':
		depth := 0
		for i := at; i+1 < len(content); i++ {
			switch string(content[i : i+2]) {
			case "<<":
				depth++
				i++
			case ">>":
				i++
				if depth--; depth == 0 {
					return string(content[at : i+1]), i + 1, true
				}
			}
		}
		return "", at, false
	case b == '[':
		var all string
		for i := at + 1; i < len(content); {
			if content[i] == ']' {
				return all, i + 1, true
			}
			part, next, _ := token(content, i)
			if content[i] == '(' {
				all += part
			}
			i = next
		}
		return "", at, false
	case b == '/':
		end := at + 1
		for end < len(content) && strings.IndexByte(" \n\r\t()<>[]{}/%", content[end]) < 0 {
			end++
		}
		return string(content[at:end]), end, true
	}
	end := at
	for end < len(content) && strings.IndexByte(" \n\r\t()<>[]{}/%", content[end]) < 0 {
		end++
	}
	text = string(content[at:end])
	return text, end, text != "" && strings.Trim(text, "0123456789.-") == ""
}

// quoted reads a string in parentheses, behind the opening one.
func quoted(content []byte, at int) (text string, next int, operand bool) {
	var raw []byte
	for i := at; i < len(content); i++ {
		switch content[i] {
		case ')':
			return string(raw), i + 1, true
		case '\\':
			i++
			if content[i] == 'r' {
				raw = append(raw, '\r')
				continue
			}
			raw = append(raw, content[i])
		default:
			raw = append(raw, content[i])
		}
	}
	return "", at, false
}
