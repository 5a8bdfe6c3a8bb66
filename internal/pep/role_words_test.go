package pep

import "testing"

func TestEveryRoleHasWordsThatAreNoAbbreviation(t *testing.T) {
	seen := map[string]Role{}
	for _, role := range Roles() {
		words := role.Words()
		if words == "" || len(words) <= 5 && role != Parent || seen[words] != "" {
			t.Errorf("%s is called %q, as is %q", role, words, seen[words])
		}
		seen[words] = role
	}
	if got := Role("caretaker").Words(); got != "caretaker" {
		t.Errorf("a role that is none is called %q", got)
	}
}
