package config

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// Notify is the service that sends passphrases by text message, GOV.UK Notify.
// The zero Notify means that none is configured: an officer rings.
type Notify struct {
	BaseURL string // empty means the official one
	KeyFile string // absolute path of a file with the API key on its first line
	// Template is the identifier of a text message template with the fields
	// reference and passphrase.
	Template string
}

// Configured reports whether there is a service.
func (n Notify) Configured() bool { return n.KeyFile != "" || n.Template != "" }

// notify is the section as it is written.
type notify struct {
	BaseURL  string `yaml:"base_url"`
	KeyFile  string `yaml:"key_file"`
	Template string `yaml:"template"`
}

func (c *checker) notify(n notify) Notify {
	out := Notify{BaseURL: n.BaseURL, KeyFile: c.pathOf(n.KeyFile), Template: n.Template}
	if n == (notify{}) {
		return out
	}
	if n.KeyFile == "" {
		c.fault("notify.key_file", "no file with the API key is named", "a file that its owner alone may read, with the key on its first line")
	}
	if !regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(n.Template) {
		c.fault("notify.template", "not the identifier of a template", "for example f33517ff-2a88-4f6e-b855-c550268ce08a; it needs the fields ((reference)) and ((passphrase))")
	}
	if n.BaseURL != "" && !safeBase(n.BaseURL) {
		c.fault("notify.base_url", "not https://HOST", "leave it out: the official address is built in")
	}
	return out
}

// safeBase reports an address over TLS, or on this machine.
func safeBase(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || strings.Trim(u.Path, "/") != "" {
		return false
	}
	here, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && err == nil && here.IsLoopback()
}

// notifyText is the section as a comment for a new folder.
func notifyText(line func(string, ...any)) {
	line("# Optional: passphrases by text message through GOV.UK Notify, to numbers that an")
	line("# officer confirmed beforehand (pepost phones confirm). Without it an officer rings.")
	line("# The template is a text message with the fields ((reference)) and ((passphrase)).")
	line("# notify:")
	line("#   key_file: notify-key")
	line("#   template: f33517ff-2a88-4f6e-b855-c550268ce08a")
}
