package quality

import (
	"strconv"
	"strings"
)

// Value is one value of the rules in words, as it stands in the file.
type Value struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

// Values are all the values of the rules in the order of the file, with the
// wordings that the authority's other pages have.
func (r Rules) Values() []Value {
	var out []Value
	add := func(key, value, source string) { out = append(out, Value{key, value, source}) }
	scale := make([]string, len(r.Scale.Value))
	for i, rating := range r.Scale.Value {
		scale[i] = string(rating)
	}
	add("scale", strings.Join(scale, ", "), r.Scale.Source)
	add("proposed serious", string(r.Proposed[Serious].Value), r.Proposed[Serious].Source)
	add("proposed minor", string(r.Proposed[Minor].Value), r.Proposed[Minor].Source)
	add("proposed none", string(r.Proposed[Off].Value), r.Proposed[Off].Source)
	for _, line := range r.RollUp {
		add("roll_up "+string(line.Rating), line.When.Text, line.Source)
		for _, other := range line.Elsewhere {
			add("roll_up "+string(line.Rating)+" elsewhere", other.When.Text, other.Source)
		}
	}
	add("release_from", string(r.ReleaseFrom.Value), r.ReleaseFrom.Source)
	for _, check := range Checks() {
		add("checks "+string(check), string(r.Checks[check].Value), r.Checks[check].Source)
	}
	add("unchanged_from", strconv.Itoa(r.UnchangedFrom.Value), r.UnchangedFrom.Source)
	add("review_within_months", strconv.Itoa(r.ReviewWithinMonths.Value), r.ReviewWithinMonths.Source)
	for _, list := range []struct {
		name  string
		words Sourced[[]string]
	}{{"nobody", r.Nobody}, {"placeholders", r.Placeholders}, {"measures", r.Measures}, {"not_payable", r.NotPayable}} {
		add("words "+list.name, strings.Join(list.words.Value, ", "), list.words.Source)
	}
	for _, part := range r.Parts {
		add("parts "+part.Key, strings.Join(part.Fields, ", "), part.Source)
	}
	return out
}
