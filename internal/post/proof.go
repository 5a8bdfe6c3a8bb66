package post

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/pep"
)

// Proof is what is known of one letter once it was handed to the post. The
// zero Proof is of one that was not. It holds nothing personal.
type Proof struct {
	// Number is the Royal Mail's; every letter has its own.
	Number Number `json:"number,omitempty"`
	// PostedOn is the day on the certificate of posting.
	PostedOn pep.Date `json:"posted_on,omitzero"`
	// Reference says where the proof of posting is kept.
	Reference string `json:"proof,omitempty"`
	// DeliveredOn is the day on which it was signed for.
	DeliveredOn pep.Date `json:"delivered_on,omitzero"`
}

// The refusals of a proof.
var (
	// ErrFuture says that a day is still to come.
	ErrFuture = errors.New("the day is still to come")
	// ErrReference says that the reference of a proof is no short line.
	ErrReference = errors.New("the reference of the proof is one line of at most 100 characters")
)

// mostReference bounds the reference of a proof, in characters.
const mostReference = 100

// Posted is the proof of a letter that was handed over on a day, which is not
// after today nor before the letter was made.
func Posted(number Number, on pep.Date, reference string, made, today pep.Date) (Proof, error) {
	reference = strings.TrimSpace(reference)
	switch {
	case on.After(today):
		return Proof{}, ErrFuture
	case on.Before(made):
		return Proof{}, fmt.Errorf("it was made on %s and cannot have been posted before", made.Long())
	case !utf8.ValidString(reference) || strings.ContainsFunc(reference, unicode.IsControl) || utf8.RuneCountInString(reference) > mostReference:
		return Proof{}, ErrReference
	}
	return Proof{Number: number, PostedOn: on, Reference: reference}, nil
}

// Delivered is the proof once the letter was signed for on a day, which is not
// after today nor before it was posted.
func (p Proof) Delivered(on, today pep.Date) (Proof, error) {
	switch {
	case on.After(today):
		return p, ErrFuture
	case on.Before(p.PostedOn):
		return p, fmt.Errorf("it was posted on %s and cannot have been delivered before", p.PostedOn.Long())
	}
	p.DeliveredOn = on
	return p, nil
}

// Rules are an installation's own for its post.
type Rules struct {
	// Service is what the post office is asked for, in its own words.
	Service string
	// Days are the working days after which somebody asks about a letter
	// without a proof of delivery.
	Days int
	// ReturnAddress is where filled forms and what cannot be delivered go.
	ReturnAddress Address
}

// AskOn is the day from which somebody is to ask about a letter without a
// proof of delivery, and how it was counted. Where the working days cannot be
// counted it takes all days, which is earlier and never later.
func (r Rules) AskOn(posted pep.Date, cal *calendar.Calendar) (pep.Date, string) {
	why := fmt.Sprintf("posted on %s, and no proof of delivery after %d working days", posted.Long(), r.Days)
	if cal != nil {
		if day, err := cal.ForwardDate(posted, r.Days, calendar.WorkingDays); err == nil {
			return day, why
		}
	}
	return posted.AddDays(r.Days), fmt.Sprintf("posted on %s, and no proof of delivery after %d days (the working days are not known)", posted.Long(), r.Days)
}
