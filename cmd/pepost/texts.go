package main

import (
	"context"
	"fmt"
	"time"

	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/dispatch"
	"github.com/pepost/pepost/internal/notify"
	"github.com/pepost/pepost/internal/pipeline"
)

// overNotify hands the pipeline's texts to GOV.UK Notify.
type overNotify struct{ client *notify.Client }

// Ready implements dispatch.Messenger.
func (o overNotify) Ready() (dispatch.TextOutcome, bool) {
	out, ready := o.client.Ready()
	return textOutcome(out), ready
}

// Text implements dispatch.Messenger.
func (o overNotify) Text(ctx context.Context, t dispatch.Text) dispatch.TextOutcome {
	return textOutcome(o.client.Send(ctx, notify.Text{Reference: t.Reference, Number: t.Number, Names: t.Names, Passphrase: t.Passphrase}))
}

// Find implements dispatch.Messenger.
func (o overNotify) Find(ctx context.Context, reference string) dispatch.TextOutcome {
	return textOutcome(o.client.Find(ctx, reference))
}

// textOutcome is an outcome in the words of dispatch. A result that is not
// known counts as uncertain: nothing is sent again for it.
func textOutcome(o notify.Outcome) dispatch.TextOutcome {
	results := map[notify.Result]dispatch.TextResult{
		notify.Taken: dispatch.TextTaken, notify.Delivered: dispatch.TextDelivered, notify.Failed: dispatch.TextFailed,
		notify.Refused: dispatch.TextRefused, notify.Later: dispatch.TextLater, notify.Uncertain: dispatch.TextUncertain,
		notify.Unknown: dispatch.TextUnknown, notify.Misconfigured: dispatch.TextMisconfigured,
	}
	result, known := results[o.Result]
	if !known {
		result = dispatch.TextUncertain
	}
	return dispatch.TextOutcome{Result: result, ID: o.ID, Status: o.Status, Until: o.Until, Detail: o.Detail}
}

// messenger is the configured service for text messages; nil where there is
// none. A service's token goes by the wall's clock, whatever --now says.
func messenger(c config.Config, wall func() time.Time) (dispatch.Messenger, error) {
	if !c.Notify.Configured() {
		return nil, nil
	}
	line, err := secretLine(c.Notify.KeyFile)
	if err != nil {
		return nil, refusedConfig(fmt.Errorf("notify.key_file: %w", err), "one line, in a file that its owner alone may read")
	}
	key, err := notify.ParseKey(line)
	if err != nil {
		return nil, refusedConfig(fmt.Errorf("notify.key_file: %w", err), "copy it as the service shows it")
	}
	client, err := notify.New(notify.Options{BaseURL: c.Notify.BaseURL, Key: key, Template: c.Notify.Template, Now: wall})
	if err != nil {
		return nil, refusedConfig(fmt.Errorf("notify: %w", err), "")
	}
	return overNotify{client}, nil
}

// texted hands passphrases over by text message, after the mail was accepted.
func (i *installation) texted(ctx context.Context, r *pipeline.Runner) (pipeline.Texted, error) {
	if i.textsFault != nil {
		return pipeline.Texted{Alarm: i.textsFault.Error()}, nil
	}
	return r.HandOverTexts(ctx)
}

// tellTexted prints what became of text messages, and what a person must mend.
func (p *program) tellTexted(t pipeline.Texted) {
	if t.Taken+t.Delivered+t.Failed > 0 && !p.flags.json {
		fmt.Fprintf(p.stdout, "text messages: %d handed over, %d delivered, %d failed\n", t.Taken, t.Delivered, t.Failed)
	}
	if t.Alarm != "" {
		p.complain("text messages: "+t.Alarm, "passphrases wait: mend it, or read them over the telephone")
	}
}
