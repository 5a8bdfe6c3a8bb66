package post

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/pepost/pepost/internal/pep"
)

// The number of lines of an address, as GOV.UK Notify bounds them.
const (
	FewestLines = 3
	MostLines   = 7
)

// Address is a postal address as it stands in the window of an envelope: the
// name first, the postcode last.
type Address []string

// Text is the address in one text, a line each.
func (a Address) Text() string { return strings.Join(a, "\n") }

// AddressError says what keeps a record from being an address. It names the
// column of the register and no value.
type AddressError struct {
	Column string
	Why    string
}

// Error names the column.
func (e *AddressError) Error() string { return "the postal address: " + e.Column + " " + e.Why }

// AddressOf puts a contact's address together from the columns of the register
// that are there for it, and from nothing else: no letter is ever addressed
// from a free text. The organisation stands only in a professional's address,
// since a carer's post is nobody else's affair.
func AddressOf(to pep.Contact) (Address, error) {
	name := oneLine(to.Name)
	switch {
	case name == "":
		return nil, &AddressError{"Name", "is empty"}
	case oneLine(to.Address1) == "":
		return nil, &AddressError{"Address 1", "is empty"}
	}
	if title := oneLine(to.Title); title != "" && !strings.HasPrefix(strings.ToLower(name), strings.ToLower(title)+" ") {
		name = title + " " + name
	}
	postcode, err := Postcode(to.Postcode)
	if err != nil {
		return nil, err
	}
	lines := Address{name}
	if to.Role.Professional() {
		lines = append(lines, oneLine(to.Organisation))
	}
	lines = append(lines, oneLine(to.Address1), oneLine(to.Address2), oneLine(to.Town), postcode)
	lines = slices.DeleteFunc(lines, func(line string) bool { return line == "" })
	// Many exports have the organisation or the town a second time.
	lines = slices.CompactFunc(lines, strings.EqualFold)
	if n := len(lines); n < FewestLines || n > MostLines {
		return nil, &AddressError{"Address 1", fmt.Sprintf("and the others make %d lines; an envelope takes %d to %d", n, FewestLines, MostLines)}
	}
	return lines, nil
}

// oneLine is a cell without line ends, control characters and needless blanks.
func oneLine(cell string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			return ' '
		}
		return r
	}, cell)
	return strings.Trim(strings.Join(strings.Fields(clean), " "), " ,;")
}

// postcodes are the shapes of a United Kingdom postcode (BS 7666, as Royal
// Mail's Programmers' Guide to PAF gives them), with the ZZ of records about nobody,
// and Girobank's own.
var postcodes = regexp.MustCompile(`^(?:([A-PR-UWYZ][0-9][0-9A-HJKPSTUW]?|[A-PR-UWYZ][A-HK-Z][0-9][0-9ABEHMNPRV-Y]?)([0-9][ABD-HJLNP-UW-Z]{2})|(GIR)(0AA))$`)

// Postcode gives a United Kingdom postcode in capitals with one space, or an
// [AddressError].
func Postcode(text string) (string, error) {
	plain := strings.ToUpper(strings.Join(strings.Fields(oneLine(text)), ""))
	if plain == "" {
		return "", &AddressError{"Postcode", "is empty"}
	}
	parts := postcodes.FindStringSubmatch(plain)
	if parts == nil {
		return "", &AddressError{"Postcode", "is not a United Kingdom postcode"}
	}
	return parts[1] + parts[3] + " " + parts[2] + parts[4], nil
}

// Same reports whether two addresses lead to the same door for the same
// person: capitals, points, commas and blanks do not count.
func Same(a, b Address) bool {
	return slices.EqualFunc(a, b, func(x, y string) bool { return bare(x) == bare(y) })
}

func bare(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, line)
}
