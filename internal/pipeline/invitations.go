package pipeline

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pack"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// InvitationVersion is one version of one person's invitation, without a word
// of what it says.
type InvitationVersion struct {
	// UID and Details are keyed hashes: of plan and person, and of what the
	// invitation says.
	UID, Details string
	Sequence     int
	Cancelled    bool
	At           time.Time
}

// Invitations keeps which version of each invitation was given out last.
type Invitations interface {
	// Version gives the version of an invitation that says this: the one that was
	// given out, where it said the same, or a new one, stored with its evidence.
	// It is not known where what was never given out is to be cancelled.
	Version(ctx context.Context, asked InvitationVersion, by string) (v InvitationVersion, known bool, err error)
}

// Invited is one person's invitation, or why there is none.
type Invited struct {
	Role pep.Role
	// File is the iCalendar object; empty where Why says why there is none.
	File []byte
	// Sequence counts the versions, from 0. Cancelled ones take the meeting back.
	Sequence  int
	Cancelled bool
	Why       string
}

// invitations makes one invitation for each person. A place is said only where
// anybody may know it.
func (r *Runner) invitations(ctx context.Context, c *child, p prospect, people []timetable.Recipient, by string) ([]Invited, error) {
	clock, place := r.openMeeting(p, c.record)
	var all []Invited
	for _, person := range people {
		one, err := r.invitation(ctx, r.entry(c, p, person, clock, place), calledOff(p.outlook.Course), person, by)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func (r *Runner) invitation(ctx context.Context, i pack.Invitation, off bool, person timetable.Recipient, by string) (Invited, error) {
	out := Invited{Role: person.Role, Cancelled: off}
	to := person.Contact.Email
	if to.Verdict() != pep.AddressGood {
		out.Why = "no usable e-mail address is on record"
		return out, nil
	}
	frozen, err := r.frozen(ctx, to.Canonical())
	if err != nil || frozen != "" {
		out.Why = frozen
		return out, err
	}
	i.Cancelled = out.Cancelled
	if i.Day.IsZero() && !i.Cancelled {
		out.Why = "no meeting is booked"
		return out, nil
	}
	if _, err := i.Write(); err != nil {
		out.Why = err.Error()
		return out, nil
	}
	details := r.Seed.Name(strings.Join([]string{
		"invitation says", i.UID, i.Day.String(), i.Clock, strconv.Itoa(i.Minutes), i.Place, i.Organizer.Canonical(),
	}, "\x00"))
	v, known := InvitationVersion{UID: i.UID, Details: details, Cancelled: i.Cancelled, At: r.Now().UTC().Truncate(time.Second)}, !i.Cancelled
	if r.Invitations != nil {
		if v, known, err = r.Invitations.Version(ctx, v, by); err != nil {
			return out, fmt.Errorf("making the invitation %s: %w", i.UID, err)
		}
	}
	if !known {
		out.Why = "the meeting is called off, and nobody was given an invitation"
		return out, nil
	}
	i.Sequence, i.Stamp, out.Sequence = v.Sequence, v.At, v.Sequence
	out.File, err = i.Write()
	return out, err
}

// invite puts the recipient's invitation beside a meeting pack that is made. A
// dry run makes none, since each is stored as a version.
func (r *Runner) invite(ctx context.Context, c *child, e *errand, dry bool) error {
	if e.kind != outbox.KindPack || dry || r.Sketch {
		return nil
	}
	p, ours := r.plan(c, e.plan.Key())
	if !ours {
		return nil
	}
	clock, place := r.openMeeting(p, c.record)
	one, err := r.invitation(ctx, r.entry(c, p, e.recipient, clock, place), calledOff(p.outlook.Course), e.recipient, r.Owner)
	e.calendar = one.File
	return err
}

// entry is the invitation without its version. Its identifier is opaque and
// the same for one person and one plan, however often the meeting moves.
func (r *Runner) entry(c *child, p prospect, person timetable.Recipient, clock, place string) pack.Invitation {
	meeting := p.outlook.Plan.Meeting
	name := r.Seed.Name("invitation\x00" + p.outlook.Plan.Key() + "\x00" + person.Contact.Email.Canonical())
	return pack.Invitation{
		UID: name + "@" + r.From.Domain(), Day: meeting.Date, Clock: clock, Minutes: r.Agenda.Minutes(),
		Organizer: r.From, Attendee: person.Contact.Email, Place: place, Reference: strings.TrimPrefix(string(c.record.Ref), "PEP-"),
	}
}

// calledOff reports whether the meeting is cancelled and not booked anew.
func calledOff(c timetable.Course) bool { return c.Status == pep.MeetingCancelled }
