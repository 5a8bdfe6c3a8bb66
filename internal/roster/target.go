package roster

import (
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// maxTargets is how many targets of a child's last PEP are carried into the
// next form.
const maxTargets = 4

// takeTarget judges the row of one target of the last PEP.
func (r *reading) takeTarget(one *row) {
	id, known := r.childOf(one)
	if known {
		speakOf(r.batch.Targets, id)
	}
	target := readTarget(one)
	digest := r.encoded.digest(Targets, id, target)
	if one.refusal == nil && r.repeats(digest) {
		return
	}
	if known {
		r.targets[id]++
	}
	if one.refusal == nil && r.targets[id] > maxTargets {
		one.refuse(targetNumber, pep.TooManyTargets, "a child has at most 4 targets; the first 4 in the export stand")
	}
	if one.refusal != nil {
		r.reject(one)
		return
	}
	r.take(one, id, target.PEPDate.String()+"/"+strconv.Itoa(target.Number), digest)
	r.batch.Targets[id] = append(r.batch.Targets[id], target)
}

func readTarget(one *row) pep.Target {
	target := pep.Target{
		PEPDate:        hard(one, targetPEP, one.date),
		Number:         hard(one, targetNumber, parseCount),
		Area:           one.texts[targetArea],
		Text:           one.texts[targetText],
		Baseline:       one.texts[targetBaseline],
		SuccessMeasure: one.texts[targetMeasure],
		Intervention:   one.texts[targetIntervention],
		Who:            one.texts[targetWho],
		Start:          hard(one, targetStart, one.date),
		ReviewBy:       hard(one, targetReview, one.date),
		Funding:        pep.Funding(hard(one, targetFunding, one.oneOf(targetFunding))),
		UnitCost:       hard(one, targetUnitCost, parsePence),
		Sessions:       hard(one, targetSessions, parseCount),
		Weeks:          hard(one, targetWeeks, parseCount),
		TotalCost:      hard(one, targetTotal, parsePence),
		Progress:       soft(one, targetProgress, progress(one)),
		Impact:         one.texts[targetImpact],
	}
	counted := target.UnitCost * pep.Pence(target.Sessions*target.Weeks)
	if counted > 0 && target.TotalCost > 0 && counted != target.TotalCost {
		one.warn(targetTotal, pep.BadNumber, "the total is not unit cost x sessions x weeks; it is kept as it is")
	}
	return target
}

// progress takes "not met" for not_met, as people write it.
func progress(one *row) func(string) (string, error) {
	word := one.oneOf(targetProgress)
	return func(text string) (string, error) { return word(strings.ReplaceAll(text, " ", "_")) }
}
