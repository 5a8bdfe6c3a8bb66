package post

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/pep"
)

func teacher() pep.Contact {
	return pep.Contact{
		Role: pep.DesignatedTeacher, Title: "Mr", Name: "Pat Sample", Organisation: "Marl School",
		Address1: "1 Marl Row", Town: "Chestermoor", Postcode: "ch97 2gp",
	}
}

func TestAnAddressIsMadeOfTheRegistersColumns(t *testing.T) {
	change := func(with func(*pep.Contact)) pep.Contact { c := teacher(); with(&c); return c }
	for name, c := range map[string]struct {
		to   pep.Contact
		want Address
	}{
		"a professional at work": {teacher(), Address{"Mr Pat Sample", "Marl School", "1 Marl Row", "Chestermoor", "CH97 2GP"}},
		"a carer at home, without an organisation": {
			change(func(c *pep.Contact) { c.Role = pep.FosterCarer }), Address{"Mr Pat Sample", "1 Marl Row", "Chestermoor", "CH97 2GP"},
		},
		"a name that has its title": {change(func(c *pep.Contact) { c.Name = "mr Pat Sample" }), Address{"mr Pat Sample", "Marl School", "1 Marl Row", "Chestermoor", "CH97 2GP"}},
		"line ends and blanks in cells": {
			change(func(c *pep.Contact) { c.Address1, c.Address2 = " Flat 2,\r\n  1 Marl\tRow ,", "Mill  Bank" }),
			Address{"Mr Pat Sample", "Marl School", "Flat 2, 1 Marl Row", "Mill Bank", "Chestermoor", "CH97 2GP"},
		},
		"what stands twice": {change(func(c *pep.Contact) { c.Address1 = "MARL SCHOOL" }), Address{"Mr Pat Sample", "Marl School", "Chestermoor", "CH97 2GP"}},
	} {
		got, err := AddressOf(c.to)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestWhatIsNoAddressIsNamedByItsColumn(t *testing.T) {
	for column, with := range map[string]func(*pep.Contact){
		"Name":      func(c *pep.Contact) { c.Name = " " },
		"Address 1": func(c *pep.Contact) { c.Address1 = "\n" },
		"Postcode":  func(c *pep.Contact) { c.Postcode = "12345" },
	} {
		c := teacher()
		with(&c)
		got, err := AddressOf(c)
		var wrong *AddressError
		if !errors.As(err, &wrong) || wrong.Column != column || got != nil {
			t.Errorf("%s: %v, %v", column, got, err)
		}
		if err != nil && (strings.Contains(err.Error(), "Sample") || strings.Contains(err.Error(), "12345")) {
			t.Errorf("%s: the error repeats what the register says: %v", column, err)
		}
	}
}

func TestPostcodes(t *testing.T) {
	for text, want := range map[string]string{
		"m1 1ae": "M1 1AE", "M60 1NW": "M60 1NW", "CR26XH": "CR2 6XH", "dn55 1pt": "DN55 1PT", "W1A 1HQ": "W1A 1HQ",
		"EC1A 1BB": "EC1A 1BB", " ch97\u00a02gp ": "CH97 2GP", "GIR 0AA": "GIR 0AA", "ZZ99 1AA": "ZZ99 1AA",
		"": "", "CH97": "", "CH97 2G": "", "CH97 2CC": "", "QH97 2GP": "", "C H97 2G PX": "", "97 2GP": "", "CH972GPCH": "", "CH97 O2GP": "",
	} {
		got, err := Postcode(text)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func TestTheSameDoorIsKnownHoweverItIsWritten(t *testing.T) {
	a := Address{"Mrs Ann O'Neil", "37, Mill Brow", "CH97 2GP"}
	if !Same(a, Address{"mrs ann oneil", "37 Mill Brow.", "CH972GP"}) {
		t.Error("capitals and points make another door of it")
	}
	for _, other := range []Address{{"Mrs Ann O'Neil", "38, Mill Brow", "CH97 2GP"}, {"Mrs Ann O'Neil", "37, Mill Brow"}, {"Mr Ann O'Neil", "37, Mill Brow", "CH97 2GP"}} {
		if Same(a, other) {
			t.Errorf("%v is taken for the same", other)
		}
	}
}

func TestAnAddressIsNeverMoreThanAnEnvelopeTakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := pep.Contact{
			Role: rapid.SampledFrom(pep.Roles()).Draw(t, "role"), Title: rapid.String().Draw(t, "title"), Name: rapid.String().Draw(t, "name"),
			Organisation: rapid.String().Draw(t, "organisation"), Address1: rapid.String().Draw(t, "first"), Address2: rapid.String().Draw(t, "second"),
			Town: rapid.String().Draw(t, "town"), Postcode: rapid.SampledFrom([]string{"CH97 2GP", "", "x"}).Draw(t, "postcode"),
		}
		got, err := AddressOf(c)
		if err != nil {
			return
		}
		if len(got) < FewestLines || len(got) > MostLines || got[len(got)-1] != "CH97 2GP" {
			t.Fatalf("%q", got)
		}
		for _, line := range got {
			if line == "" || strings.ContainsAny(line, "\r\n\t") {
				t.Fatalf("%q", got)
			}
		}
	})
}
