package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Post is how letters go by registered post.
type Post struct {
	// Service is what the post office is asked for.
	Service string
	// Days are the working days after which somebody asks about a letter
	// without a proof of delivery.
	Days int
	// ReturnAddress is where filled forms and what cannot be delivered go, a
	// line each; empty where none is stated, and then no letter is made.
	ReturnAddress []string
}

// The usual post, and the bounds of another. Special Delivery Guaranteed is the
// Royal Mail's registered post: tracked, signed for and insured.
const (
	usualService  = "Royal Mail Special Delivery Guaranteed"
	usualPostDays = 5
	mostPostDays  = 60
	mostPostLines = 6
	mostPostLine  = 45 // characters
)

// postFile is the section post: as it is written.
type postFile struct {
	Service       string   `yaml:"service"`
	Days          *int     `yaml:"days"`
	ReturnAddress []string `yaml:"return_address"`
}

func (c *checker) post(f postFile) Post {
	p := Post{Service: strings.TrimSpace(f.Service), Days: usualPostDays}
	if p.Service == "" {
		p.Service = usualService
	}
	if err := fitsLetter(p.Service); err != nil {
		c.fault("post.service", err.Error(), "the post office's own name, such as "+usualService)
	}
	if f.Days != nil {
		p.Days = *f.Days
	}
	if p.Days < 1 || p.Days > mostPostDays {
		c.fault("post.days", fmt.Sprintf("wanted: 1 to %d working days", mostPostDays), "after so many days somebody asks about a letter that nobody signed for")
	}
	if n := len(f.ReturnAddress); n == 1 || n == 2 || n > mostPostLines {
		c.fault("post.return_address", fmt.Sprintf("%d lines; an address has 3 to %d", n, mostPostLines), "one line each, the postcode last")
	}
	for _, line := range f.ReturnAddress {
		line = strings.TrimSpace(line)
		if err := fitsLetter(line); err != nil || line == "" {
			c.fault("post.return_address", fmt.Sprintf("a line is empty, longer than %d characters or has a control character", mostPostLine), "one line each, the postcode last")
		}
		p.ReturnAddress = append(p.ReturnAddress, line)
	}
	return p
}

// fitsLetter is nil for a line that stands in the narrow column of a letter.
func fitsLetter(line string) error {
	if !utf8.ValidString(line) || utf8.RuneCountInString(line) > mostPostLine || strings.ContainsFunc(line, unicode.IsControl) {
		return errors.New("it is no line of at most 45 characters")
	}
	return nil
}

// postText is the section as a new folder has it.
func postText(line func(string, ...any)) {
	line("# Registered post, for whoever agreed to it. Without a return address no letter is")
	line("# made. After days working days without a proof of delivery somebody is to ask.")
	line("# post:")
	line("#   service: %s", usualService)
	line("#   days: %d", usualPostDays)
	line("#   return_address:")
	line("#     - Virtual School, Sample Council")
	line("#     - 1 Council Square")
	line("#     - Sampletown")
	line("#     - ZZ1 1AA")
}
