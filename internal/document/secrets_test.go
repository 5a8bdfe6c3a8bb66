package document

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// home are the answers of an invented child that tell where and with whom the
// child lives.
func home() form.Values {
	return form.Values{
		Fields: map[string]string{
			"child.forename": "Aled", "child.surname": "Quill", "set.name": "Marple Lane Primary School",
			"care.placement_address": "14 Elder Bank Road, Northwick", "care.placement_postcode": "CH99 4ZZ",
			"people.sw.team": "Northwick Children's Team",
		},
		Tables: map[string][]form.Row{"people.carer": {
			{
				"name": "Mrs Renée Marple", "agency": "Larkspur Fostering", "address": "Rose Cottage, Mill Lane, Tarvin", "postcode": "CH98 1XX",
				"phone": "01632 960444", "email": "renee.marple@homes.example",
			},
			{"name": "Sean O'Brannigan"},
		}},
	}
}

func buildWith(t testing.TB, key, text string, to Reader) (Document, []Withheld) {
	t.Helper()
	values := home()
	values.Fields[key] = text
	return Build(formByID(t, "statutory"), values, to, Head{})
}

func parent() Reader { return Reader{Role: pep.Parent, Purpose: FinalCopy} }

func TestATextThatRepeatsTheHomeHoldsTheCopy(t *testing.T) {
	for name, text := range map[string]string{
		"postcode":                 "Taxi from CH99 4ZZ every day.",
		"postcode run together":    "Taxi from ch994zz every day.",
		"postcode with a dash":     "Taxi from CH99-4ZZ.",
		"postcode in wide letters": "Taxi from \uff23\uff28\uff19\uff19 \uff14\uff3a\uff3a.",
		"postcode broken in two":   "Taxi from CH99\n4ZZ.",
		"carer's postcode":         "Taxi from CH981XX.",
		"street":                   "He walks from Elder Bank Road.",
		"street abbreviated":       "He walks from 14 elder bank rd.",
		"street spaced out":        "He walks from ELDER  BANK\tROAD.",
		"second line of address":   "The bus stops at Mill Lane.",
		"name of the house":        "A picture of Rose Cottage.",
		"carer's name":             "Renée Marple reads with him.",
		"carer without accent":     "Renee Marple reads with him.",
		"carer, accent apart":      "Rene\u0301e Marple reads with him.",
		"carer with an invisible":  "Renée Mar\u200bple reads with him.",
		"surname first":            "MARPLE, R. came.",
		"surname's possessive":     "Mrs Marple\u2019s dog.",
		"Irish surname":            "Mr O\u2019Brannigan came.",
		"Irish surname in one":     "Mr OBrannigan came.",
		"agency":                   "Placed through Larkspur Fostering.",
		"telephone":                "Ring 01632 960 444.",
		"telephone from abroad":    "Ring +44 (0)1632 960444.",
		"e-mail":                   "Write to Renee.Marple@homes.example.",
	} {
		t.Run(name, func(t *testing.T) {
			doc, withheld := buildWith(t, "views.sw", "All is well. "+text, parent())
			if strings.Contains(dump(t, doc), "all is well") {
				t.Error("the text is in the copy")
			}
			hit := held(withheld)
			if hit.Field != "views.sw" || hit.Why == "" || !strings.Contains(hit.Sentence, strings.TrimRight(text, ".")[:6]) {
				t.Errorf("hit %+v does not name the field, the reason and the sentence", hit)
			}
		})
	}
}

func held(withheld []Withheld) Withheld {
	for _, w := range withheld {
		if w.Holds {
			return w
		}
	}
	return Withheld{}
}

func TestATextThatRepeatsNothingIsKept(t *testing.T) {
	for name, text := range map[string]string{
		"the town alone":         "The library in Tarvin is good.",
		"the child's own name":   "Aled Quill reads every day.",
		"the team's town":        "The Northwick team came.",
		"another road":           "The bus stops at Elder Road.",
		"a word within a word":   "He likes marpleton and sells eldest banks.",
		"another postcode":       "The museum is at CH1 1AA.",
		"the school, by itself":  "Lane Primary School was closed.",
		"another house's number": "Number 14 is his favourite.",
	} {
		t.Run(name, func(t *testing.T) {
			doc, withheld := buildWith(t, "views.sw", text, parent())
			if !strings.Contains(dump(t, doc), strings.ToLower(text)) || held(withheld).Field != "" {
				t.Errorf("left out, %+v", held(withheld))
			}
		})
	}
}

func TestWhoMayKnowTheHomeGetsTheText(t *testing.T) {
	const text = "Taxi from CH99 4ZZ with Renée Marple."
	for _, role := range []pep.Role{pep.SocialWorker, pep.FosterCarer, pep.VirtualSchool} {
		doc, withheld := buildWith(t, "views.sw", text, Reader{Role: role, Purpose: FinalCopy})
		if !strings.Contains(dump(t, doc), strings.ToLower(text)) || held(withheld).Field != "" {
			t.Errorf("%s: left out, %+v", role, held(withheld))
		}
	}
	_, withheld := buildWith(t, "views.sw", text, Reader{Role: pep.SocialWorker, WithholdPlacementAddress: true, Purpose: FinalCopy})
	if held(withheld).Field != "views.sw" {
		t.Error("a copy that must not show the placement is not held")
	}
}

