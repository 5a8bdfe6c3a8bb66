package mailsink

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPathAndParams(t *testing.T) {
	type read struct {
		Address string
		Params  Params
		Valid   bool
	}
	for text, want := range map[string]read{
		"FROM:<a@b.example>":                       {"a@b.example", Params{}, true},
		"from: <a@b.example> size=1 BODY=8BITMIME": {"a@b.example", Params{"SIZE": "1", "BODY": "8BITMIME"}, true},
		"FROM:<> RET=HDRS X":                       {"", Params{"RET": "HDRS", "X": ""}, true},
		"FROM:a@b.example":                         {"", Params{}, false},
		"FROM:<a@b.example":                        {"", Params{}, false},
		"TO:<a@b.example>":                         {"", Params{}, false},
		"":                                         {"", Params{}, false},
	} {
		address, params, valid := pathAndParams(text, "FROM:")
		if diff := cmp.Diff(want, read{address, params, valid}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func FuzzPathAndParams(f *testing.F) {
	f.Add("FROM:<a@b.example> SIZE=1")
	f.Add("FROM:<")
	f.Fuzz(func(t *testing.T, text string) {
		address, _, valid := pathAndParams(text, "FROM:")
		if valid && (strings.Contains(address, ">") || !strings.Contains(text, "<"+address+">")) {
			t.Errorf("%q read as %q", text, address)
		}
	})
}

func FuzzXtext(f *testing.F) {
	f.Add("a+2Bb")
	f.Add("+")
	f.Fuzz(func(t *testing.T, text string) {
		if got := fromXtext(text); len(got) > len(text) || !strings.Contains(text, "+") && got != text {
			t.Errorf("%q decoded to %q", text, got)
		}
	})
}
