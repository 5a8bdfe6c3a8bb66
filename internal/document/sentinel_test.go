package document

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pepost/pepost/forms"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

// read reads the shipped forms once for all tests; a library never changes.
var read = sync.OnceValues(func() (*form.Library, error) { return form.Load(forms.FS) })

func library(t testing.TB) *form.Library {
	t.Helper()
	l, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func formByID(t testing.TB, id string) form.Form {
	t.Helper()
	f, ok := library(t).ByID(id)
	if !ok {
		t.Fatalf("no form %s", id)
	}
	return f
}

// everyForm has every field of every definition file in it.
func everyForm() []string {
	const all = "+custody+interim+not-in-setting+transition"
	return []string{"early-years" + all, "statutory" + all, "post-16" + all}
}

// sentinel is a text that stands in one answer and nowhere else.
type sentinel struct {
	text string
	// key is that of the field, with the column of a table.
	key string
	// row is the key of the fixed row it stands in.
	row string
}

// sentinels fills in every answer of a form with a text of its own, two rows
// in each table. Year and age stay open, so that every field is offered.
func sentinels(f form.Form) (form.Values, []sentinel) {
	v := form.Values{Fields: map[string]string{}, Tables: map[string][]form.Row{}}
	var all []sentinel
	next := func(key, row string) string {
		text := fmt.Sprintf("Qzx%03dy", len(all))
		all = append(all, sentinel{text, key, row})
		return text
	}
	for field := range f.Fields() {
		switch {
		case field.Key == "child.ncy", field.Key == "child.age":
		case field.Kind == form.Table:
			fixed := field.FixedRows
			if len(fixed) == 0 {
				fixed = []form.Choice{{}, {}}
			}
			for _, choice := range fixed {
				row := form.Row{}
				for i, column := range field.Columns {
					if i == 0 && choice.Key != "" {
						row[column.Key] = choice.Key
						continue
					}
					row[column.Key] = next(field.Key+"."+column.Key, choice.Key)
				}
				v.Tables[field.Key] = append(v.Tables[field.Key], row)
			}
		default:
			v.Fields[field.Key] = next(field.Key, "")
		}
	}
	return v, all
}

// dump is everything that a drawer could draw of a document.
func dump(t testing.TB, doc Document) string {
	t.Helper()
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ToLower(string(data))
}

// forbidden are the keys that a reader may not see, by the printed matrix; a
// table's key stands for all of its columns.
func forbidden(l *form.Library, to Reader) map[string]bool {
	out := map[string]bool{}
	for _, row := range l.Matrix() {
		if !slices.Contains(row.Roles, to.Role) || row.Home && (to.WithholdPlacementAddress || to.Role == pep.Parent) {
			out[row.Field] = true
		}
	}
	return out
}

func (s sentinel) hidden(from map[string]bool) bool {
	if from[s.key] {
		return true
	}
	for key := range from {
		if strings.HasPrefix(s.key, key+".") {
			return true
		}
	}
	return false
}

func TestEveryReaderFindsWhatTheyMaySeeAndNothingElse(t *testing.T) {
	l := library(t)
	for _, id := range everyForm() {
		f := formByID(t, id)
		values, all := sentinels(f)
		for _, role := range append(pep.Roles(), "") {
			for _, withhold := range []bool{false, true} {
				for _, purpose := range []Purpose{BlankForm, FinalCopy} {
					to := Reader{Role: role, WithholdPlacementAddress: withhold, Purpose: purpose}
					t.Run(fmt.Sprintf("%s/%s/%v/%s", id, role, withhold, purpose), func(t *testing.T) {
						doc, withheld := Build(f, values, to, Head{Ref: "PEP-7F3K-2Q"})
						checkSentinels(t, dump(t, doc), all, forbidden(l, to))
						if i := slices.IndexFunc(withheld, func(w Withheld) bool { return w.Holds }); i >= 0 {
							t.Errorf("%s holds the copy although no text repeats a secret", withheld[i].Field)
						}
					})
				}
			}
		}
	}
}

// A mailbox that two read has what both may see: nothing that either may not.
func TestAMailboxOfTwoRolesHasWhatBothMaySee(t *testing.T) {
	l := library(t)
	f := formByID(t, everyForm()[0])
	values, all := sentinels(f)
	for _, role := range pep.Roles() {
		for _, also := range []pep.Role{pep.Parent, pep.YoungPerson, pep.FosterCarer, pep.HealthVisitor} {
			to := Reader{Role: role, Also: []pep.Role{also}, Purpose: FinalCopy}
			hidden := forbidden(l, Reader{Role: role, Purpose: FinalCopy})
			maps.Copy(hidden, forbidden(l, Reader{Role: also, Purpose: FinalCopy}))
			doc, _ := Build(f, values, to, Head{Ref: "PEP-7F3K-2Q"})
			checkSentinels(t, dump(t, doc), all, hidden)
		}
	}
}

func checkSentinels(t *testing.T, drawn string, all []sentinel, hidden map[string]bool) {
	t.Helper()
	for _, s := range all {
		// A carer's signature is kept, with the carer, from who may not know them.
		mayNot := s.hidden(hidden) || s.row == "carer" && strings.HasPrefix(s.key, "signoff.") && hidden["people.carer"]
		if found := strings.Contains(drawn, strings.ToLower(s.text)); found == mayNot {
			t.Errorf("%s %s: in the document %v, may be seen %v", s.key, s.row, found, !mayNot)
		}
	}
}

// The same law as rights.yaml, written down a second time by hand: what an
// edit of the matrix must not undo unseen.
func TestWhoMaySeeWhatTellsWhereTheChildLives(t *testing.T) {
	f := formByID(t, "statutory")
	values, all := sentinels(f)
	address, carer := "care.placement_address", "people.carer.name"
	gate, record := "auth.no_contact", "care.legal_status"
	for _, c := range []struct {
		to   Reader
		sees []string
	}{
		{Reader{Role: pep.SocialWorker}, []string{address, carer, gate, record}},
		{Reader{Role: pep.FosterCarer}, []string{address, carer, gate, record}},
		{Reader{Role: pep.HealthVisitor}, []string{address, carer, gate, record}},
		{Reader{Role: pep.DesignatedTeacher}, []string{carer, gate}},
		{Reader{Role: pep.DesignatedTeacher, WithholdPlacementAddress: true}, []string{gate}},
		{Reader{Role: pep.SocialWorker, WithholdPlacementAddress: true}, []string{gate, record}},
		{Reader{Role: pep.YoungPerson}, []string{carer}},
		{Reader{Role: pep.Parent}, nil},
		{Reader{Role: "caretaker"}, nil},
	} {
		for _, purpose := range []Purpose{BlankForm, FinalCopy} {
			c.to.Purpose = purpose
			doc, withheld := Build(f, values, c.to, Head{})
			drawn := dump(t, doc)
			for _, key := range []string{address, carer, gate, record} {
				want := slices.Contains(c.sees, key)
				if got := anyDrawn(drawn, all, key); got != want {
					t.Errorf("%s (withhold %v), %s, %s: drawn %v, want %v", c.to.Role, c.to.WithholdPlacementAddress, purpose, key, got, want)
				}
				if !want && !told(withheld, key) {
					t.Errorf("%s, %s: %s is left out and nothing says so", c.to.Role, purpose, key)
				}
			}
		}
	}
}

func anyDrawn(drawn string, all []sentinel, key string) bool {
	return slices.ContainsFunc(all, func(s sentinel) bool {
		return s.key == key && strings.Contains(drawn, strings.ToLower(s.text))
	})
}

// told reports whether a key, or the table it stands in, is listed as left
// out, with a reason.
func told(withheld []Withheld, key string) bool {
	return slices.ContainsFunc(withheld, func(w Withheld) bool {
		return w.Why != "" && (w.Field == key || strings.HasPrefix(key, w.Field+"."))
	})
}
