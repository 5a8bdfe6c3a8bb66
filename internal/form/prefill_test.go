package form_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/pep"
)

func TestTheRegisterFillsInWhatItKnows(t *testing.T) {
	f := library(t).Compose(plan(pep.Statutory, pep.Transition))
	v := form.Prefill(f, record(), plan(pep.Statutory, pep.Transition), known())
	for key, want := range map[string]string{
		"pep.ref": "PEP-7F3K-2Q", "pep.phase": "statutory", "pep.circumstances": "transition", "pep.academic_year": "2025/26", "pep.term": "spring",
		"ctl.version": f.Version, "ctl.generated_at": "2026-01-12", "ctl.copy_for": "designated teacher",
		"child.forename": "Aled", "child.dob": "2012-03-02", "child.age": "13", "child.ncy": "9", "care.bla_date": "2020-05-04",
		"care.uasc": "yes", "care.legal_status": "C2", "care.placement_postcode": "CH99 4ZZ", "care.placement_address": "14, Elder Bank Road, Northwick",
		"set.name": "Oakfield High School", "set.dt.name": "Ms Jo Park", "people.sw.name": "Robin Vale", "people.sw.team": "North team",
		"people.sw.email": "robin.vale@council.example", "people.sw.phone": "07700 900123", "people.vs.name": "Sam Okafor",
		"meet.date": "2026-02-10", "meet.time": "14:00", "meet.place": "Room 4", "meet.prev_date": "2025-10-14", "sen.provision": "K",
	} {
		if got := v.Fields[key]; got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	want := []form.Row{{"no": "1", "text": "Times tables"}, {"no": "2", "text": "Read aloud", "spend": "120.05"}}
	if diff := cmp.Diff(want, v.Tables["review.targets"]); diff != "" {
		t.Errorf("only the latest targets are reviewed, in order:\n%s", diff)
	}
	if diff := cmp.Diff([]form.Row{{"role": "designated teacher", "name": "Ms Jo Park", "invited": "yes"}}, v.Tables["meet.attendees"]); diff != "" {
		t.Error(diff)
	}
	if len(v.Tables["people.carer"]) != 1 || len(v.Tables["people.pr"]) != 1 {
		t.Errorf("carers %v, parents %v", v.Tables["people.carer"], v.Tables["people.pr"])
	}
}

func TestWhatIsFilledInIsSoundAndAnswersTheForm(t *testing.T) {
	l := library(t)
	for _, phase := range []pep.Phase{pep.EarlyYears, pep.Statutory, pep.Post16} {
		p := plan(phase)
		f := l.Compose(p)
		v := form.Prefill(f, record(), p, known())
		if faults := form.Faults(f, v); len(faults) > 0 {
			t.Errorf("%s: %v", phase, faults)
		}
		for key := range v.Fields {
			if field := fieldOf(t, f, key); field.Offered.Judge(v) == form.False {
				t.Errorf("%s: %s is answered and not on the form", phase, key)
			}
		}
	}
}

func TestACarersAddressIsTheHomeOnlyWhereThePostcodeSaysSo(t *testing.T) {
	rec := record()
	rec.Child.PlacementPostcode = "CH1 1AA"
	f := library(t).Compose(plan(pep.Statutory))
	v := form.Prefill(f, rec, plan(pep.Statutory), known())
	if got := v.Fields["care.placement_address"]; got != "" {
		t.Errorf("the home is said to be %q", got)
	}
}

func TestNothingKnownGivesAFormThatSaysWhatItLacks(t *testing.T) {
	p := plan(pep.Statutory)
	f := library(t).Compose(p)
	v := form.Prefill(f, pep.Record{}, p, form.Known{})
	missing := form.Missing(f, v, form.ToSend)
	for _, key := range []string{"pep.ref", "child.forename", "child.surname", "child.dob", "people.sw.name", "set.on_roll", "people.carer"} {
		if !slices.Contains(missing, key) {
			t.Errorf("%s is not missed: %v", key, missing)
		}
	}
}

func TestWhatIsMissingToSend(t *testing.T) {
	p := plan(pep.Statutory)
	f := library(t).Compose(p)
	full := func() form.Values { return form.Prefill(f, record(), p, known()) }
	for _, c := range []struct {
		what   string
		change func(form.Values)
		key    string
		want   bool
	}{
		{"a first name alone is a name", func(v form.Values) { delete(v.Fields, "child.surname") }, "child.surname", false},
		{"no name at all", func(v form.Values) { delete(v.Fields, "child.surname"); delete(v.Fields, "child.forename") }, "child.surname", true},
		{"no teacher, on roll", func(v form.Values) { delete(v.Fields, "set.dt.name") }, "set.dt.name", true},
		{"no teacher, not on roll", func(v form.Values) { delete(v.Fields, "set.dt.name"); v.Fields["set.on_roll"] = "no" }, "set.dt.name", false},
		{"no carer", func(v form.Values) { delete(v.Tables, "people.carer") }, "people.carer", true},
	} {
		v := full()
		c.change(v)
		if got := slices.Contains(form.Missing(f, v, form.ToSend), c.key); got != c.want {
			t.Errorf("%s: missed %v", c.what, got)
		}
	}
}

func TestWhatIsMissingToFinalise(t *testing.T) {
	f := formByID(t, "statutory")
	missing := func(v form.Values) string { return " " + strings.Join(form.Missing(f, v, form.ToFinalise), " ") + " " }
	v := answered("pep.phase", "statutory", "hist.settings.none", "yes", "sen.provision", "N", "pep.circumstances", "none", "child.ncy", "8")
	v.Tables["targets"] = []form.Row{{"t.no": "2", "t.outcome": "Reads", "t.funding": "ppplus"}, {"t.no": "3", "t.outcome": "Adds", "t.funding": "none"}}
	v.Tables["signoff"] = []form.Row{{"role": "carer", "name": "A"}}
	got := missing(v)
	for key, want := range map[string]bool{
		"hist.settings": false, "sen.primary": false, "targets[2].t.cost": true, "targets[3].t.cost": false, "targets[1].t.outcome": false,
		"targets": false, "signoff[1]": true, "signoff[2]": true, "signoff[4].date": true, "signoff[5]": false, "st.options": true,
		"review.targets": true, "views.carer": true,
	} {
		if strings.Contains(got, " "+key+" ") != want {
			t.Errorf("%s is missed: %v", key, !want)
		}
	}
	v.Fields["pep.circumstances"], v.Fields["sen.provision"] = "initial", "E"
	delete(v.Fields, "hist.settings.none")
	got = missing(v)
	for key, want := range map[string]bool{"review.targets": false, "sen.primary": true, "sen.ehcp_issued": true, "hist.settings": true} {
		if strings.Contains(got, " "+key+" ") != want {
			t.Errorf("initial, with a plan: %s is missed: %v", key, !want)
		}
	}
}

func TestPersistentAbsenceIsComputed(t *testing.T) {
	f := formByID(t, "statutory")
	for attendance, want := range map[string]string{"49.9": "severe", "50": "persistent", "89.9": "persistent", "90": "none", "": ""} {
		v := answered("st.pa_flag", "severe")
		if attendance != "" {
			v.Fields["st.attendance.year_pct"] = attendance
		}
		if got := form.Derive(f, v).Fields["st.pa_flag"]; got != want {
			t.Errorf("%s%%: %q, want %q", attendance, got, want)
		}
		if v.Fields["st.pa_flag"] != "severe" {
			t.Error("the values given are changed")
		}
	}
}

func TestTheMatrixOfFieldAndRole(t *testing.T) {
	var b strings.Builder
	for _, row := range library(t).Matrix() {
		roles := make([]string, len(row.Roles))
		for i, role := range row.Roles {
			roles[i] = string(role)
		}
		fmt.Fprintf(&b, "%s %q [%s, home %v]: %s\n", row.Field, row.Label, row.Audience, row.Home, strings.Join(roles, ", "))
	}
	golden(t, "matrix.txt", b.String())
}

func TestAnAuthorityMayHaveAMatrixOfItsOwn(t *testing.T) {
	files, _ := broken(t, "rights.yaml", "authorities: {}", "authorities: {camden: [social worker]}")
	l := load(t, files)
	mine, err := l.For("camden", nil)
	if err != nil {
		t.Fatal(err)
	}
	address := fieldOf(t, formByID(t, "statutory"), "care.placement_address")
	if !l.MaySee(address, pep.FosterCarer) || mine.MaySee(address, pep.FosterCarer) || !mine.MaySee(address, pep.SocialWorker) {
		t.Error("the authority's own roles do not hold")
	}
	if mine.MaySee(form.Field{Audience: "nobody_defined_it"}, pep.SocialWorker) {
		t.Error("an audience that the matrix does not know is seen")
	}
}
