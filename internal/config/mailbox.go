package config

import (
	"regexp"
	"strings"
	"time"
)

// Mailbox is where returned mail is fetched from, over IMAP. The zero Mailbox
// means that none is configured: what comes back is handed in as files.
type Mailbox struct {
	Address string // host:port
	TLS     TLSMode
	CA      string // absolute path of a PEM file; empty means the system's roots
	// Username and what signs in: a password from a file (absolute path) or an
	// environment variable, or a bearer token. Just one of the three is set.
	Username                  string
	PasswordFile, PasswordEnv string
	Token                     Token
	// Folder is read. What was taken in is moved to Taken, what a person must
	// read to ForPerson.
	Folder, Taken, ForPerson string
	// Every is how long serve waits between two looks.
	Every time.Duration
	// Most is how many messages are fetched at once, MaxSize the bytes up to
	// which one is fetched whole.
	Most    int
	MaxSize int64
}

// Configured reports whether there is a mailbox.
func (m Mailbox) Configured() bool { return m.Address != "" }

// mailbox is the section as it is written.
type mailbox struct {
	Address      string    `yaml:"address"`
	TLS          string    `yaml:"tls"`
	CA           string    `yaml:"ca"`
	Username     string    `yaml:"username"`
	PasswordFile string    `yaml:"password_file"`
	PasswordEnv  string    `yaml:"password_env"`
	Token        tokenFile `yaml:"token"`
	Folder       string    `yaml:"folder"`
	Taken        string    `yaml:"taken"`
	ForPerson    string    `yaml:"for_person"`
	Every        string    `yaml:"every"`
	Most         int       `yaml:"most"`
	MaxMiB       int       `yaml:"max_mib"`
}

// What a mailbox has where nothing is said. A larger message than 35 MiB is no
// returned form, and more than 500 at a time need much memory.
const (
	inbox          = "INBOX"
	takenFolder    = "Taken in by pepost"
	personFolder   = "For a person"
	lookAtMailbox  = 2 * time.Minute
	mostMessages   = 50
	maxMostAtOnce  = 500
	maxMessageMiB  = 35
	longestMailbox = 24 * time.Hour
)

func (c *checker) mailbox(m mailbox) Mailbox {
	if m == (mailbox{}) {
		return Mailbox{}
	}
	out := Mailbox{
		Address: m.Address, TLS: TLSMode(m.TLS), CA: c.pathOf(m.CA), Username: m.Username,
		PasswordFile: c.pathOf(m.PasswordFile), PasswordEnv: m.PasswordEnv, Token: c.token(m.Token),
		Folder: or(m.Folder, inbox), Taken: or(m.Taken, takenFolder), ForPerson: or(m.ForPerson, personFolder),
		Every: c.every("mailbox.every", m.Every), Most: m.Most, MaxSize: int64(m.MaxMiB) << 20,
	}
	if !hostAndPort(out.Address) {
		c.fault("mailbox.address", "not of the form host:port", "for example imap.council.example:993")
	}
	switch out.TLS {
	case "":
		out.TLS = TLSImplicit
	case TLSImplicit, TLSStart:
	default:
		c.fault("mailbox.tls", "tls is implicit or starttls", "mail is never fetched in clear, so there is no other way")
	}
	c.mailboxSignIn(m)
	c.mailboxFolders(out)
	c.mailboxBounds(m, &out)
	return out
}

// mailboxSignIn checks that there is one way to sign in.
func (c *checker) mailboxSignIn(m mailbox) {
	ways := 0
	for _, named := range []bool{m.PasswordFile != "", m.PasswordEnv != "", m.Token != tokenFile{}} {
		if named {
			ways++
		}
	}
	if m.Username == "" || ways != 1 {
		c.fault("mailbox.username", "a mailbox needs a username and one of password_file, password_env and token", "a secret never stands in this file")
	}
	if m.PasswordEnv != "" && !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,99}$`).MatchString(m.PasswordEnv) {
		c.fault("mailbox.password_env", "not the name of an environment variable", "for example PEPOST_MAILBOX_PASSWORD")
	}
	c.tokenFrom("mailbox.token", m.Token)
}

func (c *checker) mailboxFolders(m Mailbox) {
	if m.Folder == m.Taken || m.Folder == m.ForPerson {
		c.fault("mailbox.folder", "what was taken in must be moved to another folder than it came from", "give taken and for_person names of their own")
	}
	for _, each := range [][2]string{{"folder", m.Folder}, {"taken", m.Taken}, {"for_person", m.ForPerson}} {
		if len(each[1]) > 200 || strings.ContainsAny(each[1], "\r\n\x00*%") {
			c.fault("mailbox."+each[0], "not the name of a folder", "for example Returned")
		}
	}
}

func (c *checker) mailboxBounds(m mailbox, out *Mailbox) {
	if out.Most == 0 {
		out.Most = mostMessages
	}
	if out.Most < 1 || out.Most > maxMostAtOnce {
		c.fault("mailbox.most", "most is from 1 to 500 messages", "50 are enough: what is left is fetched at once after them")
	}
	if m.MaxMiB == 0 {
		out.MaxSize = maxMessageMiB << 20
	}
	if m.MaxMiB < 0 || m.MaxMiB > maxMessageMiB {
		c.fault("mailbox.max_mib", "max_mib is from 1 to 35", "what is larger stays in the mailbox, and a person is told")
	}
}

// every reads a time between two looks.
func (c *checker) every(field, text string) time.Duration {
	if text == "" {
		return lookAtMailbox
	}
	every, err := time.ParseDuration(text)
	if err != nil || every < time.Second || every > longestMailbox {
		c.fault(field, "not a time from 1s to 24h", "for example 2m")
		return lookAtMailbox
	}
	return every
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// mailboxText is the section as a comment of a new file.
func mailboxText(line func(string, ...any)) {
	line("# Optional: the mailbox that forms and delivery reports come back to, over IMAP.")
	line("# serve looks into folder, takes in what waits, and moves it: to taken, or to")
	line("# for_person where somebody must read it. Nothing is ever deleted there.")
	line("# mailbox:")
	line("#   address: imap.council.example:993")
	line("#   tls: implicit              # or starttls; never in clear")
	line("#   ca: mailbox-ca.pem         # only where its certificate is the council's own")
	line("#   username: peps@council.example")
	line("#   password_file: mailbox-password  # mode 0600; or password_env: NAME")
	line("#   # or token: {endpoint: …, client_id: …, scope: …, secret_file: …} (XOAUTH2), as of a relay")
	line("#   folder: INBOX")
	line("#   taken: Taken in by pepost  # made where it is missing, as is the next")
	line("#   for_person: For a person")
	line("#   every: 2m                  # between two looks")
	line("#   most: 50                   # messages at once")
	line("#   max_mib: 35                # what is larger is left, and a person is told")
}
