package story

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/report"
	"github.com/pepost/pepost/internal/route"
)

// Topic is what a chapter is about.
type Topic string

// The topics, in the order of the story.
const (
	Recipient  Topic = "who it is for"
	Contents   Topic = "what it holds"
	Method     Topic = "why this way"
	Release    Topic = "who let it go"
	Attempts   Topic = "what the relay said"
	Passphrase Topic = "the passphrase"
	Arrival    Topic = "proof of arrival"
	Next       Topic = "what comes next"
	Answer     Topic = "what answered it"
	Opened     Topic = "who opened this"
)

// Topics lists every topic in the order of the story.
func Topics() []Topic {
	return []Topic{Recipient, Contents, Method, Release, Attempts, Passphrase, Arrival, Next, Answer, Opened}
}

// Chapter is one part of the story; it has at least one line.
type Chapter struct {
	Topic Topic    `json:"topic"`
	Lines []string `json:"lines"`
}

// Return is a form that came back, as far as the story tells it.
type Return struct {
	ID      string
	At      time.Time
	State   string // waiting, accepted, rejected, finalised
	Sure    bool   // whether it is certain that it answers this delivery
	Reasons []string
	SHA256  string
	// Settled is when, by whom and why the state was last changed; the zero
	// moment where nobody did.
	Settled    time.Time
	SettledBy  string
	SettledWhy string
}

// Opening is somebody having read the evidence of this delivery.
type Opening struct {
	At time.Time
	By string
}

// Facts is all that the story is made of.
type Facts struct {
	Delivery outbox.Delivery
	// Document is the SHA-256 of the form before it was protected; empty where
	// it is not on record.
	Document string
	// Returns are the forms that came back for the same plan.
	Returns []Return
	// Means is what a delivery report proves of a message that went through the
	// gateway; empty for all that went another way.
	Means route.DeliveredMeans
	// Proposed is another method that would serve better, and why; empty where
	// none is proposed.
	Proposed    route.Method
	ProposedWhy string
	// Frozen is why nothing goes to the address; empty where something may.
	Frozen string
	// AskOn is the day on which somebody asks the Royal Mail for a letter.
	AskOn  pep.Date
	Opened []Opening
	// Where is the place whose clock the moments are told by.
	Where *time.Location
}

// Tell tells the story, every topic once and in order.
func Tell(f Facts) []Chapter {
	if f.Where == nil {
		f.Where = time.UTC
	}
	tell := map[Topic]func() []string{
		Recipient: f.recipient, Contents: f.contents, Method: f.method, Release: f.release, Attempts: f.attempts,
		Passphrase: f.passphrase, Arrival: f.arrival, Next: f.next, Answer: f.answer, Opened: f.opened,
	}
	var all []Chapter
	for _, topic := range Topics() {
		all = append(all, Chapter{topic, tell[topic]()})
	}
	return all
}

// moment is a point in time as an officer reads it.
func (f Facts) moment(at time.Time) string {
	at = at.In(f.Where)
	return pep.DateOf(at).Long() + " at " + at.Format("15:04")
}

// itself matches what this program signs with where nobody said anything.
var itself = regexp.MustCompile(`^pepost \d+(-[0-9a-f]+)?$`)

// person is who did something.
func person(by string) string {
	switch {
	case by == "":
		return "somebody whose name was not kept"
	case itself.MatchString(by):
		return "the program by itself"
	}
	return by
}

// because adds a reason to a line.
func because(line, why string) string {
	if why = strings.TrimSpace(why); why == "" {
		return line
	}
	return line + ": " + why
}

// brief is the beginning of a digest, enough to compare two by eye.
func brief(digest string) string {
	const enough = 12
	if len(digest) <= enough {
		return digest
	}
	return digest[:enough] + "…"
}

func (f Facts) recipient() []string {
	d := f.Delivery
	address := d.Recipient.Address.Canonical()
	if address == "" {
		address = plain(d.Recipient.Address.Raw())
	}
	if address == "" {
		address = "no e-mail address is on record"
	}
	lines := []string{"the " + d.Recipient.Role.Words() + ", " + address}
	if len(d.Recipient.Also) > 0 {
		var also []string
		for _, role := range d.Recipient.Also {
			also = append(also, role.Words())
		}
		lines = append(lines, "the same mailbox is recorded for: "+strings.Join(also, ", ")+"; the copy shows only what each of them may see")
	}
	for _, why := range d.Recipient.Why {
		lines = append(lines, "why them: "+why)
	}
	if len(d.Recipient.Why) == 0 && d.Kind != outbox.KindDigest {
		lines = append(lines, "why them was not kept")
	}
	if d.Recipient.New {
		lines = append(lines, "new: nothing had gone to the address before; the case system's export vouches for it")
	}
	if d.Recipient.Withheld {
		lines = append(lines, "the copy leaves out where the child lives")
	}
	return lines
}

// plain shows what is no good address letter by letter, so that one letter
// cannot pass for another.
func plain(text string) string {
	if quoted := strconv.QuoteToASCII(text); quoted[1:len(quoted)-1] != text {
		return quoted
	}
	return text
}

func (f Facts) contents() []string {
	d := f.Delivery
	what := report.What(d.Kind)
	if d.Milestone != "" {
		what += " (" + strings.ReplaceAll(d.Milestone, "_", " ") + ")"
	}
	if !d.Due.IsZero() {
		what += ", due " + d.Due.Long()
	}
	lines := []string{what}
	if name, version, ok := strings.Cut(d.Form, " "); ok {
		lines = append(lines, "form "+name+", version "+brief(version))
	}
	if f.Document != "" {
		lines = append(lines, "the form before it was protected: SHA-256 "+brief(f.Document))
	}
	switch {
	case d.SHA256 == "":
		lines = append(lines, "nothing was sealed")
	case d.Decision.Method == route.MethodPost:
		lines = append(lines, "the pages for the envelope: SHA-256 "+brief(d.SHA256))
	default:
		lines = append(lines, "the sealed message: SHA-256 "+brief(d.SHA256)+", "+size(d.Size)+", Message-ID "+d.MessageID)
	}
	if d.Replaces != "" {
		lines = append(lines, "sealed again in the place of delivery "+d.Replaces)
	}
	return lines
}
