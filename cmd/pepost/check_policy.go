package main

import (
	"context"
	"strings"

	"github.com/pepost/pepost/internal/config"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
)

// waitingPolicy says that what the policy on disk widens is not in force: it
// waits for two people, of whom one may have agreed. A database on a server is
// asked only with --connect; one that does not open is told elsewhere.
func (r *checkReport) waitingPolicy(ctx context.Context, c config.Config, onDisk *route.Policy, connect bool) {
	if strings.Contains(c.Database, "://") && !connect {
		return
	}
	var stands pipeline.PolicyStanding
	err := withPolicies(ctx, c, func(runner *pipeline.Runner) (err error) {
		stands, err = runner.PolicyStands(ctx, onDisk)
		return err
	})
	if err != nil || !stands.Guard.Changed() {
		return
	}
	waits := "two people"
	if len(stands.Agreed) > 0 {
		waits = "a second person"
	}
	r.warn("delivery policy", "the delivery policy on disk is not the one in force: it counts where it is stricter, and what it widens waits for "+waits,
		"pepost policy check shows the rows; pepost policy approve agrees")
}
