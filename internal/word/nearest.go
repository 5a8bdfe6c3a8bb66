package word

import (
	"slices"
	"strings"
)

// phrase is a label taken apart for comparing.
type phrase struct {
	label, digits string
	letters       []rune
}

func newPhrase(label string) phrase {
	plain := alike(label)
	return phrase{label, digitsOf(plain), []rune(plain)}
}

// nearest finds the one of the known labels that a reworded one means: the
// same but for case, quotes and punctuation, else at most a sixth of its
// letters away, with the same digits, and no other one nearly as near.
func nearest(label string, known []phrase) (string, bool) {
	plain := newPhrase(label)
	if len(plain.letters) == 0 {
		return "", false
	}
	best, second, meant := 1<<30, 1<<30, ""
	for _, one := range known {
		if len(one.letters) == 0 || one.digits != plain.digits {
			continue
		}
		switch away := distance(plain.letters, one.letters, len(plain.letters)/3); {
		case away < best:
			best, second, meant = away, best, one.label
		case away < second:
			second = away
		}
	}
	return meant, best == 0 && second > 0 || best <= len(plain.letters)/6 && second > 2*best
}

func digitsOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}

// maxLabel bounds the labels that are compared.
const maxLabel = 300

// distance is Levenshtein's: how many letters must be put in, left out or
// exchanged; anything above most is given as more than most.
func distance(from, to []rune, most int) int {
	if len(from) > maxLabel || len(to) > maxLabel || len(from)-len(to) > most || len(to)-len(from) > most {
		return most + 1
	}
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, letter := range from {
		before := row[0]
		row[0] = i + 1
		for j, other := range to {
			cost := before
			if letter != other {
				cost++
			}
			before, row[j+1] = row[j+1], min(cost, row[j]+1, row[j+1]+1)
		}
		if slices.Min(row) > most {
			return most + 1
		}
	}
	return row[len(to)]
}
