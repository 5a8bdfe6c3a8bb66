package calendar

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pepost/pepost/internal/calendar/rulefile"
	"github.com/pepost/pepost/internal/pep"
)

// maxSettings bounds the settings of one authority that have their own terms.
const maxSettings = 5000

// settings are the settings with term dates of their own, by what names them.
type settings struct {
	urn     map[pep.URN]*own
	laestab map[pep.LAEstab]*own
	name    map[string]*own
}

// own is one setting's calendar and the reason why it counts.
type own struct {
	setting  pep.Setting
	calendar *Calendar
	why      string
}

const authoritysOwn = "the responsible authority's term dates count: the setting has none of its own here"

// For is the calendar by which a setting's school days and school weeks are
// counted, and why, in an officer's words. A setting is known by its URN, else
// its LAEstab, else its name without regard to case and spaces; a name alone
// is not enough where the numbers contradict it. Working days and bank
// holidays are the responsible authority's in every case. A year that the
// setting's own file lacks is a [NoTermDatesError] naming that file.
func (c *Calendar) For(s pep.Setting) (*Calendar, string) {
	if found := c.settings.find(s); found != nil {
		return found.calendar, found.why
	}
	return c, authoritysOwn
}

func (x *settings) find(s pep.Setting) *own {
	if found := x.urn[s.URN]; found != nil && s.URN != "" {
		return found
	}
	if found := x.laestab[s.LAEstab]; found != nil && s.LAEstab != "" && found.fits(s) {
		return found
	}
	if len(x.name) == 0 || s.Name == "" {
		return nil
	}
	var room [160]byte
	if found := x.name[string(bareName(room[:0], s.Name))]; found != nil && found.fits(s) {
		return found
	}
	return nil
}

// fits reports whether no number of the setting contradicts the file's.
func (o *own) fits(s pep.Setting) bool {
	return (s.URN == "" || o.setting.URN == "" || s.URN == o.setting.URN) &&
		(s.LAEstab == "" || o.setting.LAEstab == "" || s.LAEstab == o.setting.LAEstab)
}

// bareName is a name in small letters and without spaces.
func bareName(room []byte, name string) []byte {
	for _, r := range name {
		if !unicode.IsSpace(r) {
			room = utf8.AppendRune(room, unicode.ToLower(r))
		}
	}
	return room
}

// readSettings reads every file of the authority's folder settings, which may
// be missing.
func (c *Calendar) readSettings(folder fs.FS) []error {
	where := path.Join(c.name, "settings")
	if !fs.ValidPath(where) {
		return nil
	}
	entries, err := fs.ReadDir(folder, where)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return []error{rulefile.Problem{File: where, What: "the folder cannot be read", Hint: "check who may read it"}}
	case len(entries) > maxSettings:
		return []error{rulefile.Problem{File: where, What: "the folder has more than 5,000 files", Hint: "keep only settings with term dates of their own"}}
	}
	c.settings = settings{urn: map[pep.URN]*own{}, laestab: map[pep.LAEstab]*own{}, name: map[string]*own{}}
	var problems []error
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		problems = append(problems, c.openSetting(folder, path.Join(where, entry.Name())))
	}
	return problems
}

func (c *Calendar) openSetting(folder fs.FS, name string) error {
	bare, yaml := strings.CutSuffix(name, ".yaml")
	if !yaml {
		return rulefile.Problem{File: name, What: "not a setting's calendar", Hint: "name the file <setting>.yaml, or take it out of the folder"}
	}
	file, root := rulefile.Open(folder, name)
	c.readSetting(root, bare)
	return file.Err()
}

// readSetting reads one setting's terms against the authority's bank holidays.
func (c *Calendar) readSetting(root rulefile.Node, bare string) {
	fields := root.Fields("setting", "source", "years", "not_found")
	its := empty(bare, bare+".yaml")
	its.authority = c.authority
	its.bank, its.bankFrom, its.bankTo, its.bankFile = c.bank, c.bankFrom, c.bankTo, c.bankFile
	whose := fields.Need("setting")
	o := &own{setting: settingAt(whose), calendar: its}
	o.why = "counted by the setting's own term dates: " + fields.Need("source").Text()
	its.readYears(fields)
	if (o.setting != pep.Setting{}) {
		c.settings.add(o, whose)
	}
}

func settingAt(n rulefile.Node) pep.Setting {
	fields := n.Fields("name", "urn", "laestab")
	s := pep.Setting{Name: fields.May("name").Text()}
	if urn := fields.May("urn"); !urn.Missing() {
		parsed, err := pep.ParseURN(urn.Text())
		if err != nil {
			urn.Problem("not a URN", "write its six digits, or EY and six digits")
		}
		s.URN = parsed
	}
	if laestab := fields.May("laestab"); !laestab.Missing() {
		parsed, err := pep.ParseLAEstab(laestab.Text())
		if err != nil {
			laestab.Problem("not an LAEstab", "write its seven digits in quotes, as \"896/1234\"")
		}
		s.LAEstab = parsed
	}
	if (s == pep.Setting{}) && !n.Missing() {
		n.Problem("nothing says which setting is meant", "write its urn:, its laestab: or its exact name:")
	}
	return s
}

func (x *settings) add(o *own, n rulefile.Node) {
	bare := string(bareName(nil, o.setting.Name))
	_, urn := x.urn[o.setting.URN]
	_, laestab := x.laestab[o.setting.LAEstab]
	// Two settings of one name would be told apart by number only, and a
	// child's record may lack the number.
	_, name := x.name[bare]
	if urn || laestab || name {
		n.Problem("another file is for this setting already", "keep one file for each setting; where two settings share a name, leave the name out and write their URNs")
		return
	}
	if o.setting.URN != "" {
		x.urn[o.setting.URN] = o
	}
	if o.setting.LAEstab != "" {
		x.laestab[o.setting.LAEstab] = o
	}
	if bare != "" {
		x.name[bare] = o
	}
}
