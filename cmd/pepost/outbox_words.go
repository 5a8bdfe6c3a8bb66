package main

import (
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/route"
)

// stands is what is known of a delivery now, and no more than that.
func stands(d outbox.Delivery) string { return report.Stands(d.State) }

func howWords(m route.Method) string { return report.How(m) }
