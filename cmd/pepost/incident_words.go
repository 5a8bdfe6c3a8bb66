package main

import (
	"strings"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/route"
)

// leftAt is when a message first left, or may have left; zero where it has not.
func leftAt(d outbox.Delivery) time.Time {
	for _, e := range d.Events {
		if e.To.Gone() && e.To != e.From {
			return e.At
		}
	}
	return time.Time{}
}

// protection says what whoever has the message can read of it.
func protection(d outbox.Delivery) string {
	return mayHaveLeft(d.State) + inWrongHands(d)
}

// mayHaveLeft qualifies what is not known to have arrived.
func mayHaveLeft(s outbox.State) string {
	switch s {
	case outbox.Accepted, outbox.Delivered, outbox.Posted:
		return ""
	case outbox.Bounced:
		return "it came back; if a copy stayed: "
	}
	return "it may have left; if it did: "
}

func inWrongHands(d outbox.Delivery) string {
	switch d.Decision.Method {
	case route.MethodTLS:
		return "whoever reads the mailbox can read it"
	case route.MethodGateway:
		return "whoever the gateway lets in as that address can read it; its administrator may be able to withdraw it"
	case route.MethodOpenPGP:
		return "only the holder of the confirmed key can read it"
	case route.MethodPost:
		return "whoever opens the envelope can read it"
	case route.MethodProtectedDocument:
		return sealedDocument(d)
	case route.MethodNone:
	}
	return "how it was protected is not known"
}

// sealedDocument says who can open a protected document.
func sealedDocument(d outbox.Delivery) string {
	switch d.Passphrase {
	case outbox.PassphraseWithheld, outbox.PassphrasePending:
		return "it cannot be opened: nobody was given the passphrase"
	case outbox.PassphraseHandedOver:
		for _, e := range d.Events {
			if strings.HasPrefix(e.Why, "passphrase read") {
				return "whoever was told the passphrase on " + e.At.Format("2 January 2006") + " can open it"
			}
		}
	case outbox.PassphraseNone:
	}
	return "whoever has the passphrase can open it"
}

// nextSteps is what can still be done about a message in the wrong hands.
func nextSteps(d outbox.Delivery) string {
	switch {
	case d.Decision.Method == route.MethodPost:
		return "ask Royal Mail whether it can be stopped, and the householder to give it back unopened"
	case d.Decision.Method == route.MethodGateway:
		return "ask the gateway's administrator to withdraw it, then the recipient to delete it and to confirm that in writing"
	}
	return "ask the recipient to delete it, from the deleted items too, not to pass it on, and to confirm that in writing"
}
