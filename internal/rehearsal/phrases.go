package rehearsal

import (
	"slices"
	"strings"

	"github.com/pepost/pepost/internal/form"
)

// names reports whether a key's last word is one of those given.
func names(key string, words ...string) bool {
	return slices.Contains(words, key[strings.LastIndexByte(key, '.')+1:])
}

// phrase is a sentence or two that suits the question with the key.
func phrase(key string, luck chance) string {
	for _, topic := range topics() {
		if slices.ContainsFunc(topic.about, func(word string) bool { return strings.Contains(key, word) }) {
			return one(luck, topic.says)
		}
	}
	return one(luck, []string{
		"Settled this term; the small group before lunch helps most.",
		"Some weeks are harder than others. A word at the start of the day makes the difference.",
		"We agreed to look at this again at the meeting.",
		"Going well.\nThe key adult will keep an eye on it after half-term.",
	})
}

// topic is what is said to questions whose key holds one of the words.
type topic struct {
	about []string
	says  []string
}

func topics() []topic {
	return []topic{
		{[]string{"strengths", "achievements"}, []string{
			"Kind to younger pupils; a quick mind for numbers; swam 50 metres in the autumn.",
			"Reads widely, draws every day, and has been chosen for the play.",
			"Finished every piece of coursework so far, and is proud of it.",
		}},
		{[]string{"needs", "barriers", "absence"}, []string{
			"Finds long written tasks hard; loses heart after the first page.",
			"Changes without warning upset the whole day.",
			"Missed much of last summer and has gaps in fractions and phonics.",
		}},
		{[]string{"catch_up", "support", "provision", "intervention"}, []string{
			"Three short sessions a week with the same adult, before registration.",
			"One-to-one tuition for ten weeks, then a review.",
			"Nurture group on Tuesdays; a quiet place at break.",
		}},
		{[]string{"conduct"}, []string{
			"Polite with adults; two disagreements at lunch, both put right the same day.",
			"No concerns. Asks for time out before things go wrong.",
		}},
		{[]string{"leisure", "out_of_hours", "enrich"}, []string{
			"Football on Saturdays; the library club on Wednesdays.",
			"Guitar lessons since the autumn; would like to join the climbing wall.",
		}},
		{[]string{"dream", "aspiration", "ambition", "plan_a", "five_years", "next_step"}, []string{
			"Wants to work with animals, perhaps as a veterinary nurse.",
			"An apprenticeship in joinery after the exams.",
			"To read a whole book without help.",
		}},
		{[]string{"steps", "plan_b", "transition"}, []string{
			"Two visits before the summer, then a morning a week.",
			"Keep up English and maths; ask about a taster day after Easter.",
		}},
		{[]string{"voice", "views"}, []string{
			"I like science because we do things.\nI don't like it when the timetable changes.",
			"School is OK. I want more time for art and less noise at lunch.",
			"My key adult listens. I'd like to know earlier who comes to the meeting.",
		}},
		{[]string{"outcome", "impact", "progress"}, []string{
			"Reads aloud to the group without being asked.",
			"Up one level since the autumn; more confident with new words.",
		}},
	}
}

// line is a short answer of one line.
func (p Pen) line(field form.Field, luck chance) string {
	switch field.Format {
	case form.EmailFormat:
		return "office@demo-setting.example"
	case form.PhoneFormat:
		return "01632 960" + one(luck, []string{"114", "257", "390", "668", "871"})
	case form.PostcodeFormat:
		return "ZZ99 " + one(luck, []string{"1AA", "2BD", "4GH", "7JN"})
	case form.TimeFormat:
		return one(luck, []string{"09:30", "13:15", "15:30"})
	case form.AnyFormat:
	default:
		return "" // a number that only its issuer knows
	}
	switch {
	case names(field.Key, "name", "by_who", "approved_by", "adviser", "key_adult", "by", "person", "who"):
		return p.Name
	case names(field.Key, "subject"):
		return one(luck, []string{"English", "Mathematics", "Science", "History", "Art and design", "French"})
	case names(field.Key, "current", "target", "baseline", "mock", "predicted", "grade", "english_grade", "maths_grade"):
		return one(luck, []string{"3", "4", "4+", "5", "working towards", "expected"})
	case names(field.Key, "setting", "provider", "first_choice", "second_choice"):
		return one(luck, []string{"Alderwhin Primary School", "Marlhallow College", "Wefton Ridge School"})
	}
	return phrase(field.Key, luck)
}
