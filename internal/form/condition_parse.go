package form

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxConditionLength bounds the text of a condition.
const maxConditionLength = 500

// ParseCondition reads the text of a condition. Tests are
//
//	key is value | key is not value | key in value, value, …
//	key >= 7 | key <= 7 | key > 7 | key < 7
//	key is given | key is not given
//	key within 6 months | key 12 months ago
//
// joined by "and" and "or". The error says which test is wrong and how.
func ParseCondition(text string) (Condition, error) {
	if len(text) > maxConditionLength {
		return Condition{}, errors.New("a condition has at most 500 characters")
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		return Condition{}, errors.New("the condition is empty")
	}
	condition := Condition{Text: strings.Join(words, " ")}
	for _, alternative := range split(words, "or") {
		var all []Test
		for _, test := range split(alternative, "and") {
			parsed, err := parseTest(test)
			if err != nil {
				return Condition{}, err
			}
			all = append(all, parsed)
		}
		condition.Any = append(condition.Any, all)
	}
	return condition, nil
}

func split(words []string, at string) [][]string {
	var out [][]string
	for {
		i := slices.Index(words, at)
		if i < 0 {
			return append(out, words)
		}
		out = append(out, words[:i])
		words = words[i+1:]
	}
}

func parseTest(words []string) (Test, error) {
	if len(words) < 3 {
		return Test{}, fmt.Errorf("a test has a key, a comparison and a value: %q", strings.Join(words, " "))
	}
	key, rest := words[0], words[1:]
	if last := len(rest) - 1; rest[last] == "ago" && last == 2 && rest[1] == "months" {
		return monthsTest(key, Ago, rest[0])
	}
	switch op := rest[0]; op {
	case "is":
		return parseIs(key, rest[1:])
	case "in":
		return listTest(key, rest[1:])
	case ">=", "<=", ">", "<":
		if len(rest) != 2 || !isDecimal(rest[1]) {
			return Test{}, fmt.Errorf("%s compares with one number", op)
		}
		return Test{key, Op(op), rest[1:2]}, nil
	case "within":
		if len(rest) != 3 || rest[2] != "months" {
			return Test{}, errors.New("write: within 6 months")
		}
		return monthsTest(key, Within, rest[1])
	default:
		return Test{}, fmt.Errorf("unknown comparison %q: use is, is not, in, >=, <=, >, <, is given, within n months or n months ago", op)
	}
}

func parseIs(key string, rest []string) (Test, error) {
	op := Is
	if rest[0] == "not" && len(rest) > 1 {
		op, rest = IsNot, rest[1:]
	}
	if len(rest) == 1 && rest[0] == "given" {
		if op == Is {
			return Test{key, Given, nil}, nil
		}
		return Test{key, NotGiven, nil}, nil
	}
	if len(rest) != 1 {
		return Test{}, fmt.Errorf("%s takes one word; use in for several", op)
	}
	return Test{key, op, rest[:1]}, nil
}

func monthsTest(key string, op Op, count string) (Test, error) {
	if n, err := strconv.Atoi(count); err != nil || n < 0 || n > 1200 {
		return Test{}, errors.New("the months are a whole number from 0 to 1200")
	}
	return Test{key, op, []string{count}}, nil
}

func listTest(key string, words []string) (Test, error) {
	test := Test{key, In, nil}
	for _, value := range strings.Split(strings.Join(words, " "), ",") {
		value = strings.TrimSpace(value)
		if value == "" {
			return Test{}, errors.New("write: in first, second, third")
		}
		test.Values = append(test.Values, value)
	}
	return test, nil
}

// isDecimal keeps out what ParseFloat takes besides: infinities, exponents,
// hexadecimal.
func isDecimal(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil && strings.Trim(text, "-.0123456789") == ""
}

// Keys are the fields a condition asks.
func (c Condition) Keys() []string {
	var out []string
	for _, all := range c.Any {
		for _, test := range all {
			out = append(out, test.Key)
		}
	}
	return out
}
