package quality

import (
	"slices"

	"github.com/pepost/pepost/internal/form"
)

// voicePart is the part in which the child speaks.
const voicePart = "voice"

// voiceMethod is how a young child's views were found: by watching, a drawing
// or a photograph an adult writes down what the child cannot.
const voiceMethod = "ey.voice.method"

// voice wants the child to have spoken, in the child's own words.
func (f *finder) voice() {
	var first, adult *form.Field
	own := 0
	for field := range f.ask.Form.Fields() {
		if !f.spoken(field) {
			continue
		}
		if first == nil {
			first = &field
		}
		text := f.ask.Values.Fields[field.Key]
		switch {
		case text == "":
		case isOne(text, f.rules.Placeholders.Value):
			f.add(VoiceEmpty, field, 0, "", "the child has said nothing here: ask, watch or draw, and write it down")
		case adultWords(text, f.ask.Values.Fields["child.forename"]) && f.ask.Values.Fields[voiceMethod] == "":
			if adult == nil {
				adult = &field
			}
		default:
			own++
		}
	}
	switch {
	case own > 0 || first == nil:
	case adult != nil:
		f.add(VoiceAdult, *adult, 0, "", "all that is said is an adult's words about the child: write what the child says")
	default:
		f.add(VoiceEmpty, *first, 0, "", "the child says nothing in the whole form: ask, watch or draw, and write it down")
	}
}

// spoken reports whether a field is the child's own to answer, in words.
func (f *finder) spoken(field form.Field) bool {
	words := field.Kind == form.LongText || field.Kind == form.Text
	return words && len(field.Fillers) > 0 && field.Fillers[0] == form.ByYoungPerson && f.rules.PartOf(field.Key) == voicePart &&
		field.Offered.Judge(f.ask.Values) != form.False
}

// texts finds long answers that are last term's and answers that are none.
func (f *finder) texts() {
	for field := range f.ask.Form.Fields() {
		text := f.ask.Values.Fields[field.Key]
		if field.Kind != form.LongText || text == "" || field.Locked {
			continue
		}
		if isOne(text, f.rules.Placeholders.Value) && !f.spoken(field) && field.Needed(form.ToFinalise, f.ask.Values) {
			f.add(Placeholder, field, 0, "", "what stands here is no answer: write it out, the reader may not have the other paper")
		}
		if last := f.ask.Last.Fields[field.Key]; f.same(text, last) {
			f.add(Unchanged, field, 0, "", "copied from last term without a change: ask whether it is still true")
		}
	}
}

// same reports whether two texts are one, and long enough not to be so by
// chance.
func (f *finder) same(text, last string) bool {
	bare := plain(text)
	return last != "" && len([]rune(text)) >= f.rules.UnchangedFrom.Value && bare != "" && bare == plain(last)
}

// Gravest is the gravest weight among findings of a part; Off where there is
// none that counts.
func Gravest(findings []Finding, part string) Weight {
	gravest := Off
	for _, each := range findings {
		if each.Part == part && slices.Index(Weights(), each.Weight) < slices.Index(Weights(), gravest) {
			gravest = each.Weight
		}
	}
	return gravest
}
