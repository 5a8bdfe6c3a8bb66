package word_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word"
	"github.com/pepost/pepost/internal/word/opc"
)

// paper is a filled form in the hands of somebody who spoils it.
type paper struct {
	form form.Form
	// xml is the document part, others the other parts; nil takes one out.
	xml    string
	names  []string
	others map[string][]byte
	// want is what the form says after the damage.
	want form.Values
	// may are answers that nobody could still read; each must be told.
	may map[string]bool
	// zipped packs the parts; nil packs them as usual.
	zipped func(t testing.TB, names []string, parts map[string][]byte) []byte
}

// tongues are the languages that forms come back in.
func tongues() map[string][]string {
	return map[string][]string{
		"English":   {"Reads one book a week", "it’s going well", "A & B", "x < y > z", `"quoted"`, "don't"},
		"Polish":    {"Zażółć gęślą jaźń", "Łukasz", "świetnie się uczy"},
		"Kikuyu":    {"Ngũgĩ", "mwana ũcio nĩ mwega", "gĩthomo"},
		"Chinese":   {"李明", "每周读一本书", "数学进步很大"},
		"Arabic":    {"سلام", "يقرأ كتابا كل أسبوع", "الرياضيات"},
		"Urdu":      {"اردو", "ہر ہفتے ایک کتاب پڑھتا ہے", "ریاضی"},
		"Tigrinya":  {"ትግርኛ", "ሰናይ መዓልቲ", "ቤት ትምህርቲ"},
		"Ukrainian": {"Привіт", "читає щотижня", "ґанок їжак"},
		"emoji":     {"😀", "👩‍🏫 says 👍🏽", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"},
	}
}

func tongueNames() []string {
	names := make([]string, 0, len(tongues()))
	for name := range tongues() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// spoken are answers to every question of a form in one language.
func spoken(f form.Form, tongue string, seed uint64) form.Values {
	c := chance{rand.New(rand.NewPCG(seed, 11))}
	say := func(field form.Field, value string) string {
		if field.Kind == form.Text || field.Kind == form.LongText {
			words := tongues()[tongue]
			value = words[c.IntN(len(words))] + " " + words[c.IntN(len(words))]
			if field.Kind == form.LongText {
				value += "\n" + words[c.IntN(len(words))]
			}
			value, _ = field.Canonical(value) // a name's form may refuse it: no answer then
			return value
		}
		for tries := 0; value == "" && tries < 20; tries++ {
			value = c.answer(field)
		}
		return value
	}
	v := form.Values{Fields: map[string]string{}, Tables: map[string][]form.Row{}}
	for field := range f.Fields() {
		if field.Kind != form.Table {
			if value := say(field, ""); value != "" {
				v.Fields[field.Key] = value
			}
			continue
		}
		for number := range max(len(field.FixedRows), 3) {
			row := form.Row{}
			for i, column := range field.Columns {
				if i == 0 && len(field.FixedRows) > 0 {
					row[column.Key] = field.FixedRows[number%len(field.FixedRows)].Key
				} else if value := say(column, ""); value != "" {
					row[column.Key] = value
				}
			}
			if number < len(field.FixedRows) || len(field.FixedRows) == 0 {
				v.Tables[field.Key] = append(v.Tables[field.Key], row)
			}
		}
	}
	return v
}

// newPaper is a form with every question answered.
func newPaper(t testing.TB, f form.Form, tongue string, seed uint64) *paper {
	t.Helper()
	values := spoken(f, tongue, seed)
	data, err := word.Write(draw(t, f, values, document.BlankForm))
	if err != nil {
		t.Fatal(err)
	}
	pack, err := opc.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	p := &paper{form: f, names: pack.Names(), others: map[string][]byte{}, want: values, may: map[string]bool{}}
	for _, name := range p.names {
		if p.others[name], err = pack.Read(name); err != nil {
			t.Fatal(err)
		}
	}
	p.xml = string(p.others[mainPart])
	return p
}

// copy is another copy of the same paper.
func (p *paper) copy() *paper {
	twin := *p
	twin.others, twin.may = map[string][]byte{}, map[string]bool{}
	for name, content := range p.others {
		twin.others[name] = content
	}
	twin.want = form.Values{Fields: map[string]string{}, Tables: map[string][]form.Row{}}
	for key, value := range p.want.Fields {
		twin.want.Fields[key] = value
	}
	for key, rows := range p.want.Tables {
		for _, row := range rows {
			other := form.Row{}
			for column, value := range row {
				other[column] = value
			}
			twin.want.Tables[key] = append(twin.want.Tables[key], other)
		}
	}
	return &twin
}

// bytes is the file.
func (p *paper) bytes(t testing.TB) []byte {
	t.Helper()
	p.others[mainPart] = []byte(p.xml)
	if p.zipped != nil {
		return p.zipped(t, p.names, p.others)
	}
	var parts []opc.Part
	for _, name := range p.names {
		if content := p.others[name]; content != nil {
			parts = append(parts, opc.Part{Name: name, Content: content})
		}
	}
	data, err := opc.Write(parts)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// part changes another part.
func (p *paper) part(name string, change func(string) string) {
	p.others[name] = []byte(change(string(p.others[name])))
}

// take gives the key of the first open question of a kind that is answered,
// empty for none.
func (p *paper) take(kinds ...form.Kind) string {
	for field := range p.form.Fields() {
		if !field.Locked && slices.Contains(kinds, field.Kind) && p.want.Fields[field.Key] != "" {
			return field.Key
		}
	}
	return ""
}

func (p *paper) field(key string) form.Field {
	field, _ := p.form.Field(key)
	return field
}

// span is a piece of the document part.
type span struct{ from, to int }

// control is the first control of a tag; all of it.
func (p *paper) control(tag string) span {
	at := strings.Index(p.xml, `<w:tag w:val="`+tag+`"/>`)
	if at < 0 {
		return span{}
	}
	from := strings.LastIndex(p.xml[:at], "<w:sdt>")
	return span{from, at + strings.Index(p.xml[at:], "</w:sdt>") + len("</w:sdt>")}
}

// around is the smallest element of a name around a place.
func (p *paper) around(at int, name string) span {
	from := max(strings.LastIndex(p.xml[:at], "<w:"+name+">"), strings.LastIndex(p.xml[:at], "<w:"+name+" "))
	end := "</w:" + name + ">"
	return span{from, at + strings.Index(p.xml[at:], end) + len(end)}
}

func (p *paper) text(s span) string { return p.xml[s.from:s.to] }

func (p *paper) put(s span, text string) { p.xml = p.xml[:s.from] + text + p.xml[s.to:] }

var contentOf = regexp.MustCompile(`(?s)<w:sdtContent>(.*)</w:sdtContent>`)

// content changes what stands in a control, which then no longer says that it
// is empty.
func (p *paper) content(tag string, change func(string) string) {
	s := p.control(tag)
	text := strings.Replace(p.text(s), "<w:showingPlcHdr/>", "", 1)
	at := contentOf.FindStringSubmatchIndex(text)
	p.put(s, text[:at[2]]+change(text[at[2]:at[3]])+text[at[3]:])
}

// say types another answer into a control.
func (p *paper) say(tag, text string) {
	p.content(tag, func(string) string { return run(text) })
}

// paragraphs puts a control around whole paragraphs.
func (p *paper) paragraphs(tag, markup string) {
	s := p.control(tag)
	control := contentOf.ReplaceAllString(p.text(s), "<w:sdtContent>"+markup+"</w:sdtContent>")
	p.put(p.around(s.from, "p"), control+"<w:p/>")
}

// run is a run of text, escaped.
func run(text string) string {
	return `<w:r><w:t xml:space="preserve">` + escaped(text) + `</w:t></w:r>`
}

func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", `</w:t><w:br/><w:t xml:space="preserve">`).Replace(text)
}

// everywhere changes all matches of a pattern.
func (p *paper) everywhere(pattern, with string) {
	p.xml = regexp.MustCompile(pattern).ReplaceAllString(p.xml, with)
}

// lost says that an answer cannot be read any more.
func (p *paper) lost(key string) { p.may[key] = true }
