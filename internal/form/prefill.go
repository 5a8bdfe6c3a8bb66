package form

import (
	"strconv"
	"strings"

	"github.com/pepost/pepost/internal/pep"
)

// Known is what a form says that neither the register nor the plan holds.
type Known struct {
	// Generated is the day the form is made, from the injected clock; ages
	// and conditions are measured on it.
	Generated pep.Date
	// CopyFor is the reader in words, such as "designated teacher".
	CopyFor string
	// Authority is the responsible authority's name or its three-digit code.
	Authority string
	// Sequence counts the PEPs since coming into care; 0 where not known.
	Sequence int
	// VirtualSchool stands in where the register names no contact there.
	VirtualSchool pep.Contact
}

// Prefill answers what is known before the form goes out: the child, the
// setting, the people, the meeting, the last targets and what can be
// computed. It fills in everything, for all readers; room document takes out
// what a reader may not see.
func Prefill(f Form, rec pep.Record, plan pep.Plan, extra Known) Values {
	d := draft{form: f, values: Values{Fields: map[string]string{}, Tables: map[string][]Row{}}}
	d.plan(rec, plan, extra)
	d.child(rec.Child, plan, extra)
	d.setting(rec.Child)
	d.people(rec, extra)
	d.tables(rec)
	return offered(f, Derive(f, d.values))
}

// draft is a form being filled in; what the form does not ask is dropped.
type draft struct {
	form   Form
	values Values
}

// put answers a field with a text of the register. A text that the field
// would not take from a person is kept as it is, because the register's word
// is not lost on a form; a code that is no choice is left out.
func (d draft) put(key, text string) {
	field, ok := d.form.Field(key)
	if !ok {
		return
	}
	if answer := asAnswer(field, text); answer != "" {
		d.values.Fields[key] = answer
	}
}

func asAnswer(field Field, text string) string {
	answer, err := field.Canonical(text)
	if err != nil && (field.Kind == Text || field.Kind == LongText) {
		return strings.TrimSpace(tidyLines(text))
	}
	return answer
}

// row adds a row to a table.
func (d draft) row(key string, texts Row) {
	table, ok := d.form.Field(key)
	if !ok {
		return
	}
	row := Row{}
	for _, column := range table.Columns {
		if answer := asAnswer(column, texts[column.Key]); answer != "" {
			row[column.Key] = answer
		}
	}
	if len(row) > 0 {
		d.values.Tables[key] = append(d.values.Tables[key], row)
	}
}

func (d draft) plan(rec pep.Record, plan pep.Plan, extra Known) {
	circumstances := "none"
	if len(plan.Circumstances) > 0 {
		names := make([]string, len(plan.Circumstances))
		for i, circumstance := range plan.Circumstances {
			names[i] = string(circumstance)
		}
		circumstances = strings.Join(names, severalSeparator)
	}
	d.put("pep.ref", string(rec.Ref))
	d.put("pep.phase", string(plan.Phase))
	d.put("pep.variant", string(plan.Variant))
	d.put("pep.circumstances", circumstances)
	d.put("pep.academic_year", plan.Term.AcademicYear())
	d.put("pep.term", string(plan.Term.Name))
	if extra.Sequence > 0 {
		d.put("pep.sequence", strconv.Itoa(extra.Sequence))
	}
	d.put("care.la", extra.Authority)
	d.put("ctl.version", d.form.Version)
	d.put("ctl.generated_at", extra.Generated.String())
	d.put("ctl.copy_for", pep.Role(extra.CopyFor).Words())
	d.put("meet.date", plan.Meeting.Date.String())
	d.put("meet.time", plan.Meeting.Time)
	d.put("meet.place", plan.Meeting.Place)
	d.put("meet.prev_date", rec.Child.PreviousPEP.String())
	d.put("meet.next_cla_review", rec.Child.NextCLAReview.String())
}

func (d draft) child(child pep.Child, plan pep.Plan, extra Known) {
	for key, text := range map[string]string{
		"child.forename":          child.Forename,
		"child.surname":           child.Surname,
		"child.preferred":         child.KnownAs,
		"child.dob":               child.DateOfBirth.String(),
		"child.ncy":               strconv.Itoa(plan.YearGroup),
		"child.sex":               string(child.Sex),
		"child.ethnicity":         string(child.Ethnicity),
		"child.first_language":    child.FirstLanguage,
		"child.la_id":             child.ID,
		"child.upn":               string(child.UPN),
		"child.upn_reason":        string(child.UPNReason),
		"p16.uln":                 string(child.ULN),
		"care.bla_date":           firstDate(child.BecameLookedAfter, child.Return.BecameLookedAfter).String(),
		"care.legal_status":       firstText(string(child.LegalStatus), string(child.Return.LegalStatus)),
		"care.placement_type":     firstText(string(child.Placement), string(child.Return.Placement)),
		"care.placement_postcode": child.PlacementPostcode,
		"sen.provision":           string(child.SEN),
		"sen.ehcp_issued":         child.EHCPDate.String(),
		"p16.eet":                 child.EETStatus,
	} {
		d.put(key, text)
	}
	if child.Return.Unaccompanied {
		d.put("care.uasc", "yes")
	}
	if !child.DateOfBirth.IsZero() {
		d.put("child.age", strconv.Itoa(child.DateOfBirth.AgeOn(extra.Generated)))
		d.put("p16.turns18", pep.DateOf(child.DateOfBirth.Time().AddDate(adulthood, 0, 0)).String())
	}
}

// adulthood is the age at which a young person is no longer looked after
// (Children Act 1989, section 105).
const adulthood = 18

func (d draft) setting(child pep.Child) {
	d.put("set.on_roll", string(child.OnRoll))
	d.put("set.name", child.Setting.Name)
	d.put("set.type", child.Setting.Type)
	d.put("set.urn", string(child.Setting.URN))
	d.put("set.laestab", string(child.Setting.LAEstab))
	d.put("set.start_date", child.JoinedSetting.String())
	d.put("ey.provision", d.provision(child))
	if child.OnRoll == pep.Yes {
		d.put("p16.provider.name", child.Setting.Name)
	}
	if child.OnRoll == pep.Yes && child.Setting.Name != "" {
		d.row("hist.settings", Row{"setting": child.Setting.Name, "from": child.JoinedSetting.String()})
	}
}

// provision is the kind of early years provision, as far as the kind of
// setting and the year say it: a primary school has nursery and Reception
// classes.
func (d draft) provision(child pep.Child) string {
	kind := d.values.Fields["set.type"]
	switch {
	case child.OnRoll == pep.No:
		return "none"
	case kind == "primary" && d.values.Fields["child.ncy"] == "0":
		return "reception"
	case kind == "primary":
		return "nursery"
	}
	return kind
}

func firstText(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func firstDate(a, b pep.Date) pep.Date {
	if a.IsZero() {
		return b
	}
	return a
}

// offered drops answers of fields that are not on this form, so that what is
// sent and what is compared later are the same.
func offered(f Form, v Values) Values {
	for field := range f.Fields() {
		if field.Offered.Judge(v) == False {
			delete(v.Fields, field.Key)
			delete(v.Tables, field.Key)
		}
	}
	return v
}
