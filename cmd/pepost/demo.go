package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/mailsink"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/post"
	"github.com/pepost/pepost/internal/rehearsal"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/roster"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/web"
)

// demoFlags are the flags of demo.
type demoFlags struct {
	dir  string
	web  string
	once bool
}

// demoMark is the file that says that a folder is a demonstration's and may be
// made anew.
const demoMark = "THIS-IS-A-DEMONSTRATION.txt"

const demoNotice = "A rehearsal: the authority, its children, its settings and every address are invented, and no mail left this machine."

func (p *program) demoCommand() *cobra.Command {
	var f demoFlags
	cmd := &cobra.Command{
		Use: "demo", Short: "a fictional authority's whole term, on the embedded database and loopback mail",
		Long: "demo imports the export of a made-up authority and walks the spring term of\n" +
			"2025-26 day by day: forms out, answers in, chasers, finals. Mail goes to a\n" +
			"server on the loopback and nowhere else. It prints who got what, how, and why\n" +
			"not, leaves every form and message in a folder, and shows the result as a page\n" +
			"until it is stopped.",
		Example: "  pepost demo\n  pepost demo --dir demo --once", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.demo(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.dir, "dir", "demo", "the `DIR` to leave everything in; made anew each time")
	cmd.Flags().StringVar(&f.web, "web", "127.0.0.1:0", "the loopback `ADDRESS` of the result page; port 0 takes a free one")
	cmd.Flags().BoolVar(&f.once, "once", false, "end after printing the result")
	return cmd
}

func (p *program) demo(ctx context.Context, f demoFlags) error {
	if p.flags.now != "" {
		return usage("the demonstration has a clock of its own: leave --now out")
	}
	began := p.wall()
	d, err := p.stageDemo(ctx, f.dir)
	if err != nil {
		return err
	}
	defer d.close()
	story, err := rehearsal.Play(ctx, d.stage, d.term.From, d.term.To)
	if err != nil {
		return err
	}
	result, err := d.installation.runner.Term(ctx, d.term.Term)
	if err != nil {
		return err
	}
	if p.flags.json {
		err = p.printJSON(result)
	} else {
		err = p.tellTerm(result, story, p.wall().Sub(began), f.dir)
	}
	if err != nil || f.once {
		return err
	}
	return p.showTerm(ctx, f, d, result)
}

// demonstration is what a rehearsal needs, opened.
type demonstration struct {
	installation *installation
	sink         *mailsink.Server
	stage        rehearsal.Stage
	term         termSpan
	done         []func() error
}

// termSpan is the term that is rehearsed.
type termSpan struct {
	pep.Term
	From, To pep.Date
}

func (d *demonstration) close() {
	for i := len(d.done) - 1; i >= 0; i-- {
		_ = d.done[i]() // the result is printed; nothing is left to save
	}
}

// stageDemo sets the folder up, starts the mail server and imports the sample.
func (p *program) stageDemo(ctx context.Context, dir string) (*demonstration, error) {
	if err := freshFolder(dir); err != nil {
		return nil, err
	}
	zone, err := london()
	if err != nil {
		return nil, err
	}
	d := &demonstration{term: termSpan{Term: pep.Term{Year: 2025, Name: pep.Spring}, From: pep.MustDate("2026-01-05"), To: pep.MustDate("2026-04-01")}}
	clock := &rehearsal.Clock{}
	clock.Set(d.term.From.In(zone, 7, 45))
	scenario := rehearsal.Usual()
	options, err := scenario.SinkOptions(dir, clock)
	if err != nil {
		return nil, err
	}
	if d.sink, err = mailsink.Start(options); err != nil {
		return nil, fmt.Errorf("starting the loopback mail server: %w", err)
	}
	d.done = append(d.done, d.sink.Close)
	if err := d.open(ctx, dir, clock.Now); err != nil {
		d.close()
		return nil, err
	}
	d.installation.runner.Post.ReturnAddress = post.Address{"Democheshire Virtual School", "1 Demo Street", "ZZ99 1AA"}
	d.stage = rehearsal.Stage{
		Runner: d.installation.runner, Clock: clock, Sink: d.sink, Zone: zone, Scenario: scenario,
		Officer: "the officer", Folder: dir, Told: p.tellStory,
	}
	if d.stage.Later, err = rehearsal.LaterExports(); err != nil {
		d.close()
		return nil, err
	}
	if err := p.importSample(ctx, d, dir); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// open writes the configuration and the keys as init does, and opens both.
func (d *demonstration) open(ctx context.Context, dir string, now func() time.Time) error {
	first := config.First{
		Authority: "sample", From: "peps@democheshire.gov.uk", Phone: "01632 960001", Database: "pepost.db",
		StatedBy: "the demonstration", On: d.term.From,
		Relay: config.Relay{Address: d.sink.Addr(), TLS: config.TLSStart, CA: "relay-ca.pem", Onward: config.Onward{
			Guaranteed: true, Evidence: "the loopback", CheckedBy: "the demonstration", CheckedOn: d.term.From,
			ReviewBy: d.term.To.AddDays(365),
		}},
	}
	file := filepath.Join(dir, "pepost.yaml")
	keys, err := store.NewKeys()
	if err == nil {
		err = errors.Join(
			writeNew(file, []byte(first.Text())), writeNew(filepath.Join(dir, "relay-ca.pem"), d.sink.CAPEM()),
			keys.WriteFile(filepath.Join(dir, "keys.json")),
		)
	}
	if err != nil {
		return failed(fmt.Errorf("setting the demonstration up: %w", err), "")
	}
	c, err := config.Load(file)
	if err != nil {
		return err
	}
	if d.installation, err = openInstallation(ctx, c, now, true); err != nil {
		return err
	}
	d.done = append(d.done, d.installation.close)
	client, err := d.installation.sender()
	if err != nil {
		return err
	}
	d.done = append(d.done, client.Close)
	d.installation.runner.Outgoing = d.installation.runner.Dispatcher(client)
	return nil
}

// importSample imports the sample export and leaves it in the folder.
func (p *program) importSample(ctx context.Context, d *demonstration, dir string) error {
	exports, err := rehearsal.Sample()
	if err != nil {
		return err
	}
	folder := filepath.Join(dir, "exports")
	if err := leaveExports(folder, exports, d.stage.Later); err != nil {
		return failed(fmt.Errorf("leaving the exports: %w", err), "")
	}
	var files []roster.File
	for _, export := range exports {
		files = append(files, roster.File{Name: export.Name, Data: export.Data})
	}
	done, err := d.installation.runner.Import(ctx, files)
	if err != nil {
		return err
	}
	if !p.flags.json {
		p.tellSample(done, folder)
	}
	return nil
}

// leaveExports writes the first export into a folder, and those of later days
// below it.
func leaveExports(folder string, first []rehearsal.Export, later []rehearsal.Later) error {
	for _, export := range append([]rehearsal.Later{{Files: first}}, later...) {
		below := filepath.Join(folder, export.Day.String())
		if err := os.MkdirAll(below, 0o700); err != nil {
			return err
		}
		for _, file := range export.Files {
			if err := writeNew(filepath.Join(below, file.Name), file.Data); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *program) tellSample(done pipeline.Imported, folder string) {
	fmt.Fprintf(p.stdout, "%s\n\n", demoNotice)
	fmt.Fprintf(p.stdout, "imported %s from %s: %d accepted, %d unchanged, %d rejected\n", count(done.Rows, "row"), folder, done.Accepted, done.Unchanged, len(done.Rejects))
	codes := map[pep.Code]int{}
	for _, f := range done.Rejects {
		codes[f.Code]++
	}
	for _, code := range pep.Codes() {
		if n := codes[code]; n > 0 {
			fmt.Fprintf(p.stdout, "  %4d  %s\n", n, code)
		}
	}
	fmt.Fprintln(p.stdout)
}

// tellStory prints what happens as it happens.
func (p *program) tellStory(l rehearsal.Line) {
	p.note("%s: %s", l.Day, l.Text)
}

// freshFolder makes the folder, or empties one that a demonstration made.
// Anything else that is there is never touched.
func freshFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist), err == nil && len(entries) == 0:
	case err != nil:
		return failed(fmt.Errorf("looking into the folder: %w", err), "")
	default:
		if _, err := os.Stat(filepath.Join(dir, demoMark)); err != nil {
			return usage("%s holds something else: name a new folder with --dir", dir)
		}
		if err := emptyFolder(dir, entries); err != nil {
			return failed(fmt.Errorf("emptying the folder of the last demonstration: %w", err), "")
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return failed(fmt.Errorf("making the folder: %w", err), "")
	}
	if err := os.WriteFile(filepath.Join(dir, demoMark), []byte(demoNotice+"\nThe next demonstration empties this folder.\n"), 0o600); err != nil {
		return failed(fmt.Errorf("marking the folder: %w", err), "")
	}
	return nil
}

func emptyFolder(dir string, entries []os.DirEntry) error {
	var errs []error
	for _, entry := range entries {
		if entry.Name() != demoMark {
			errs = append(errs, os.RemoveAll(filepath.Join(dir, entry.Name())))
		}
	}
	return errors.Join(errs...)
}

// showTerm serves the result page until the program is stopped.
func (p *program) showTerm(ctx context.Context, f demoFlags, d *demonstration, result report.Result) error {
	p.untilStopped = true
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return failed(fmt.Errorf("opening the folder: %w", err), "")
	}
	defer root.Close()
	files, err := demoFiles(f.dir, result)
	if err != nil {
		return err
	}
	site, err := web.New(web.Result{Authority: d.installation.runner.Words.Authority, Notice: demoNotice, Zone: d.stage.Zone, Report: result, Files: files}, root)
	if err != nil {
		return failed(fmt.Errorf("preparing the page: %w", err), "")
	}
	listener, err := web.Listen(f.web)
	if err != nil {
		return failed(fmt.Errorf("opening the page's address: %w", err), "--web takes a loopback address such as 127.0.0.1:8080")
	}
	fmt.Fprintf(p.stdout, "\nthe result as a page: http://%s/ (Ctrl-C ends it)\n", listener.Addr())
	return site.Serve(ctx, listener)
}
