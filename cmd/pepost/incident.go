package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
)

// incidentFlags are the flags of outbox incident.
type incidentFlags struct {
	by, reason, known, export string
	list, close, falseAlarm   bool
}

func (p *program) incidentCommand() *cobra.Command {
	var f incidentFlags
	cmd := &cobra.Command{
		Use: "incident [ID]", Short: "something went to the wrong person: stop all mail to that address, and say what left",
		Long: "incident freezes the address of a delivery. Nothing goes there any more, whoever\n" +
			"says so and whatever was released; no passphrase of anything that went there is\n" +
			"read out. It says what left, how it was protected and what can still be done,\n" +
			"and writes the evidence for the data-protection officer into a new folder\n" +
			"(--export, by default incident-ID). Where people may be at risk, the Information\n" +
			"Commissioner's Office is to be told within 72 hours of knowing of it.\n\n" +
			"With --list it lists what is open. With --close it lets mail go to the address\n" +
			"again once somebody confirms it anew (pepost addresses confirm): what was held\n" +
			"stays held until each is approved, and passphrases stay\n" +
			"withheld unless it was a --false-alarm.",
		Example: "  pepost outbox incident 4k2m… --reason \"she rang: it is not for her\" --by \"A. Officer\"\n  pepost outbox incident --list\n  pepost outbox incident 4k2m… --close --reason \"deleted unread, confirmed in writing\" --by \"A. Officer\"",
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return p.incident(cmd.Context(), f, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.by, "by", "", "who says so (default: the account's name)")
	flags.StringVar(&f.reason, "reason", "", "what happened, or why it is closed")
	flags.StringVar(&f.known, "known", "", "the `MOMENT` since when it is known, where that was earlier: the 72 hours count from it")
	flags.StringVar(&f.export, "export", "", "the new `DIR` for the evidence (default incident-ID)")
	flags.BoolVar(&f.list, "list", false, "list the incidents that are open")
	flags.BoolVar(&f.close, "close", false, "close the incident: mail may go to the address again")
	flags.BoolVar(&f.falseAlarm, "false-alarm", false, "with --close: nobody wrong got anything, so that passphrases may be read again")
	return cmd
}

func (p *program) incident(ctx context.Context, f incidentFlags, args []string) error {
	switch {
	case f.list && len(args) == 0 && !f.close:
		return p.with(ctx, false, func(i *installation) error { return p.incidentList(ctx, i) })
	case f.list, len(args) == 0:
		return usage("outbox incident takes the identifier of one delivery, or --list alone")
	case f.falseAlarm && !f.close, f.close && (f.export != "" || f.known != ""):
		return usage("--false-alarm goes with --close, --export and --known without it")
	case f.close:
		return p.with(ctx, false, func(i *installation) error { return p.incidentClose(ctx, i, f, args[0]) })
	}
	return p.with(ctx, false, func(i *installation) error { return p.incidentOpen(ctx, i, f, args[0]) })
}

// incidentJSON is what outbox incident prints with --json.
type incidentJSON struct {
	ID        string     `json:"id"`
	Ref       pep.Ref    `json:"ref"`
	Address   string     `json:"address"`
	Known     time.Time  `json:"known"`
	TellBy    time.Time  `json:"tell_by"`
	HoursLeft int        `json:"hours_left"`
	Opened    time.Time  `json:"opened"`
	By        string     `json:"by"`
	Reason    string     `json:"reason"`
	Already   bool       `json:"already_open,omitempty"`
	Closed    *time.Time `json:"closed,omitempty"`
	ClosedBy  string     `json:"closed_by,omitempty"`
	ClosedWhy string     `json:"closed_reason,omitempty"`
	Left      []outJSON  `json:"left,omitempty"`
	Underway  []string   `json:"underway,omitempty"`
	Held      []string   `json:"held,omitempty"`
	Withheld  []string   `json:"passphrases_withheld,omitempty"`
	Export    string     `json:"export,omitempty"`
}

// outJSON is one delivery that left for the address.
type outJSON struct {
	ID         string                 `json:"id"`
	Ref        pep.Ref                `json:"ref"`
	Kind       outbox.Kind            `json:"kind"`
	Left       time.Time              `json:"left"`
	Method     route.Method           `json:"method"`
	State      outbox.State           `json:"state"`
	Passphrase outbox.PassphraseState `json:"passphrase,omitempty"`
	Protection string                 `json:"protection"`
	SHA256     string                 `json:"sha256,omitempty"`
	MessageID  string                 `json:"message_id,omitempty"`
}

func freezeJSON(f pipeline.Freeze, now time.Time) incidentJSON {
	line := incidentJSON{
		ID: f.Delivery, Ref: f.Ref, Address: f.Canonical, Known: f.Known, TellBy: f.TellBy(), HoursLeft: hours(f.Left(now)),
		Opened: f.Opened, By: f.By, Reason: f.Why, ClosedBy: f.ClosedBy, ClosedWhy: f.ClosedWhy,
	}
	if !f.Open() {
		line.Closed = &f.Closed
	}
	return line
}

func incidentOf(x pipeline.Incident, now time.Time) incidentJSON {
	line := freezeJSON(x.Freeze, now)
	line.Already = x.Already && x.Freeze.Open()
	for _, d := range x.Out {
		line.Left = append(line.Left, outJSON{
			ID: d.ID, Ref: d.Ref, Kind: d.Kind, Left: leftAt(d), Method: d.Decision.Method, State: d.State, Passphrase: d.Passphrase,
			Protection: protection(d), SHA256: d.SHA256, MessageID: d.MessageID,
		})
	}
	line.Underway, line.Held, line.Withheld = idsOf(x.Underway), idsOf(x.Stopped), idsOf(x.Withheld)
	return line
}

func idsOf(all []outbox.Delivery) []string {
	var ids []string
	for _, d := range all {
		ids = append(ids, d.ID)
	}
	return ids
}

// hours is a duration in whole hours, rounded towards the earlier end: who has
// 59 minutes left has no hour left.
func hours(d time.Duration) int {
	h := int(d / time.Hour)
	if d < 0 && d%time.Hour != 0 {
		h--
	}
	return h
}

func (p *program) incidentOpen(ctx context.Context, i *installation, f incidentFlags, id string) error {
	w := pipeline.Wrong{ID: id, By: pipeline.By{Name: p.person(f.by), Why: f.reason}}
	if f.known != "" {
		var err error
		if w.Known, err = parseMoment(f.known, i.runner.Now().Location()); err != nil {
			return usage("--known takes 2026-02-02 or 2026-02-02T09:00:00Z")
		}
		if w.Known.After(i.runner.Now()) {
			return usage("--known is a moment that has passed")
		}
	}
	// First everything is stopped, then told.
	x, err := i.runner.OpenIncident(ctx, w)
	if err != nil {
		return err
	}
	folder := firstText(f.export, "incident-"+x.Freeze.Delivery)
	exported := p.exportIncident(ctx, i, x, folder, w.By)
	if p.flags.json {
		line := incidentOf(x, i.runner.Now())
		if exported == nil {
			line.Export = folder
		}
		if err := p.printJSON(line); err != nil {
			return err
		}
	} else {
		p.tellIncident(x, i.runner.Now())
		if exported == nil {
			fmt.Fprintf(p.stdout, "\nthe evidence for the data-protection officer is in %s\n", folder)
		}
	}
	if exported != nil {
		return failed(exported, "everything is stopped all the same; export again with --export and the name of a new folder")
	}
	return nil
}

// tellIncident prints an incident as an officer needs it on the telephone.
func (p *program) tellIncident(x pipeline.Incident, now time.Time) {
	f := x.Freeze
	head := "nothing goes to " + printable(f.Canonical) + " any more"
	if x.Already {
		head += " (since " + spoken(f.Opened, now) + ")"
	}
	fmt.Fprintln(p.stdout, onScreen(head))
	fmt.Fprintln(p.stdout, onScreen(clockWords(f, now)))
	fmt.Fprintf(p.stdout, "\nleft for the address (%d)\n", len(x.Out))
	rows := [][]string{{"id", "reference", "what", "when", "how", "state", "what that means"}}
	for _, d := range x.Out {
		rows = append(rows, []string{d.ID, string(d.Ref), string(d.Kind), spoken(leftAt(d), now), string(d.Decision.Method), string(d.State), protection(d)})
	}
	if len(x.Out) > 0 {
		p.table(rows)
	}
	for _, group := range []struct {
		what string
		all  []outbox.Delivery
	}{
		{"being handed over when the address was frozen: look again in a minute", x.Underway},
		{"held, and going nowhere", x.Stopped},
		{"passphrases that nobody may read out any more", x.Withheld},
	} {
		if len(group.all) > 0 {
			fmt.Fprintf(p.stdout, "\n%s (%d)\n  %s\n", group.what, len(group.all), strings.Join(idsOf(group.all), "\n  "))
		}
	}
}

// clockWords is how long the authority has.
func clockWords(f pipeline.Freeze, now time.Time) string {
	known := "known since " + spoken(f.Known, now) + "; the Information Commissioner's Office is to be told by " + spoken(f.TellBy(), now)
	left := f.Left(now)
	if left < 0 {
		return known + ", which has passed: tell it now and say why it is late"
	}
	return known + fmt.Sprintf(", that is in %s, unless nobody is likely to be at risk", count(hours(left), "hour"))
}

// spoken is a moment as an officer reads it.
func spoken(at, now time.Time) string {
	at = at.In(now.Location())
	return pep.DateOf(at).Long() + " at " + at.Format("15:04")
}

func (p *program) incidentList(ctx context.Context, i *installation) error {
	open, err := i.runner.OpenIncidents(ctx)
	if err != nil {
		return err
	}
	now := i.runner.Now()
	rows := [][]string{{"id", "reference", "address", "known", "tell the ICO by", "hours left", "what happened"}}
	for _, f := range open {
		if p.flags.json {
			if err := p.printJSON(freezeJSON(f, now)); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{
			f.Delivery, string(f.Ref), printable(f.Canonical), spoken(f.Known, now), spoken(f.TellBy(), now), fmt.Sprint(hours(f.Left(now))), f.Why,
		})
	}
	switch {
	case p.flags.json:
	case len(open) == 0:
		fmt.Fprintln(p.stdout, "no incident is open")
	default:
		p.table(rows)
	}
	return nil
}

func (p *program) incidentClose(ctx context.Context, i *installation, f incidentFlags, id string) error {
	x, err := i.runner.CloseIncident(ctx, id, pipeline.By{Name: p.person(f.by), Why: f.reason}, f.falseAlarm)
	if err != nil {
		return err
	}
	if p.flags.json {
		return p.printJSON(incidentOf(x, i.runner.Now()))
	}
	fmt.Fprintf(p.stdout, "the incident is closed: mail may go to %s again once it is confirmed: pepost addresses confirm ADDRESS --reason \"…\"\n", printable(x.Freeze.Canonical))
	if len(x.Stopped) > 0 {
		fmt.Fprintf(p.stdout, "%s stay held until somebody approves each: pepost outbox approve ID --reason \"…\"\n", count(len(x.Stopped), "delivery"))
	}
	if len(x.Withheld) > 0 {
		fmt.Fprintf(p.stdout, "%s stay withheld; seal what is needed again\n", count(len(x.Withheld), "passphrase"))
	}
	return nil
}
