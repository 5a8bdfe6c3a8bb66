package roster

import (
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// maxCount bounds sessions, weeks and target numbers; maxPounds one amount.
const (
	maxCount  = 1000
	maxPounds = 1_000_000
)

// parseCount reads a whole number from 0 to 1,000; 10.0 is 10.
func parseCount(text string) (int, error) {
	whole := strings.TrimSuffix(strings.TrimSuffix(text, ".00"), ".0")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 0 || n > maxCount || !digits(whole) {
		return 0, &pep.Invalid{Code: pep.BadNumber, Reason: "not a whole number from 0 to 1,000"}
	}
	return n, nil
}

// parsePence reads pounds with or without £, thousands commas and pence.
func parsePence(text string) (pep.Pence, error) {
	bad := &pep.Invalid{Code: pep.BadNumber, Reason: "not an amount of money: write it as 1,200.50"}
	pounds, pence, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(text, "£")), ".")
	pounds, grouped := ungroup(pounds)
	if !grouped || !digits(pounds) || len(pence) > 2 || pence != "" && !digits(pence) {
		return 0, bad
	}
	whole, err := strconv.Atoi(pounds)
	if err != nil || whole > maxPounds {
		return 0, bad
	}
	part, _ := strconv.Atoi((pence + "00")[:2])
	return pep.Pence(whole*100 + part), nil
}

// ungroup takes thousands commas out where they stand before three digits
// each: 1,5 is somebody's decimal comma and not fifteen.
func ungroup(text string) (string, bool) {
	parts := strings.Split(text, ",")
	for i, part := range parts {
		if i > 0 && len(part) != 3 || len(parts) > 1 && i == 0 && (part == "" || len(part) > 3) {
			return "", false
		}
	}
	return strings.Join(parts, ""), true
}

func digits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// telephone gives back the leading zero that a spreadsheet takes from a
// number; everything else stays as it was typed.
func telephone(text string) string {
	if len(text) == 10 && digits(text) && strings.IndexByte("127", text[0]) >= 0 {
		return "0" + text
	}
	return text
}
