package roster

import (
	"strings"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// returned is what the tables of the return have said of one child so far.
type returned struct {
	said pep.Return903
	// open is the start of the open episode that status and placement are of.
	open pep.Date
	// end is when the newest episode ended, zero where it is open; ended is the
	// same day where the whole period of care ended with it.
	end, ended pep.Date
}

func (r *reading) returnOf(id string) *returned {
	if r.returns[id] == nil {
		r.returns[id] = &returned{}
	}
	return r.returns[id]
}

// settle counts a row of the return and reports whether what it says is new.
func (r *reading) settle(one *row, id, key string, value any) bool {
	if one.refusal != nil {
		r.reject(one)
		return false
	}
	digest := r.encoded.digest(one.match.layout.kind, id, value)
	if r.repeats(digest) {
		return false
	}
	r.take(one, id, key, digest)
	return true
}

// takeHeader checks that the return speaks of the same child; it adds nothing.
func (r *reading) takeHeader(one *row) {
	id, _ := r.childOf(one)
	r.checkBirth(one, headerBirth, id)
	r.settle(one, id, "", nil)
}

// checkBirth compares the return's date of birth with the register's, which
// stands whatever the return says.
func (r *reading) checkBirth(one *row, c int, id string) {
	if one.refusal != nil || one.texts[c] == "" {
		return
	}
	register := r.birthOf(id)
	birth, err := one.date(one.texts[c])
	if err != nil {
		if turned, is := monthFirst(one.texts[c]); !is || turned != register {
			hard(one, c, one.date)
			return
		}
		birth = pep.Date{Year: register.Year, Month: time.Month(register.Day), Day: int(register.Month)}
	}
	switch {
	case birth == register:
	case birth == pep.Date{Year: register.Year, Month: time.Month(register.Day), Day: int(register.Month)}:
		one.warn(c, pep.AmbiguousDate, "it is the register's date of birth with day and month swapped; the register's stands")
	default:
		one.warn(c, pep.BadDate, "it is not the register's date of birth, which stands: is it the same child?")
	}
}

// takeEpisode reads an episode: the latest that started a period of care dates
// the whole period, the latest open one gives status and placement.
func (r *reading) takeEpisode(one *row) {
	id, _ := r.childOf(one)
	episode := struct {
		Start, End pep.Date
		Reason     string
		Legal      pep.LegalStatus
		Place      pep.Placement
		Left       bool `json:",omitzero"`
	}{
		Start: hard(one, episodeStart, one.date), End: hard(one, episodeEnd, one.date), Reason: one.texts[episodeReason],
		Legal: hard(one, episodeLegal, pep.ParseLegalStatus), Place: soft(one, episodePlace, pep.ParsePlacement),
	}
	episode.Left = endsCare(one, episode.Start, episode.End)
	if one.texts[episodeStart] == "" {
		one.refuse(episodeStart, pep.MissingRequired, "the episode has no start")
	}
	if !r.settle(one, id, episode.Start.String(), episode) {
		return
	}
	of := r.returnOf(id)
	of.newest(episode.Start, episode.End, episode.Left)
	if episode.Reason == "S" && episode.Start.After(of.said.BecameLookedAfter) {
		of.said.BecameLookedAfter = episode.Start
	}
	if episode.End.IsZero() && !episode.Start.Before(of.open) {
		of.open, of.said.LegalStatus, of.said.Placement = episode.Start, episode.Legal, episode.Place
	}
}

// newest takes in whether the newest episode so far ended the period of care.
// Of two that began on the same day the later one to end is the newer.
func (r *returned) newest(start, end pep.Date, left bool) {
	switch latest := r.said.LatestEpisode; {
	case start.Before(latest):
		return
	case start == latest && (r.end.IsZero() || !end.IsZero() && end.Before(r.end)):
		return
	case start != latest || end != r.end:
		r.said.LatestEpisode, r.end, r.ended = start, end, pep.Date{}
	}
	if left {
		r.ended = end
	}
}

// left is the day the child left care by all episodes told; an open one,
// whenever it began, says that the child is looked after.
func (r *returned) left() pep.Date {
	if !r.open.IsZero() {
		return pep.Date{}
	}
	return r.ended
}

// endsCare reports whether an episode ended and no other took its place: X1 is
// an episode that ceased with a new one on the same day, every other reason
// begins with E (children looked after return, REC). An end without a reason
// that is known says nothing of it.
func endsCare(one *row, start, end pep.Date) bool {
	reason := strings.ToUpper(one.texts[episodeEnded])
	switch {
	case end.IsZero() || reason == "X1":
		return false
	case end.Before(start):
		one.warn(episodeEnd, pep.BadDate, "the episode ends before it starts: it does not count as leaving care")
		return false
	case reason == "":
		one.warn(episodeEnded, pep.MissingRequired, "the episode has an end and no reason for it: it does not count as leaving care")
		return false
	case len(reason) < 2 || reason[0] != 'E' || reason[1] < '0' || reason[1] > '9':
		one.warn(episodeEnded, pep.UnknownCode, "a reason why an episode ended is X1, or E and a number: it does not count as leaving care")
		return false
	}
	return true
}

// takeReview reads a statutory review; the latest stands.
func (r *reading) takeReview(one *row) {
	id, _ := r.childOf(one)
	r.checkBirth(one, reviewBirth, id)
	review := struct {
		Date pep.Date
		Code string
	}{hard(one, reviewDate, one.date), hard(one, reviewCode, participation)}
	if one.texts[reviewDate] == "" {
		one.refuse(reviewDate, pep.MissingRequired, "the review has no date")
	}
	if r.settle(one, id, review.Date.String(), review) {
		of := r.returnOf(id)
		if review.Date.After(of.said.LastReview) {
			of.said.LastReview = review.Date
		}
	}
}

// participation is how the child took part in a review: PN0 to PN7.
func participation(text string) (string, error) {
	code := strings.ToUpper(text)
	if len(code) != 3 || code[:2] != "PN" || code[2] < '0' || code[2] > '7' {
		return "", &pep.Invalid{Code: pep.UnknownCode, Reason: "a review code is PN0 to PN7"}
	}
	return code, nil
}

// takeUASC reads that a child sought asylum unaccompanied, and until when.
func (r *reading) takeUASC(one *row) {
	id, _ := r.childOf(one)
	r.checkBirth(one, uascBirth, id)
	ends := hard(one, uascEnd, one.date)
	if r.settle(one, id, "", ends) {
		of := r.returnOf(id)
		of.said.Unaccompanied, of.said.UnaccompaniedEnds = true, ends
	}
}
