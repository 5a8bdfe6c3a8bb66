package pipeline

import (
	"context"
	"strings"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/timetable"
)

// phraseNotice is how many days before a phrase lapses a new one is asked for.
const phraseNotice = 30

// phraseChores are the phrases to be agreed anew: a year has gone by, the
// contact of the setting is another one, the phrase was withdrawn, or it was
// told and nobody confirmed it. Until then each message has a passphrase of its
// own.
func (r *Runner) phraseChores(ctx context.Context) ([]timetable.Due, error) {
	all, err := r.ListPhrases(ctx)
	if err != nil {
		return nil, err
	}
	var chores []timetable.Due
	seen := map[string]bool{}
	for _, s := range all {
		mailbox := strings.ToLower(s.Agreed.Address.Canonical())
		if seen[mailbox] {
			continue // a later one was told
		}
		seen[mailbox] = true
		due, why := r.phraseDue(s)
		if why == "" {
			continue
		}
		refs := s.Refs
		if len(refs) == 0 {
			if refs, err = r.childrenOfSetting(ctx, s.Agreed.Organisation); err != nil {
				return nil, err
			}
		}
		if len(refs) == 0 {
			continue // nothing goes there any more
		}
		chores = append(chores, timetable.Due{
			Ref: refs[0], Kind: timetable.KindTask, Milestone: ChorePhrase, Due: due, Role: pep.Officer, Late: due.Before(r.today()), Why: []string{why},
		})
	}
	return chores, nil
}

// phraseDue is by when something is to be done about a phrase, and what; empty
// where nothing is.
func (r *Runner) phraseDue(s PhraseStanding) (pep.Date, string) {
	p := s.Agreed
	told := pep.DateOf(p.Told.In(r.Now().Location()))
	anew := ": pepost phrases rotate " + p.ID
	switch {
	case p.Ended.IsZero() && p.Confirmed.IsZero():
		return told, "a phrase was told to a setting and is not confirmed: pepost phrases confirm " + p.ID
	case s.Lapse == "" && r.today().AddDays(phraseNotice).Before(s.Until):
		return pep.Date{}, ""
	case s.Lapse == "":
		return s.Until, "the phrase agreed with a setting stands until " + s.Until.Long() + anew
	case r.today().After(s.Until):
		return s.Until, "the phrase agreed with a setting is older than a year" + anew
	}
	return r.today(), "the phrase agreed with a setting does not stand, " + s.Lapse + anew
}

// childrenOfSetting are the children for whom a designated contact of a setting
// is named.
func (r *Runner) childrenOfSetting(ctx context.Context, organisation string) ([]pep.Ref, error) {
	if organisation == "" {
		return nil, nil
	}
	found, err := r.addressees(ctx, func(c pep.Contact) bool {
		return c.Role.Designated() && c.Email.Canonical() != "" && sameName(c.Organisation, organisation)
	})
	var refs []pep.Ref
	for _, to := range found {
		refs = append(refs, to.Refs...)
	}
	return refs, err
}
