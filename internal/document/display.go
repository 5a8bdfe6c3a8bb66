package document

import (
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// display puts a canonical answer into the words a reader sees. A text that
// is not canonical for its kind is shown as it is.
func display(field form.Field, value string) string {
	if value == "" {
		return ""
	}
	switch field.Kind {
	case form.Date:
		if day, err := pep.ParseDate(value); err == nil {
			return day.Slashed()
		}
	case form.Money:
		return displayMoney(value)
	case form.Percent:
		return value + "%"
	case form.YesNo:
		return sentence(value)
	case form.OneOf, form.SeveralOf:
		keys := strings.Split(value, "; ")
		for i, key := range keys {
			keys[i] = field.ChoiceLabel(key)
		}
		return strings.Join(keys, "; ")
	case form.Text, form.LongText, form.Number, form.ContactKind, form.Table:
	}
	return value
}

// displayMoney takes canonical money alone: two decimals, always.
func displayMoney(value string) string {
	pounds, fraction, _ := strings.Cut(value, ".")
	pence, err := strconv.ParseInt(pounds+fraction, 10, 64)
	if err != nil || len(fraction) != 2 {
		return value
	}
	return pep.Pence(pence).String()
}

// sentence gives a text a capital first letter.
func sentence(text string) string {
	if text == "" || text[0] < 'a' || text[0] > 'z' {
		return text
	}
	return string(text[0]-'a'+'A') + text[1:]
}

// filledBy names all fillers of a field in words, each once, and gives the
// colour of the first.
func filledBy(f form.Form, fillers []form.Filler) (words, colour string) {
	for _, filler := range fillers {
		for _, known := range f.Fillers {
			switch {
			case known.Filler != filler:
			case words == "":
				words, colour = known.Words, known.Colour
			case !strings.Contains(words, known.Words):
				words += " or " + known.Words
			}
		}
	}
	return sentence(words), colour
}
