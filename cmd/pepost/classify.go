package main

import (
	"errors"

	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/post"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/timetable"
)

// classifyKnown gives the code and the hint of the errors that rooms name.
func classifyKnown(err error) *outcomeError {
	var (
		noTerms   *calendar.NoTermDatesError
		outside   *calendar.OutOfRangeError
		bounds    *calendar.BoundsError
		locked    *store.LockedError
		mismatch  *store.KeyMismatchError
		keyFile   *store.KeyFileError
		missing   *pipeline.NotFoundError
		read      *pipeline.AlreadyReadError
		reason    *pipeline.NeedsReasonError
		nothing   *pipeline.NothingSealedError
		forbidden *outbox.NotAllowedError
		action    *timetable.ActionError
		noCopy    *pipeline.NoCopyError
		reroute   *pipeline.RerouteError
		two       *pipeline.TwoPeopleError
		agreement *pipeline.AgreementError
		notPost   *pipeline.NotForPostError
		number    *post.NumberError
		frozen    *pipeline.FrozenError
		address   *pipeline.AddressHeldError
		badly     *pipeline.TypedError
	)
	end := &outcomeError{code: exitFailed, err: err}
	switch {
	case errors.As(err, &badly):
		end.hint = "mend the lines above and enter it again; pepost returns enter REF --blank writes the fields to be typed"
	case errors.Is(err, pipeline.ErrReturnSettled):
		end.hint = "pepost returns list tells where it stands"
	case errors.As(err, &noTerms):
		end.code, end.hint = exitConfig, noTerms.Hint()
	case errors.As(err, &outside):
		end.code, end.hint = exitConfig, outside.Hint()
	case errors.As(err, &bounds):
		end.code = exitUsage
	case errors.As(err, &locked):
		end.hint = "wait for it, or stop it: two at once could send twice"
	case errors.As(err, &mismatch), errors.As(err, &keyFile):
		end.code, end.hint = exitConfig, "put the key file back that this database was made with"
	case errors.As(err, &missing):
		end.hint = "pepost children and pepost outbox list show what there is"
	case errors.As(err, &read) && read.State == outbox.PassphraseWithheld:
		end.code, end.hint = exitHeld, "pepost outbox incident --list tells which, and since when"
	case errors.As(err, &read) && read.State == outbox.PassphraseDestroyed:
		end.code, end.hint = exitHeld, "pepost outbox show ID tells when and why; whoever must open it has it sealed again by pepost outbox reroute"
	case errors.As(err, &read):
		end.code, end.hint = exitHeld, "give --reason to read it again; it is kept as evidence"
	case errors.As(err, &frozen):
		end.code, end.hint = exitHeld, "pepost outbox incident --list tells which; a person closes it with --close"
	case errors.As(err, &reason):
		end.code, end.hint = exitUsage, "add --reason \"…\" (or --why \"…\" to pepost plans)"
	case errors.As(err, &nothing):
		end.code = exitHeld
	case errors.As(err, &notPost):
		end.code, end.hint = exitHeld, "pepost outbox show ID tells where it stands; pepost send makes anew what is out of date"
	case errors.As(err, &number):
		end.code, end.hint = exitUsage, "nothing was recorded: read it from the receipt again"
	case errors.As(err, &action):
		end.err, end.hint = errors.New(action.What), action.Hint
	case errors.As(err, &noCopy):
		end.hint = noCopy.Hint
	case errors.As(err, &reroute):
		end.code, end.hint = exitHeld, reroute.Hint
	case errors.As(err, &agreement):
		end.hint = agreement.Hint
	case errors.Is(err, pipeline.ErrPhraseEnded):
		end.hint = "pepost phrases agree makes another one"
	case errors.As(err, &two):
		end.code, end.hint = exitHeld, "a second person runs the same command with --account of their own"
	case errors.As(err, &address):
		end.code, end.hint = exitHeld, address.Hint()
	case errors.As(err, &forbidden):
		end.hint = "pepost outbox show ID tells where it stands"
	}
	return end
}
