package accounts

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Name is an account's name in lower case: 2 to 64 of a-z, 0-9, dot, hyphen
// and underscore, beginning with a letter. Letters of other alphabets are not
// taken, so that no two names look alike.
type Name string

// The bounds of names and passwords.
const (
	minName     = 2
	maxName     = 64
	minPassword = 12
	maxPassword = 1024 // octets
)

// NameError says that a text is no account's name. It does not repeat the
// text: a password may have been typed in its place.
type NameError struct{}

// Error says what a name may be.
func (*NameError) Error() string {
	return "not an account's name: 2 to 64 letters a-z, digits, dots, hyphens and underscores, beginning with a letter"
}

// ParseName reads a name, whatever the case of its letters, or gives a
// [NameError].
func ParseName(text string) (Name, error) {
	if len(text) < minName || len(text) > maxName {
		return "", &NameError{}
	}
	for i := range len(text) {
		c := text[i] | 0x20 // lower case, where it is a letter
		letter := c >= 'a' && c <= 'z' && (text[i] >= 'A')
		other := text[i] >= '0' && text[i] <= '9' || strings.IndexByte(".-_", text[i]) >= 0
		if !letter && (i == 0 || !other) {
			return "", &NameError{}
		}
	}
	return Name(strings.ToLower(text)), nil
}

// Role is what an account's person does.
type Role string

// The roles.
const (
	// Officer is a PEP business support officer.
	Officer Role = "officer"
	// Head is the Virtual School head.
	Head Role = "head"
	// IT is the council's IT, who installs the program and watches it.
	IT Role = "it"
)

// Roles lists every role.
func Roles() []Role { return []Role{Officer, Head, IT} }

// ParseRole reads a role.
func ParseRole(text string) (Role, error) {
	for _, r := range Roles() {
		if text == string(r) {
			return r, nil
		}
	}
	return "", fmt.Errorf("no such role: officer, head and it are known")
}

// PasswordError says why a password is not taken, without repeating it.
type PasswordError struct{ Reason string }

// Error is the reason.
func (e *PasswordError) Error() string { return e.Reason }

// checkPassword holds a new password to the rules: long enough, and without
// the account's name. There is no rule of kinds of characters (NIST SP
// 800-63B, 5.1.1.2).
func checkPassword(name Name, password string) error {
	switch {
	case !utf8.ValidString(password):
		return &PasswordError{"the password is not text in UTF-8"}
	case utf8.RuneCountInString(password) < minPassword:
		return &PasswordError{fmt.Sprintf("the password is shorter than %d characters", minPassword)}
	case len(password) > maxPassword:
		return &PasswordError{fmt.Sprintf("the password is longer than %d bytes", maxPassword)}
	case strings.Contains(strings.ToLower(password), string(name)):
		return &PasswordError{"the password holds the account's name"}
	}
	return nil
}
