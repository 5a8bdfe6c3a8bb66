package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/addressbook"
	"github.com/pepost/pepost/internal/calendar"
	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/letter"
	"github.com/pepost/pepost/internal/pack"
	"github.com/pepost/pepost/internal/pdf"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/post"
	"github.com/pepost/pepost/internal/quality"
	"github.com/pepost/pepost/internal/receive"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/store/book"
	"github.com/pepost/pepost/internal/store/consents"
	"github.com/pepost/pepost/internal/store/deliveries"
	"github.com/pepost/pepost/internal/store/evidence"
	"github.com/pepost/pepost/internal/store/freezes"
	"github.com/pepost/pepost/internal/store/invitations"
	"github.com/pepost/pepost/internal/store/judgements"
	pgpkeys "github.com/pepost/pepost/internal/store/keys"
	"github.com/pepost/pepost/internal/store/mailbox"
	"github.com/pepost/pepost/internal/store/phrases"
	"github.com/pepost/pepost/internal/store/plans"
	"github.com/pepost/pepost/internal/store/policies"
	"github.com/pepost/pepost/internal/store/register"
	"github.com/pepost/pepost/internal/store/returns"
	"github.com/pepost/pepost/internal/timetable"
	"github.com/pepost/pepost/internal/word/template"
)

// installation is one opened pepost folder.
type installation struct {
	config config.Config
	db     *store.DB
	runner *pipeline.Runner
	// textsFault is why no passphrase goes by text message though a service is
	// configured.
	textsFault error
	// rules are a daemon's, which change while it runs; nil elsewhere.
	rules *lastGood
}

// close gives the database up.
func (i *installation) close() error {
	if err := i.db.Close(); err != nil {
		return fmt.Errorf("closing the database: %w", err)
	}
	return nil
}

// with opens the installation, does the work and closes it again. Alone asks
// for proof that no other process works on the database.
func (p *program) with(ctx context.Context, alone bool, work func(*installation) error) error {
	i, err := p.open(ctx, alone)
	if err != nil {
		return err
	}
	return errors.Join(work(i), i.close())
}

// open reads everything a command works with.
func (p *program) open(ctx context.Context, alone bool) (*installation, error) {
	c, err := p.configuration()
	if err != nil {
		return nil, err
	}
	now, err := p.clock()
	if err != nil {
		return nil, err
	}
	i, err := openInstallation(ctx, c, now, alone)
	if err == nil {
		// A fault there keeps nothing else from working: an officer rings.
		i.runner.Texts, i.textsFault = messenger(c, p.wall)
	}
	return i, err
}

// openInstallation opens what a configuration names, by a clock.
func openInstallation(ctx context.Context, c config.Config, now func() time.Time, alone bool) (*installation, error) {
	keys, err := store.ReadKeyFile(c.Keys)
	if err != nil {
		return nil, refusedConfig(err, "without the keys the database does not open: put the key file back from where it is kept")
	}
	runner, err := newRunner(c, keys, now)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Options{URL: c.Database, Keys: keys, Lock: alone})
	if err != nil {
		return nil, err
	}
	runner.Register, runner.Deliveries, runner.Evidence = register.New(db), deliveries.New(db), evidence.New(db)
	runner.Book = book.New(db)
	runner.Mails = mailbox.New(db)
	runner.Returns, runner.Plans, runner.Consents = returns.New(db), plans.New(db), consents.New(db)
	runner.Phrases = phrases.New(db)
	runner.Keys, runner.OpenPGP = pgpkeys.New(db), ownKeys(c, pep.DateOf(now()))
	runner.Policies = policies.New(db)
	guard, err := runner.SettlePolicy(ctx, runner.Policy)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	runner.Guard = &guard
	runner.Gateways = gatewaysOf(c, db)
	runner.Freezes = freezes.New(db)
	runner.Invitations = invitations.New(db)
	runner.Judgements = judgements.New(db)
	return &installation{config: c, db: db, runner: runner}, nil
}

