package form

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// generatedKey is the field that holds the day the form was made; dates in
// conditions are measured against it, never against a clock.
const generatedKey = "ctl.generated_at"

// judge decides one test. A missing answer leaves every comparison undecided
// except those that ask whether there is one.
func (t Test) judge(s scope) Truth {
	answer, found := s.answer(t.Key)
	switch {
	case t.Op == Given:
		return truth(found)
	case t.Op == NotGiven:
		return truth(!found)
	case !found:
		return Undecided
	}
	switch t.Op {
	case Is, In:
		return truth(slices.ContainsFunc(t.Values, answer.has))
	case IsNot:
		return truth(!slices.ContainsFunc(t.Values, answer.has))
	case Within, Ago:
		return t.judgeMonths(string(answer), s.values)
	default:
		return t.judgeNumber(string(answer))
	}
}

// canonical is one answer; for a field that takes several choices it holds
// all of them.
type canonical string

func (c canonical) has(value string) bool {
	return string(c) == value || slices.Contains(strings.Split(string(c), "; "), value)
}

// scope is where a condition looks for answers: in the row it stands in, if
// any, and then among all fields.
type scope struct {
	values Values
	row    Row
}

// answer is a field's text; a table with rows is answered too.
func (s scope) answer(key string) (canonical, bool) {
	if text := s.row[key]; text != "" {
		return canonical(text), true
	}
	if text := s.values.Fields[key]; text != "" {
		return canonical(text), true
	}
	return "", len(s.values.Tables[key]) > 0
}

func (t Test) judgeNumber(answer string) Truth {
	have, err := strconv.ParseFloat(answer, 64)
	if err != nil || len(t.Values) != 1 {
		return Undecided
	}
	want, err := strconv.ParseFloat(t.Values[0], 64)
	if err != nil {
		return Undecided
	}
	switch t.Op {
	case AtLeast:
		return truth(have >= want)
	case AtMost:
		return truth(have <= want)
	case Above:
		return truth(have > want)
	case Below:
		return truth(have < want)
	default:
		return Undecided
	}
}

// judgeMonths measures a date against the day the form was made: "within 6
// months" is not before that day and no more than six months after it, "12
// months ago" is at least twelve months before it.
func (t Test) judgeMonths(answer string, v Values) Truth {
	day, err := pep.ParseDate(answer)
	if err != nil || len(t.Values) != 1 {
		return Undecided
	}
	made, err := pep.ParseDate(v.Fields[generatedKey])
	if err != nil {
		return Undecided
	}
	months, err := strconv.Atoi(t.Values[0])
	if err != nil {
		return Undecided
	}
	if t.Op == Within {
		limit := pep.DateOf(made.Time().AddDate(0, months, 0))
		return truth(!day.Before(made) && !day.After(limit))
	}
	return truth(!day.After(pep.DateOf(made.Time().AddDate(0, -months, 0))))
}
