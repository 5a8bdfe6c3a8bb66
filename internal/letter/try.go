package letter

import (
	"errors"
	"text/template"

	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/route"
)

// tryLetter writes a letter in every circumstance that a template can tell
// apart, so that a mistake in any branch is found when it is loaded.
func (t Templates) tryLetter(what purpose) Problems {
	f := t.letters[what]
	var problems Problems
	for _, in := range samples(what) {
		_, err := t.Write(in)
		if err == nil {
			continue
		}
		problems = append(problems, f.explain(err))
	}
	return problems
}

// explain turns an error in writing into a fault of the file.
func (f file) explain(err error) Problem {
	var failed template.ExecError
	if errors.As(err, &failed) {
		return asProblem(f.name, failed.Err, "the fields are named in the comment at the head of the shipped file")
	}
	var tells *TellingError
	if errors.As(err, &tells) {
		return Problem{File: f.name, Text: "the " + string(tells.Part) + " says " + tells.Word, Hint: "subject and text carry the reference and a date, and nothing that tells"}
	}
	return Problem{File: f.name, Text: err.Error()}
}

// samples are made-up inputs for one letter: late or not, with and without a
// day to return by, a telephone, an officer's name and a document.
func samples(what purpose) []Input {
	decision := route.Decision{Verdict: route.Secure, Method: route.MethodTLS}
	switch what.class {
	case secure:
	case neutral:
		decision = route.Decision{Verdict: route.Encrypt, Method: route.MethodProtectedDocument}
	case sealed:
		decision = route.Decision{Verdict: route.Encrypt, Method: route.MethodOpenPGP}
	case gateway:
		decision = route.Decision{Verdict: route.Encrypt, Method: route.MethodGateway}
	}
	if what.class == posted {
		decision.Verdict, decision.Method = route.Encrypt, route.MethodPost
	}
	var all []Input
	for circumstances := range 1 << 5 {
		has := func(bit int) bool { return circumstances>>bit&1 == 1 }
		in := Input{
			Ref: "PEP-0000-00", Kind: what.kind, Decision: decision,
			On:     pep.Date{Year: 2026, Month: 2, Day: 24},
			Sender: Sender{Authority: "Sample Council", VirtualSchool: "Sample Virtual School"},
			Late:   has(0), Role: pep.DesignatedTeacher, Extension: Word, Document: []byte("document"),
		}
		if has(1) {
			in.ReturnBy = pep.Date{Year: 2026, Month: 3, Day: 17}
		}
		if has(2) {
			in.Officer.Telephone = "01632 960000"
		}
		if has(3) {
			in.Officer.Name, in.Officer.Mailbox = "Pat Sample", "office@council.example"
		}
		if has(4) {
			in.Role = pep.FosterCarer
			if what.kind == Chase {
				in.Document = nil
			}
		}
		if has(1) != has(3) {
			in.Agreed = pep.Date{Year: 2026, Month: 1, Day: 12}
		}
		in.Texted = has(2) != has(4)
		all = append(all, in)
	}
	return all
}

// tryScript does for a script of a call what tryLetter does for a letter.
func tryScript(script file) Problems {
	var problems Problems
	for circumstances := range 1 << 2 {
		call := Call{Ref: "PEP-0000-00", Authority: "Sample Council", Sent: pep.Date{Year: 2026, Month: 2, Day: 24}}
		if circumstances&1 == 1 {
			call.Name, call.Role = "Pat Sample", pep.DesignatedTeacher
		}
		if circumstances&2 == 2 {
			call.Telephone = "01632 960000"
		}
		if _, err := script.say(call); err != nil {
			problems = append(problems, script.explain(err))
		}
	}
	return problems
}
