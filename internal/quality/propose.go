package quality

import "github.com/pepost/pepost/internal/form"

// PartRating is one part as it is judged.
type PartRating struct {
	Part  string `json:"part"`
	Label string `json:"label"`
	// Proposed is the program's proposal from what it found; Given is a
	// person's rating, empty where nobody gave one.
	Proposed Rating `json:"proposed"`
	Given    Rating `json:"given,omitempty"`
	Findings int    `json:"findings"`
}

// Propose rates each part by the gravest finding in it, and the whole by the
// roll-up. A note alone changes no rating.
func (r Rules) Propose(f form.Form, findings []Finding) (parts []PartRating, overall Rating, why string) {
	if !r.Known() {
		return nil, "", "the authority has no scale"
	}
	all := map[string]Rating{}
	for _, part := range r.Named(f) {
		gravest := Gravest(findings, part.Key)
		if gravest == Note {
			gravest = Off
		}
		one := PartRating{Part: part.Key, Label: part.Label, Proposed: r.Proposed[gravest].Value}
		for _, each := range findings {
			if each.Part == part.Key {
				one.Findings++
			}
		}
		all[part.Key] = one.Proposed
		parts = append(parts, one)
	}
	overall, why = r.Overall(all)
	return parts, overall, why
}
