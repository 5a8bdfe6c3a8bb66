package route

import (
	"strings"
	"unicode/utf8"
)

// badByte is the column of the first byte that a policy line may not have: a
// control character (a tab too: YAML does not indent by tabs) or a byte that
// is not UTF-8. It is 0 where there is none.
func badByte(line string) int {
	ascii := true
	for i := range len(line) {
		if line[i] < 0x20 || line[i] == 0x7f {
			return i + 1
		}
		ascii = ascii && line[i] < 0x80
	}
	if ascii {
		return 0
	}
	for i, r := range line {
		if r == utf8.RuneError || unprintable(r) {
			return i + 1
		}
	}
	return 0
}

// unprintable are characters that other YAML readers treat as line ends or
// refuse: C1 controls, the Unicode line ends and the byte order mark.
func unprintable(r rune) bool {
	return r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff
}

// scalar reads one value: plain, 'single quoted' or "double quoted", with a
// comment allowed after it.
func (f *flatFile) scalar(raw string, line, column int) (string, bool) {
	if raw == "" || raw[0] == '#' {
		f.add(line, column, "", "the key has no value", "write the value, or take the line out")
		return "", false
	}
	var value, rest string
	var ok bool
	switch raw[0] {
	case '\'', '"':
		value, rest, ok = quoted(raw)
	default:
		value, rest, ok = plain(raw)
	}
	rest = strings.TrimLeft(rest, " ")
	if !ok || (rest != "" && rest[0] != '#') {
		f.add(line, column, raw, "not one plain value", "write one value on the line, in quotes where it has a colon, a hash or another mark of YAML")
		return "", false
	}
	if strings.Trim(value, " ") == "" {
		f.add(line, column, "", "the value is empty", "write the value, or take the line out")
		return "", false
	}
	return value, true
}

// quoted reads a quoted value. Between double quotes the only escapes are \"
// and \\, between single quotes the quote is written twice.
func quoted(raw string) (value, rest string, ok bool) {
	mark := raw[0]
	if end := strings.IndexByte(raw[1:], mark); end >= 0 && !strings.Contains(raw[1:1+end], `\`) {
		rest = raw[end+2:]
		if mark != '\'' || rest == "" || rest[0] != mark {
			return raw[1 : 1+end], rest, separated(rest)
		}
	}
	var b strings.Builder
	for i := 1; i < len(raw); i++ {
		c, next := raw[i], byte(0)
		if i+1 < len(raw) {
			next = raw[i+1]
		}
		switch {
		case mark == '"' && c == '\\':
			if next != '"' && next != '\\' {
				return "", "", false
			}
			b.WriteByte(next)
			i++
		case mark == '\'' && c == mark && next == mark:
			b.WriteByte(mark)
			i++
		case c == mark:
			return b.String(), raw[i+1:], separated(raw[i+1:])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}

// separated reports whether what follows a quoted value is nothing or a blank.
func separated(rest string) bool { return rest == "" || rest[0] == ' ' }

// plain reads a value without quotes up to a comment.
func plain(raw string) (value, rest string, ok bool) {
	if strings.IndexByte("-?:,[]{}#&*!|>%@`~=<", raw[0]) >= 0 {
		return "", "", false
	}
	value = raw
	if comment := strings.Index(raw, " #"); comment >= 0 {
		value, rest = raw[:comment], raw[comment+1:]
	}
	value = strings.TrimRight(value, " ")
	if strings.Contains(value, ": ") || strings.HasSuffix(value, ":") {
		return "", "", false
	}
	switch value {
	case "null", "Null", "NULL":
		return "", "", false
	}
	return value, rest, true
}
