package quality

import "github.com/pepost/pepost/internal/form"

// Rating is one step of an authority's scale, such as red; the key of a choice
// of the form's own judgement.
type Rating string

// Weight is how grave a finding is.
type Weight string

// The weights. What is off is not looked for.
const (
	Serious Weight = "serious"
	Minor   Weight = "minor"
	Note    Weight = "note"
	Off     Weight = "off"
)

// Weights lists every weight, the gravest first.
func Weights() []Weight { return []Weight{Serious, Minor, Note, Off} }

// Check is what is looked for.
type Check string

// The checks. Who, when, measure and cost are what makes a target specific,
// measurable and timed (St Helens, Setting PEP Targets).
const (
	Required       Check = "required"         // an answer that the final plan needs
	NotTaken       Check = "not_taken"        // an answer that the form does not take
	TooManyTargets Check = "too_many_targets" // more than the authority allows
	Who            Check = "who"              // a person, not only a place
	When           Check = "when"             // a date before the next PEP
	Measure        Check = "measure"          // an outcome that can be measured
	Costed         Check = "costed"           // itemised where Pupil Premium pays
	Sum            Check = "sum"              // the items make the total
	Fund           Check = "fund"             // the money is there for this age
	NotPayable     Check = "not_payable"      // the money may be spent on it
	Unchanged      Check = "unchanged"        // copied from last term
	VoiceEmpty     Check = "voice_empty"      // the child has said nothing
	VoiceAdult     Check = "voice_adult"      // an adult's words about the child
	Placeholder    Check = "placeholder"      // "see above" in place of an answer
)

// Checks lists every check.
func Checks() []Check {
	return []Check{
		Required, NotTaken, TooManyTargets, Who, When, Measure, Costed, Sum, Fund, NotPayable, Unchanged, VoiceEmpty, VoiceAdult, Placeholder,
	}
}

// Sourced is a value of the rules and where it comes from.
type Sourced[T any] struct {
	Value  T
	Source string
}

// Rules are one authority's quality assurance; the zero value has no scale and
// looks for nothing.
type Rules struct {
	Scale Sourced[[]Rating] // the worst first
	// Proposed is the rating proposed for a part by the gravest finding in it;
	// under Off stands the one of a part without any.
	Proposed map[Weight]Sourced[Rating]
	RollUp   []Line
	// ReleaseFrom is the overall rating from which Pupil Premium Plus may be
	// released.
	ReleaseFrom Sourced[Rating]
	Checks      map[Check]Sourced[Weight]
	// UnchangedFrom is the length in characters from which a text that is the
	// same as last term counts as copied.
	UnchangedFrom      Sourced[int]
	ReviewWithinMonths Sourced[int]
	Nobody             Sourced[[]string]
	Placeholders       Sourced[[]string]
	Measures           Sourced[[]string]
	NotPayable         Sourced[[]string]
	Parts              []Part
}

// Part is one part of the form that is judged.
type Part struct {
	// Key is the row of the form's own judgement.
	Key string
	// Fields are the answers that belong to it: each name stands for itself and
	// everything below it.
	Fields []string
	Source string
}

// Line is one line of a roll-up: what the whole is rated when the condition is
// the first that holds.
type Line struct {
	Rating Rating
	When   Condition
	Source string
	// Elsewhere are what other pages of the authority say; they are told and
	// not used.
	Elsewhere []Reading
}

// Reading is another wording of a line.
type Reading struct {
	When   Condition
	Source string
}

// Known reports whether there are rules at all.
func (r Rules) Known() bool { return len(r.Scale.Value) > 0 }

// rank is the place of a rating on the scale, the worst 0; -1 where it is not
// on it.
func (r Rules) rank(rating Rating) int {
	for i, known := range r.Scale.Value {
		if known == rating {
			return i
		}
	}
	return -1
}

// OnScale reports whether the authority uses the rating.
func (r Rules) OnScale(rating Rating) bool { return r.rank(rating) >= 0 }

// Releases reports whether money may be released at an overall rating.
func (r Rules) Releases(overall Rating) bool {
	return r.OnScale(overall) && r.rank(overall) >= r.rank(r.ReleaseFrom.Value)
}

// PartOf is the part that an answer belongs to: the one with the longest name
// above it; empty where it is judged in none. The answer is a key of a field,
// or a table's and a column's joined by a dot.
func (r Rules) PartOf(answer string) string {
	part, longest := "", 0
	for _, p := range r.Parts {
		for _, name := range p.Fields {
			if len(name) > longest && under(answer, name) {
				part, longest = p.Key, len(name)
			}
		}
	}
	return part
}

func under(answer, name string) bool {
	return answer == name || len(answer) > len(name) && answer[:len(name)] == name && answer[len(name)] == '.'
}

// weight is how grave a check's findings are.
func (r Rules) weight(c Check) Weight {
	if w := r.Checks[c].Value; w != "" {
		return w
	}
	return Off
}

// Named lists the parts in the order of the form with its words, as far as it
// has a row for them.
func (r Rules) Named(f form.Form) []form.Choice {
	table, ok := f.Field("qa.sections")
	if !ok {
		return nil
	}
	var out []form.Choice
	for _, row := range table.FixedRows {
		for _, p := range r.Parts {
			if p.Key == row.Key {
				out = append(out, row)
			}
		}
	}
	return out
}
