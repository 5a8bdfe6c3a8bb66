package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/timetable"
)

// lastGood are the rules that a daemon works by: the newest that were sound.
// The folders of calendar, timetable, policy, forms and templates are one set:
// where a file of theirs changes, the whole set takes the place of the old one,
// or, with a mistake anywhere, none of it does.
type lastGood struct {
	config config.Config
	log    *slog.Logger
	// runner is a whole runner with the rules in force; it is never changed,
	// another takes its place.
	runner atomic.Pointer[pipeline.Runner]
	// refused says what is wrong with the files on disk, empty where nothing is.
	refused atomic.Pointer[string]
	since   atomic.Pointer[string]
	// stamp tells whether the files are still those that were read.
	stamp string
}

// goodRules begins with the rules that the installation was opened with, read
// once more, so that no change between the two goes unseen.
func goodRules(ctx context.Context, i *installation, log *slog.Logger) (*lastGood, error) {
	g := &lastGood{config: i.config, log: log, stamp: stampOf(i.config)}
	read, err := loadRules(i.config)
	if err != nil {
		return nil, err
	}
	guard, err := i.runner.SettlePolicy(ctx, read.policy)
	if err != nil {
		return nil, err
	}
	g.take(i.runner, read, guard)
	g.tell(&g.since, "as read when serve started")
	if read.policy == nil {
		log.Error("there is no delivery policy with a row in it: everything is held", "authority", read.timetable.Name)
	}
	g.tellWaiting()
	return g, nil
}

// take puts a set of rules in force. Policy and calendar may be missing, so
// that every field is set, not only the ones that are there.
func (g *lastGood) take(before *pipeline.Runner, read rules, guard route.Guard) {
	next := *before
	next.Guard = &guard
	next.Calendar, next.Rules, next.Forms, next.Policy, next.Templates, next.Agenda = read.calendar, read.timetable, read.forms, read.policy, read.templates, read.agenda
	next.WordTemplates = read.wordTemplates
	next.QualityRules = read.quality
	next.Words = wordsOf(g.config, read.timetable)
	g.runner.Store(&next)
	g.tell(&g.refused, "")
}

func (g *lastGood) tell(where *atomic.Pointer[string], what string) { where.Store(&what) }

// look reads the folders anew where a file has changed since, and asks again
// for what waits for two people. It reports whether other rules are in force.
// It is called from one goroutine.
func (g *lastGood) look(ctx context.Context) bool {
	stamp := stampOf(g.config)
	if stamp == g.stamp {
		return g.lookAtConsents(ctx)
	}
	before := g.stamp
	g.stamp = stamp // before reading: what changes meanwhile is seen at the next look
	read, err := loadRules(g.config)
	if err == nil {
		// A file may be empty for as long as somebody saves it.
		err = read.emptyPolicy
	}
	if err != nil {
		g.refuse(err)
		return false
	}
	runner := g.runner.Load()
	guard, err := runner.SettlePolicy(ctx, read.policy)
	if err != nil {
		g.log.Error("the changed rules could not be compared with the policy in force; the last good ones go on", "error", err)
		g.stamp = before // to be tried again at the next look
		return false
	}
	g.take(runner, read, guard)
	g.tell(&g.since, "as changed on "+runner.Now().Format("2 January 2006 at 15:04"))
	g.log.Info("changed rules are in force", "authority", read.timetable.Name, "policy", read.policy.Hash())
	g.tellWaiting()
	for _, name := range timetable.ScheduleNames() {
		if runner.Rules.Schedules[name] != read.timetable.Schedules[name] {
			g.log.Warn("the hours of a schedule changed: they count from the next start of serve", "schedule", name)
		}
	}
	return true
}

// refuse tells what is wrong with the files on disk; the last good rules go on.
func (g *lastGood) refuse(err error) {
	problems := strings.Split(err.Error(), "\n")
	g.tell(&g.refused, problems[0])
	for _, problem := range problems[:min(len(problems), mostToldProblems)] {
		g.log.Error("the rules on disk are refused, the last good ones go on", "problem", problem)
	}
}

// lookAtConsents takes a changed policy into force that two people have agreed
// to since, whichever process they told.
func (g *lastGood) lookAtConsents(ctx context.Context) bool {
	before := g.runner.Load()
	if !before.Guard.Changed() {
		return false
	}
	guard, err := before.SettlePolicy(ctx, before.Policy)
	if err != nil {
		g.log.Error("the delivery policy in force could not be read", "error", err)
		return false
	}
	if guard.Changed() {
		return false
	}
	next := *before
	next.Guard = &guard
	g.runner.Store(&next)
	g.log.Info("the changed delivery policy is in force: two people agreed to it", "policy", guard.InForce.Hash())
	return true
}

// tellWaiting says that a changed policy counts only where it is stricter.
func (g *lastGood) tellWaiting() {
	if r := g.runner.Load(); r.Guard.Changed() {
		g.log.Warn("the delivery policy on disk is not the one in force: it counts where it is stricter; what it widens waits for two people",
			"policy", r.Guard.OnDisk.Hash(), "hint", "pepost policy check")
	}
}

// mostToldProblems bounds what one look writes into the log; pepost check
// prints all.
const mostToldProblems = 20

// decide is what a dispatcher asks before it hands a delivery over: it goes by
// the rules of that moment.
func (g *lastGood) decide(d outbox.Delivery) (route.Decision, bool) {
	return g.runner.Load().Dispatcher(nil).Decide(d)
}

// told are the words of the Today page: the rules in force, and why newer ones
// are not.
func (g *lastGood) told() (inForce, warning string) {
	inForce = g.runner.Load().Words.Authority + ", " + *g.since.Load()
	if refused := *g.refused.Load(); refused != "" {
		warning = "the rules on disk are refused, the last good ones stay in force: " + refused + "; pepost check prints every problem"
	}
	return inForce, warning
}

// mostStamped bounds how many files of the folders are looked at.
const mostStamped = 5000

var errTooManyFiles = errors.New("too many files")

// stampOf sums up names, sizes and times of the files of the installation's own
// folders; what is built in never changes. A folder that cannot be read has a
// stamp of its own, so that its loss is a change like any other.
func stampOf(c config.Config) string {
	sum, files := sha256.New(), 0
	for _, folder := range []string{c.Schedules, c.Forms, c.Templates} {
		if folder == "" {
			continue
		}
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if files++; files > mostStamped {
				return errTooManyFiles
			}
			if err != nil || entry.IsDir() {
				return err
			}
			info, err := os.Stat(path) // of what a link leads to
			if err != nil {
				return err
			}
			fmt.Fprintln(sum, path, info.Size(), info.ModTime().UnixNano())
			return nil
		})
		fmt.Fprintln(sum, folder, err)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
