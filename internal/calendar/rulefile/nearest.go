package rulefile

import "strings"

// furthest is how many slips of the hand still tell which word was meant.
const furthest = 3

// nearest is the known word that a misspelt one was meant to be, or nothing
// where none is near enough.
func nearest(word string, known []string) string {
	best, slips := "", furthest+1
	if len(word) > maxWord {
		return ""
	}
	for _, candidate := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(candidate)); d < slips && d < (len(candidate)+1)/2 {
			best, slips = candidate, d
		}
	}
	return best
}

// maxWord bounds the work: no key and no word of a rule file is longer.
const maxWord = 60

// distance is how many letters are to be put in, taken out, changed or swapped
// with their neighbour to make one word of the other.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// choice is the hint for a word that must be one of some: the one that was
// probably meant, and all of them.
func choice(lead, word string, known []string) string {
	hint := lead + strings.Join(known, ", ")
	if near := nearest(word, known); near != "" {
		return "did you mean " + near + "? " + hint
	}
	return hint
}
