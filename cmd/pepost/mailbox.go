package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/daemon"
	"github.com/pepost/pepost/internal/imapin"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/receive"
	"github.com/pepost/pepost/internal/smtpout"
)

// accountOf is the configured mailbox as the client needs it. Passwords and
// tokens are read each time that they are needed.
func (p *program) accountOf(c config.Mailbox) (imapin.Account, error) {
	host, _, err := net.SplitHostPort(c.Address)
	if err != nil {
		return imapin.Account{}, refusedConfig(fmt.Errorf("mailbox.address: %w", err), "")
	}
	account := imapin.Account{
		Addr: c.Address, Host: host, Implicit: c.TLS == config.TLSImplicit, Username: c.Username,
		Password: func() (string, error) { return p.mailboxPassword(c) },
		Folder:   c.Folder, Taken: c.Taken, ForPerson: c.ForPerson, MaxSize: c.MaxSize,
	}
	if c.CA != "" {
		pem, err := readFile(c.CA, maxCA)
		if err == nil {
			account.Roots, err = smtpout.Roots(pem)
		}
		if err != nil {
			return account, refusedConfig(fmt.Errorf("mailbox.ca: %w", err), secretHint)
		}
	}
	if account.Token, err = tokenOf(c.Token, p.wall); err != nil {
		return account, refusedConfig(fmt.Errorf("mailbox.token: %w", err), secretHint)
	}
	return account, nil
}

// mailboxPassword reads the password from where it is kept.
func (p *program) mailboxPassword(c config.Mailbox) (string, error) {
	if c.PasswordEnv == "" {
		return secretLine(c.PasswordFile)
	}
	password := p.getenv(c.PasswordEnv)
	if password == "" {
		return "", fmt.Errorf("the environment variable %s is empty", c.PasswordEnv)
	}
	return password, nil
}

// mailbox says what keeps returned mail from being fetched, and what cannot be
// said of it.
func (r *checkReport) mailbox(ctx context.Context, p *program, c config.Config, connect bool) {
	if c.Returns.AuthservID == "" {
		r.warn("returns", c.File+": returns.authserv_id: not named, so what the mail gateway found out about a sender (DMARC) cannot be used: a return whose sender is forged is not told from a true one",
			"the first word of Authentication-Results in a message that the gateway let through")
	}
	if !c.Mailbox.Configured() {
		return
	}
	account, err := p.accountOf(c.Mailbox)
	if err == nil && account.Token == nil {
		if _, secret := account.Password(); secret != nil {
			err = fmt.Errorf("%s: the mailbox's password: %w", c.File, secret)
		}
	}
	if err != nil {
		r.add("mailbox", err)
		return
	}
	if !connect {
		return
	}
	missing, err := imapin.Probe(ctx, account)
	if err != nil {
		found := finding{Part: "mailbox", Problem: c.Mailbox.Address + ": " + err.Error()}
		var fault *imapin.FaultError
		if errors.As(err, &fault) {
			found.Hint = fault.Hint()
		}
		r.Findings = append(r.Findings, found)
	}
	for _, folder := range missing {
		r.warn("mailbox", "the mailbox has no folder "+folder+" yet", "serve makes it")
	}
}

// The bounds of one look into the mailbox: how long it may take, and how many
// batches it fetches before it pauses.
const (
	lookWithin  = 10 * time.Minute
	mostBatches = 20
)

// destroyEvery is how often mail is looked for whose time is over.
const destroyEvery = 6 * time.Hour

// polls is what the daemon looks at beside the sending: the mailbox, where one
// is configured, and returned mail whose time is over.
func (p *program) polls(c config.Mailbox, rules *lastGood, log *slog.Logger) ([]daemon.Poll, error) {
	all := []daemon.Poll{{Name: "destroying returned mail", Every: destroyEvery, Do: func(ctx context.Context) error {
		n, err := rules.runner.Load().DestroyMail(ctx)
		if n > 0 {
			log.Info("returned mail destroyed: it was done with and its time was over", "messages", n)
		}
		return err
	}}}
	if !c.Configured() {
		log.Warn("no mailbox is configured: what comes back is taken in by hand", "hint", "see mailbox: in a file written by pepost init")
		return all, nil
	}
	account, err := p.accountOf(c)
	if err != nil {
		return nil, err
	}
	look := func(ctx context.Context) error { return collect(ctx, account, c.Most, rules.runner.Load(), log) }
	return append(all, daemon.Poll{Name: "taking in returned mail", Every: c.Every, Within: lookWithin, Do: look}), nil
}

// collect takes in everything that waits in the mailbox.
func collect(ctx context.Context, account imapin.Account, most int, r *pipeline.Runner, log *slog.Logger) error {
	box, err := imapin.Open(ctx, account)
	if err != nil {
		return err
	}
	for range mostBatches {
		var n int
		n, err = receive.Collect(ctx, box, most, func(ctx context.Context, f receive.Fetched) (receive.Verdict, error) {
			return takeInFetched(ctx, r, f, log)
		})
		if err != nil || n == 0 {
			break
		}
	}
	return errors.Join(err, box.Close())
}

// takeInFetched takes in one message of the mailbox.
func takeInFetched(ctx context.Context, r *pipeline.Runner, f receive.Fetched, log *slog.Logger) (receive.Verdict, error) {
	take := r.TakeInMail
	if f.HeaderOnly {
		take = r.TakeInHeader
	}
	taken, err := take(ctx, f.ID, f.Data)
	if err != nil {
		return "", err
	}
	what := string(taken.Return.Verdict)
	if taken.Canary != nil {
		what = "canary of the gateway " + taken.Canary.Gateway + ", " + string(taken.Canary.State)
	}
	log.Info("returned mail taken in", "message", f.ID, "what", what, "reference", taken.Return.Ref, "delivery", taken.Return.Delivery, "again", taken.Again)
	return taken.Return.Verdict, nil
}