// newRunner loads the rules of the configured authority.
func newRunner(c config.Config, keys store.Keys, now func() time.Time) (*pipeline.Runner, error) {
	rules, err := loadRules(c)
	if err != nil {
		return nil, err
	}
	writer, err := pdf.New()
	if err != nil {
		return nil, fmt.Errorf("preparing PDF: %w", err)
	}
	seed, err := keys.Lookup("sealing seed", "pepost")
	if err != nil {
		return nil, fmt.Errorf("deriving the sealing seed: %w", err)
	}
	r := &pipeline.Runner{
		Now: now, Calendar: rules.calendar, Rules: rules.timetable, Forms: rules.forms, Policy: rules.policy,
		Templates: rules.templates, WordTemplates: rules.wordTemplates, Agenda: rules.agenda, QualityRules: rules.quality, PDF: writer, From: c.Sender, Means: meansOf(&c, pep.DateOf(now())), Relays: guaranteesOf(c), Words: wordsOf(c, rules.timetable),
		Post:  post.Rules{Service: c.Post.Service, Days: c.Post.Days, ReturnAddress: c.Post.ReturnAddress},
		Owner: owner(), ByHand: c.Release == config.ReleaseByHand, FirstSend: addressbook.FirstSend(c.FirstSend),
		ReturnPath: returnPathOf(c), Gateway: receive.Gateway{ID: c.Returns.AuthservID, Host: c.Returns.Gateway},
		MailDays: c.Returns.KeepDays,
	}
	copy(r.Seed[:], seed)
	return r, nil
}

// owner names this start of the program: no two are alike.
func owner() string {
	var b [4]byte
	if _, err := rand.Read(b[:]); err != nil {
		return fmt.Sprintf("pepost %d", os.Getpid())
	}
	return fmt.Sprintf("pepost %d-%s", os.Getpid(), hex.EncodeToString(b[:]))
}

// rules are an authority's data folders, loaded and found sound.
type rules struct {
	calendar  *calendar.Calendar
	timetable timetable.Rules
	forms     *form.Library
	policy    *route.Policy
	templates letter.Templates
	agenda    pack.Agenda
	quality   quality.Rules
	// wordTemplates are the authority's own forms; one with a fault holds what
	// would be drawn with it and stops nothing else.
	wordTemplates template.Set
	// emptyPolicy says that there is a policy file without a row in it.
	emptyPolicy error
}

func loadRules(c config.Config) (rules, error) {
	var out rules
	var errs []error
	keep := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	var err error
	// An authority without term dates is served: its milestones say why they
	// are unknown.
	if out.calendar, err = calendar.Load(schedulesFS(c), c.Authority); !errors.Is(err, fs.ErrNotExist) {
		keep(err)
	}
	out.timetable, err = timetable.Load(schedulesFS(c), c.Authority)
	keep(err)
	// Without a policy, or with an empty one, every recipient is held.
	if out.policy, err = route.Load(schedulesFS(c), c.Authority); errors.Is(err, route.ErrNoRows) {
		out.emptyPolicy = err
	} else if !errors.Is(err, fs.ErrNotExist) {
		keep(err)
	}
	out.forms, err = loadForms(c, out.timetable.Words)
	keep(err)
	out.templates, err = loadLetters(c)
	keep(err)
	out.wordTemplates, err = loadWordTemplates(c, out.forms)
	keep(err)
	out.agenda, err = loadAgenda(c)
	keep(err)
	out.quality, err = qualityRules(c)
	keep(err)
	if err := errors.Join(errs...); err != nil {
		return rules{}, refusedConfig(err, "pepost check prints every problem")
	}
	return out, nil
}

// loadForms reads the forms in the authority's words.
func loadForms(c config.Config, words timetable.Words) (*form.Library, error) {
	library, err := form.Load(formsOf(c))
	if err != nil {
		return nil, err
	}
	own := map[string]string{}
	if words.LookedAfter != "" {
		own["looked after"] = words.LookedAfter
	}
	return library.For(c.Authority, own)
}

func wordsOf(c config.Config, t timetable.Rules) pipeline.Words {
	words := pipeline.Words{
		Authority: t.Authority, VirtualSchool: t.Authority + " Virtual School",
		Officer: officerOf(c.Officer), Teams: map[string]letter.Officer{},
	}
	for name, o := range c.Teams {
		words.Teams[strings.ToLower(name)] = officerOf(o)
	}
	return words
}

func officerOf(o config.Officer) letter.Officer {
	return letter.Officer{Name: o.Name, Telephone: o.Phone, Mailbox: o.Mailbox}
}
