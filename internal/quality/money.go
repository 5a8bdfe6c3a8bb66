package quality

import (
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// mostPence bounds an amount, so that sums of many stay exact.
const mostPence = 1_000_000_000_000

// ParsePence reads an amount in canonical text, 1200.50, exactly; false where
// it is none, or no amount that a school spends.
func ParsePence(text string) (pep.Pence, bool) {
	pence, ok := hundredths(text)
	return pep.Pence(pence), ok
}

// hundredths reads a decimal number of at most two decimals as a whole number
// of hundredths.
func hundredths(text string) (int64, bool) {
	whole, fraction, point := strings.Cut(text, ".")
	if len(whole) == 0 || len(whole) > 10 || len(fraction) > 2 || point && fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	return n, err == nil && n <= mostPence
}

// Pounds is an amount in exact decimal text: 1200.50.
func Pounds(p pep.Pence) string {
	sign := ""
	if p < 0 {
		sign, p = "-", -p
	}
	text := strconv.FormatInt(int64(p), 10)
	for len(text) < 3 {
		text = "0" + text
	}
	return sign + text[:len(text)-2] + "." + text[len(text)-2:]
}

// Itemised is what a target's items come to: the cost of a session, sessions a
// week and weeks. One that names no weeks, or no sessions, is bought once. The
// second value is false where the items do not say an amount.
func Itemised(row form.Row) (pep.Pence, bool) {
	unit, ok := hundredths(row["t.unit_cost"])
	if !ok {
		return 0, false
	}
	made := unit
	for _, times := range []string{row["t.sessions"], row["t.weeks"]} {
		if times == "" {
			continue
		}
		n, ok := hundredths(times)
		if !ok || n == 0 || made > mostPence*100/n {
			return 0, false
		}
		made = (made*n + 50) / 100 // a fraction of a penny: half up, as a bill does
	}
	return pep.Pence(made), true
}
