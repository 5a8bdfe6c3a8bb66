package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// with is a sound configuration with a section behind it.
func with(section string) []byte { return []byte(first().Text() + "\n" + section + "\n") }

func TestReturnsAreReadAndHaveSafeDefaults(t *testing.T) {
	for section, want := range map[string]Returns{
		"": {Plus: PlusAuto, Separator: "+", KeepDays: 90},
		"returns: {plus_addressing: true, separator: \"-\"}":                   {Plus: PlusAlways, Separator: "-", KeepDays: 90},
		"returns: {plus_addressing: false, authserv_id: MX.council.example}":   {Plus: PlusNever, Separator: "+", AuthservID: "mx.council.example", Gateway: "mx.council.example", KeepDays: 90},
		"returns: {authserv_id: council.example, gateway: mx.council.example}": {Plus: PlusAuto, Separator: "+", AuthservID: "council.example", Gateway: "mx.council.example", KeepDays: 90},

		"returns: {keep_days: 7}": {Plus: PlusAuto, Separator: "+", KeepDays: 7},
	} {
		c, err := Parse("/x/pepost.yaml", with(section))
		if err != nil {
			t.Errorf("%s: %v", section, err)
		}
		if diff := cmp.Diff(want, c.Returns); diff != "" {
			t.Errorf("%s: %s", section, diff)
		}
	}
}

func TestEveryFaultOfReturnsIsNamed(t *testing.T) {
	_, err := Parse("/x/pepost.yaml", with("returns:\n  plus_addressing: maybe\n  separator: \"@\"\n  gateway: \"a b\"\n  keep_days: -1"))
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	var fields []string
	for _, p := range problems {
		fields = append(fields, p.Field)
		if p.Line == 0 || p.Hint == "" {
			t.Errorf("%+v", p)
		}
	}
	if diff := cmp.Diff("returns.plus_addressing returns.separator returns.keep_days returns.gateway returns.gateway", strings.Join(fields, " ")); diff != "" {
		t.Error(diff)
	}
}
