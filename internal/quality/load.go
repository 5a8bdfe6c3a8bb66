package quality

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/calendar/rulefile"
)

// ErrNoRules says that an authority has no quality.yaml: nothing is proposed.
var ErrNoRules = errors.New("the authority has no rules for quality assurance")

// Load reads an authority's quality.yaml from the folder of rules. The error is
// [ErrNoRules] where there is none, else [rulefile.Problems]: every mistake
// with its place.
func Load(folder fs.FS, authority string) (Rules, error) {
	name := authority + "/quality.yaml"
	if _, err := fs.Stat(folder, name); errors.Is(err, fs.ErrNotExist) {
		return Rules{}, fmt.Errorf("%w: %s is missing", ErrNoRules, name)
	}
	file, root := rulefile.Open(folder, name)
	var rd reader
	rules := rd.read(root)
	if err := file.Err(); err != nil {
		return Rules{}, fmt.Errorf("loading the quality assurance of %s: %w", authority, err)
	}
	return rules, nil
}

// reader reads values that each stand with a source.
type reader struct {
	sources []string
	rules   Rules
}

func (rd *reader) read(root rulefile.Node) Rules {
	fields := root.Fields("sources", "scale", "proposed", "roll_up", "release_from", "checks", "unchanged_from",
		"review_within_months", "words", "parts")
	for _, item := range fields.Need("sources").Items() {
		one := item.Fields("name", "is")
		one.Need("is").Text()
		rd.sources = append(rd.sources, one.Need("name").Text())
	}
	rd.scale(fields.Need("scale"))
	rd.proposed(fields.Need("proposed"))
	rd.rollUp(fields.Need("roll_up"))
	rd.rules.ReleaseFrom = rd.rating(fields.Need("release_from"))
	rd.checks(fields.Need("checks"))
	rd.rules.UnchangedFrom = rd.number(fields.Need("unchanged_from"), 1, 10_000)
	rd.rules.ReviewWithinMonths = rd.number(fields.Need("review_within_months"), 1, 24)
	rd.words(fields.Need("words"))
	rd.parts(fields.Need("parts"))
	return rd.rules
}

// source must begin with one of the names under sources.
func (rd *reader) source(n rulefile.Node) string {
	text := n.Text()
	listed := func(name string) bool { return name != "" && strings.HasPrefix(text, name) }
	if text != "" && !slices.ContainsFunc(rd.sources, listed) {
		n.Problem("the source is not listed under sources", "begin with one of: "+strings.Join(rd.sources, ", "))
	}
	return text
}

func (rd *reader) value(n rulefile.Node) (rulefile.Node, string) {
	fields := n.Fields("value", "source")
	return fields.Need("value"), rd.source(fields.Need("source"))
}

func (rd *reader) number(n rulefile.Node, lowest, highest int) Sourced[int] {
	value, source := rd.value(n)
	return Sourced[int]{value.Number(lowest, highest), source}
}

func (rd *reader) texts(n rulefile.Node) Sourced[[]string] {
	value, source := rd.value(n)
	out := Sourced[[]string]{Source: source}
	for _, item := range value.Items() {
		if text := item.Text(); text != "" {
			out.Value = append(out.Value, plain(text))
		}
	}
	return out
}

func (rd *reader) scale(n rulefile.Node) {
	value, source := rd.value(n)
	rd.rules.Scale.Source = source
	for _, item := range value.Items() {
		rating := rulefile.OneOf(item, Rating("red"), Rating("amber"), Rating("green"), Rating("gold"))
		if rd.rules.OnScale(rating) {
			item.Problem("the rating stands twice", "keep one of them")
		}
		if rating != "" {
			rd.rules.Scale.Value = append(rd.rules.Scale.Value, rating)
		}
	}
	if len(rd.rules.Scale.Value) < 2 && !value.Missing() {
		value.Problem("a scale needs two ratings at least", "write them, the worst first: [red, amber, green]")
	}
}

