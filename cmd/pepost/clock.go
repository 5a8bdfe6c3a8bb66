package main

import (
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/pep"
)

// london is where every authority of the program keeps its days.
func london() (*time.Location, error) {
	where, err := time.LoadLocation("Europe/London")
	if err != nil {
		return nil, fmt.Errorf("finding the time zone Europe/London: %w", err)
	}
	return where, nil
}

// clock is the wall clock in London, or the moment --now names: an RFC 3339
// time, or a date, which means 09:00.
func (p *program) clock() (func() time.Time, error) {
	where, err := london()
	if err != nil {
		return nil, err
	}
	if p.flags.now == "" {
		return func() time.Time { return p.wall().In(where) }, nil
	}
	moment, err := parseMoment(p.flags.now, where)
	if err != nil {
		return nil, err
	}
	return func() time.Time { return moment }, nil
}

func parseMoment(text string, where *time.Location) (time.Time, error) {
	if day, err := pep.ParseDate(text); err == nil {
		return day.In(where, 9, 0), nil
	}
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, usage("--now takes 2026-02-02 or 2026-02-02T09:00:00Z")
	}
	return moment.In(where), nil
}

// day reads a date flag; empty is the given default.
func day(flag, text string, otherwise pep.Date) (pep.Date, error) {
	if text == "" {
		return otherwise, nil
	}
	d, err := pep.ParseDate(text)
	if err != nil {
		return pep.Date{}, usage("%s takes a date of the form 2026-02-02", flag)
	}
	return d, nil
}
