package quality

import (
	"fmt"
	"regexp"
	"strconv"
)

// Condition is one condition of a roll-up, as written in the rules. The words
// are: at least 2 red; majority red; all but 1 green and the rest amber;
// otherwise.
type Condition struct {
	Text  string
	kind  conditionKind
	n     int
	of    Rating
	floor Rating
}

type conditionKind string

const (
	atLeast   conditionKind = "at least"
	majority  conditionKind = "majority"
	allBut    conditionKind = "all but"
	otherwise conditionKind = "otherwise"
)

var conditionWords = regexp.MustCompile(`^(?:at least (\d{1,2}) ([a-z]+)|majority ([a-z]+)|all but (\d{1,2}) ([a-z]+) and the rest ([a-z]+)|otherwise)$`)

// ParseCondition reads a condition. Whether its ratings are on the scale is
// asked of [Rules].
func ParseCondition(text string) (Condition, error) {
	m := conditionWords.FindStringSubmatch(text)
	c := Condition{Text: text}
	switch {
	case m == nil:
		return Condition{}, fmt.Errorf("no condition: write at least 2 red, majority red, all but 1 green and the rest amber, or otherwise")
	case m[1] != "":
		c.kind, c.of = atLeast, Rating(m[2])
		c.n, _ = strconv.Atoi(m[1])
	case m[3] != "":
		c.kind, c.of = majority, Rating(m[3])
	case m[4] != "":
		c.kind, c.of, c.floor = allBut, Rating(m[5]), Rating(m[6])
		c.n, _ = strconv.Atoi(m[4])
	default:
		c.kind = otherwise
	}
	return c, nil
}

// ratings are the ratings that the condition names.
func (c Condition) ratings() []Rating {
	var out []Rating
	for _, rating := range []Rating{c.of, c.floor} {
		if rating != "" {
			out = append(out, rating)
		}
	}
	return out
}

// holds decides the condition for the ratings of all parts.
func (c Condition) holds(r Rules, parts []Rating) bool {
	exactly, below, underFloor := 0, 0, 0
	for _, rating := range parts {
		if rating == c.of {
			exactly++
		}
		if r.rank(rating) < r.rank(c.of) {
			below++
		}
		if r.rank(rating) < r.rank(c.floor) {
			underFloor++
		}
	}
	switch c.kind {
	case atLeast:
		return exactly >= c.n
	case majority:
		return 2*exactly > len(parts)
	case allBut:
		return below <= c.n && below < len(parts) && underFloor == 0
	case otherwise:
		return true
	}
	return false
}

// Overall is the rating of the whole by the ratings of its parts, and why.
// Parts without a rating do not count; without any there is no overall rating.
func (r Rules) Overall(parts map[string]Rating) (Rating, string) {
	var given []Rating
	for _, rating := range parts {
		if r.OnScale(rating) {
			given = append(given, rating)
		}
	}
	if len(given) == 0 {
		return "", "no part has a rating"
	}
	for _, line := range r.RollUp {
		if line.When.holds(r, given) {
			return line.Rating, line.When.Text + " (" + line.Source + ")"
		}
	}
	return "", "no line of the roll-up holds"
}