// onScale reads a rating of the scale.
func (rd *reader) onScale(n rulefile.Node) Rating { return rulefile.OneOf(n, rd.rules.Scale.Value...) }

func (rd *reader) rating(n rulefile.Node) Sourced[Rating] {
	value, source := rd.value(n)
	return Sourced[Rating]{rd.onScale(value), source}
}

func (rd *reader) proposed(n rulefile.Node) {
	fields := n.Fields("serious", "minor", "none")
	rd.rules.Proposed = map[Weight]Sourced[Rating]{
		Serious: rd.rating(fields.Need("serious")), Minor: rd.rating(fields.Need("minor")), Off: rd.rating(fields.Need("none")),
	}
}

func (rd *reader) rollUp(n rulefile.Node) {
	items := n.Items()
	for i, item := range items {
		fields := item.Fields("rating", "when", "source", "elsewhere")
		line := Line{
			Rating: rd.onScale(fields.Need("rating")), When: rd.condition(fields.Need("when")), Source: rd.source(fields.Need("source")),
		}
		for _, other := range fields.May("elsewhere").Items() {
			o := other.Fields("when", "source")
			line.Elsewhere = append(line.Elsewhere, Reading{rd.condition(o.Need("when")), rd.source(o.Need("source"))})
		}
		if last := i == len(items)-1; last != (line.When.kind == otherwise) && line.When.kind != "" {
			fields.May("when").Problem("the last line, and no other, is otherwise", "end with {rating: …, when: otherwise, source: …}")
		}
		rd.rules.RollUp = append(rd.rules.RollUp, line)
	}
	if len(items) == 0 && !n.Missing() {
		n.Problem("there is no line", "write {rating: …, when: otherwise, source: …} at least")
	}
}

func (rd *reader) condition(n rulefile.Node) Condition {
	text := n.Text()
	if text == "" {
		return Condition{}
	}
	c, err := ParseCondition(text)
	if err != nil {
		n.Problem("not a condition that is known here", "write at least 2 red, majority red, all but 1 green and the rest amber, or otherwise")
		return Condition{}
	}
	for _, rating := range c.ratings() {
		if !rd.rules.OnScale(rating) {
			n.Problem("the condition names a rating that is not on the scale", "the scale is above")
		}
	}
	return c
}

func (rd *reader) checks(n rulefile.Node) {
	var names []string
	for _, c := range Checks() {
		names = append(names, string(c))
	}
	fields := n.Fields(names...)
	rd.rules.Checks = map[Check]Sourced[Weight]{}
	for _, c := range Checks() {
		value, source := rd.value(fields.NeedLine(string(c), string(c)+`: {value: minor, source: "our default"}`))
		rd.rules.Checks[c] = Sourced[Weight]{rulefile.OneOf(value, Weights()...), source}
	}
}

func (rd *reader) words(n rulefile.Node) {
	fields := n.Fields("nobody", "placeholders", "measures", "not_payable")
	rd.rules.Nobody = rd.texts(fields.Need("nobody"))
	rd.rules.Placeholders = rd.texts(fields.Need("placeholders"))
	rd.rules.Measures = rd.texts(fields.Need("measures"))
	rd.rules.NotPayable = rd.texts(fields.Need("not_payable"))
}

func (rd *reader) parts(n rulefile.Node) {
	seen := map[string]bool{}
	for _, item := range n.Items() {
		fields := item.Fields("key", "fields", "source")
		part := Part{Key: fields.Need("key").Text(), Source: rd.source(fields.Need("source"))}
		for _, name := range fields.Need("fields").Items() {
			text := name.Text()
			if seen[text] {
				name.Problem("the answer stands in two parts", "keep one of them")
			}
			seen[text] = true
			part.Fields = append(part.Fields, text)
		}
		if seen["part "+part.Key] {
			fields.May("key").Problem("the part stands twice", "join the two")
		}
		seen["part "+part.Key] = true
		rd.rules.Parts = append(rd.rules.Parts, part)
	}
}