func TestACellThatRepeatsTheHomeHoldsTheCopy(t *testing.T) {
	values := home()
	values.Tables["actions"] = []form.Row{{"action": "Book a taxi"}, {"action": "Fetch from ch99 4zz", "who": "Jo Park"}}
	doc, withheld := Build(formByID(t, "statutory"), values, parent(), Head{})
	if hit := held(withheld); hit.Field != "actions[2].action" {
		t.Errorf("held for %q", hit.Field)
	}
	drawn := dump(t, doc)
	for text, want := range map[string]bool{"book a taxi": true, "jo park": true, "fetch from": false} {
		if strings.Contains(drawn, text) != want {
			t.Errorf("%q drawn: %v", text, !want)
		}
	}
}

func TestRowsOfPersonsTheChildLivesWithAreLeftOut(t *testing.T) {
	values := home()
	values.Tables["meet.attendees"] = []form.Row{
		{"role": "foster carer", "name": "Nobody Else-Knows"},
		{"role": "visitor", "name": "Renée Marple"},
		{"role": "tutor", "name": "Jo Marple"},
	}
	doc, withheld := Build(formByID(t, "statutory"), values, parent(), Head{})
	drawn := dump(t, doc)
	for text, want := range map[string]bool{"nobody": false, "renée": false, "visitor": false, "jo marple": true} {
		if strings.Contains(drawn, text) != want {
			t.Errorf("%q drawn: %v", text, !want)
		}
	}
	if !told(withheld, "meet.attendees[1]") || !told(withheld, "meet.attendees[2]") || told(withheld, "meet.attendees[3]") {
		t.Errorf("left out %+v", withheld)
	}
	if held(withheld).Field != "" {
		t.Error("a row left out whole needs no person to look")
	}
}

func TestAMeetingAtHomeShowsNoPlace(t *testing.T) {
	doc, withheld := buildWith(t, "meet.place", "14 Elder Bank Rd", parent())
	if strings.Contains(dump(t, doc), "elder") || !told(withheld, "meet.place") || held(withheld).Field != "" {
		t.Errorf("left out %+v", withheld)
	}
}

func TestASurnameThatTheChildSharesIsNoSecret(t *testing.T) {
	values := home()
	values.Tables["people.carer"] = []form.Row{{"name": "Mrs Gwen Quill", "phone": "01632 960555 ext 12"}}
	for text, holds := range map[string]bool{
		"Aled Quill came.": false, "The Quill family came.": false, "Gwen Quill came.": true, "Ring 01632-960555.": true,
	} {
		values.Fields["views.sw"] = text
		if _, withheld := Build(formByID(t, "statutory"), values, parent(), Head{}); (held(withheld).Field != "") != holds {
			t.Errorf("%q: held %v, want %v", text, !holds, holds)
		}
	}
}

func TestAPostcodeThatIsNoneIsNotSought(t *testing.T) {
	for _, none := range []string{"-", "n/a", "CH1"} {
		values := home()
		values.Fields["care.placement_postcode"], values.Fields["views.sw"] = none, "All is well in the national archive, CH1."
		if _, withheld := Build(formByID(t, "statutory"), values, parent(), Head{}); held(withheld).Field != "" {
			t.Errorf("%q is sought in every text", none)
		}
	}
}

func TestACarerMayComeWithoutTheAddress(t *testing.T) {
	doc, _ := Build(formByID(t, "statutory"), home(), Reader{Role: pep.DesignatedTeacher, Purpose: BlankForm}, Head{})
	drawn := dump(t, doc)
	for text, want := range map[string]bool{"renée marple": true, "larkspur": true, "rose cottage": false, "ch98": false} {
		if strings.Contains(drawn, text) != want {
			t.Errorf("%q drawn: %v", text, !want)
		}
	}
}

func TestNothingIsSoughtWhereNothingIsSecret(t *testing.T) {
	doc, withheld := Build(formByID(t, "statutory"), form.Values{Fields: map[string]string{"views.sw": "All is well."}}, parent(), Head{})
	if !strings.Contains(dump(t, doc), "all is well") || held(withheld).Field != "" {
		t.Error("a text is left out although nothing is known of the home")
	}
}

func TestAPostcodeIsFoundHoweverItIsTyped(t *testing.T) {
	f := formByID(t, "statutory")
	rapid.Check(t, func(t *rapid.T) {
		var typed strings.Builder
		for _, letter := range "CH994ZZ" {
			typed.WriteString(rapid.SampledFrom([]string{"", " ", "-", ".", "\n", "\u00a0", "\u200b"}).Draw(t, "between"))
			text := string(letter)
			if rapid.Bool().Draw(t, "small") {
				text = strings.ToLower(text)
			}
			typed.WriteString(text)
		}
		values := home()
		values.Fields["views.parent"] = rapid.SampledFrom([]string{"", "From ", "Taxi: "}).Draw(t, "before") + typed.String()
		_, withheld := Build(f, values, parent(), Head{})
		if held(withheld).Field != "views.parent" {
			t.Fatalf("not found: %q", typed.String())
		}
	})
}
