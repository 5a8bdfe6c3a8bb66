package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/audit"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
)

// The files of an incident's evidence.
const (
	summaryFile  = "summary.txt"
	evidenceFile = "evidence.jsonl"
	sumsFile     = "SHA256SUMS"
)

// exportIncident writes the evidence of an incident for the data-protection
// officer into a new folder that its owner alone may read. It names no child.
// That it was written is evidence itself, and in it.
func (p *program) exportIncident(ctx context.Context, i *installation, x pipeline.Incident, folder string, by pipeline.By) error {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return fmt.Errorf("making the folder of the evidence: %w", err)
	}
	err := i.runner.Evidence.Append(ctx, audit.Record{
		At: i.runner.Now(), Action: audit.EvidenceRead, Ref: x.Freeze.Ref, Delivery: x.Freeze.Delivery, By: by.Name, Why: by.Why,
		Facts: []audit.Fact{{Name: "how", Value: "exported for an incident"}},
	})
	if err != nil {
		return err
	}
	all, err := i.runner.Evidence.All(ctx)
	if err != nil {
		return err
	}
	var lines bytes.Buffer
	if err := audit.WriteLines(&lines, recordsOf(x, all)); err != nil {
		return err
	}
	files := []struct {
		name string
		data []byte
	}{
		{summaryFile, []byte(summary(x, i.runner.Words, all, i.runner.Now()))},
		{evidenceFile, lines.Bytes()},
	}
	var sums bytes.Buffer
	for _, file := range files {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(file.data), file.name)
		err = errors.Join(err, os.WriteFile(filepath.Join(folder, file.name), file.data, 0o600))
	}
	if err = errors.Join(err, os.WriteFile(filepath.Join(folder, sumsFile), sums.Bytes(), 0o600)); err != nil {
		return fmt.Errorf("writing the evidence: %w", err)
	}
	return nil
}

// recordsOf are the records of the deliveries that were for the address, and of
// the incident.
func recordsOf(x pipeline.Incident, all []audit.Record) []audit.Record {
	ids := map[string]bool{x.Freeze.Delivery: true}
	for _, d := range slices.Concat(x.Out, x.Underway, x.Stopped) {
		ids[d.ID] = true
	}
	var some []audit.Record
	for _, r := range all {
		if r.Delivery != "" && ids[r.Delivery] {
			some = append(some, r)
		}
	}
	return some
}

// summary is the incident as the data-protection officer needs it.
func summary(x pipeline.Incident, words pipeline.Words, all []audit.Record, now time.Time) string {
	var b strings.Builder
	f := x.Freeze
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("A DELIVERY TO THE WRONG RECIPIENT\n%s\n", words.VirtualSchool)
	say("Written           %s", spoken(now, now))
	say("Reported by       %s", f.By)
	say("What happened     %s", f.Why)
	say("Known since       %s", spoken(f.Known, now))
	say("Tell the ICO by   %s (72 hours after it was known, nights and weekends counted: UK GDPR", spoken(f.TellBy(), now))
	say("                  article 33; not needed where nobody is likely to be at risk, and then the reason is")
	say("                  to be kept. Where the risk is high the people concerned are to be told: article 34.)")
	say("Address           %s", f.Canonical)
	say("Began with        delivery %s, reference %s", f.Delivery, firstText(string(f.Ref), "none"))
	say("Frozen since      %s: nothing goes to the address any more, and no passphrase of anything that", spoken(f.Opened, now))
	say("                  went there is read out")
	say("\nNo child is named here. Whose plan a reference belongs to: pepost children --names --find REFERENCE,")
	say("which is itself on record. Each is a Personal Education Plan of a looked-after child: special category data.")
	say("\nWHAT LEFT FOR THE ADDRESS (%d)", len(x.Out))
	for _, d := range x.Out {
		outWords(say, d, now)
	}
	if len(x.Underway) > 0 {
		say("\nBEING HANDED OVER WHEN IT WAS FROZEN (%d): ask again what became of them\n  %s", len(x.Underway), strings.Join(idsOf(x.Underway), "\n  "))
	}
	say("\nSTOPPED BEFORE THEY LEFT (%d)", len(x.Stopped))
	for _, d := range x.Stopped {
		say("  %s, reference %s, %s", d.ID, firstText(string(d.Ref), "none"), d.Kind)
	}
	say("\nTHE EVIDENCE")
	say("%s holds every record of these deliveries and of the incident, one a line, as they stand in the", evidenceFile)
	say("chain of all evidence. They are not all of it, so that only the whole chain proves that none is missing:")
	say("pepost audit export FILE writes it, pepost audit verify FILE and deploy/verify-evidence.py prove it.")
	if n := len(all); n > 0 {
		say("When this was written the chain had %d records; the hash of the last was\n  %s", n, all[n-1].Hash)
	}
	say("%s holds the SHA-256 of the files of this folder.", sumsFile)
	return b.String()
}

// outWords tells one delivery that left.
func outWords(say func(string, ...any), d outbox.Delivery, now time.Time) {
	say("\n  delivery %s, reference %s, %s, due %s", d.ID, firstText(string(d.Ref), "none"), d.Kind, d.Due.Long())
	say("    for             the %s", d.Recipient.Role)
	say("    left            %s; it is %s", spoken(leftAt(d), now), stands(d))
	say("    protected by    %s: %s", howWords(d.Decision.Method), protection(d))
	say("    can be done     %s", nextSteps(d))
	say("    Message-ID      %s", d.MessageID)
	say("    sealed bytes    SHA-256 %s, %d bytes", firstText(d.SHA256, "none"), d.Size)
}
