package word_test

import (
	"regexp"
	"strings"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/word/place"
)

func bookmarkOf(key string) string { return place.Place{Key: key}.Bookmark() }

// onLines is a damage to the first table of lines that people add rows to; on
// fixed ones to the first of those whose rows are given.
func onLines(name string, fixed bool, spoil func(p *paper, table form.Field) bool) damage {
	return damage{name, func(p *paper) bool {
		for field := range p.form.Fields() {
			if field.Kind == form.Table && !field.Cards && !field.Locked && (len(field.FixedRows) > 0) == fixed && len(field.Columns) > 1 && p.line(field, 0) != (span{}) {
				return spoil(p, field)
			}
		}
		return false
	}}
}

// line is a row of a table, counted from 0.
func (p *paper) line(table form.Field, number int) span {
	tag := regexp.MustCompile(`<w:tag w:val="` + regexp.QuoteMeta(table.Key) + `/[^"]*"/>`)
	seen := map[int]bool{}
	for _, at := range tag.FindAllStringIndex(p.xml, -1) {
		if row := p.around(at[0], "tr"); !seen[row.from] {
			if seen[row.from] = true; len(seen) == number+1 {
				return row
			}
		}
	}
	return span{}
}

// bared is markup without its controls and bookmarks.
func bared(xml string) string {
	return regexp.MustCompile(controlsOf+"|"+marksOf).ReplaceAllString(xml, "")
}

// handsOnTables are what people do to tables.
func handsOnTables() []damage {
	return []damage{
		onLines("a row added as Word's plus sign does", false, func(p *paper, table form.Field) bool {
			rows := p.want.Tables[table.Key]
			p.put(span{p.line(table, len(rows)-1).to, p.line(table, len(rows)-1).to}, `</w:sdtContent></w:sdt><w:sdt><w:sdtPr><w:id w:val="77"/><w15:repeatingSectionItem/></w:sdtPr><w:sdtContent>`+p.text(p.line(table, len(rows)-1)))
			if p.want.Tables[table.Key] = append(rows, rows[len(rows)-1]); len(rows) != 3 {
				return false
			}
			p.others[storePart] = []byte{} // Word would have added the row there too
			return true
		}),
		onLines("a row taken out", false, func(p *paper, table form.Field) bool {
			p.put(p.line(table, 1), "")
			p.want.Tables[table.Key] = append(p.want.Tables[table.Key][:1:1], p.want.Tables[table.Key][2:]...)
			p.others[storePart] = []byte{}
			return true
		}),
		onLines("a row deleted under tracking", false, func(p *paper, table form.Field) bool {
			row := p.line(table, 1)
			p.put(row, strings.Replace(p.text(row), "<w:trPr>", `<w:trPr><w:del w:id="3"/>`, 1))
			p.want.Tables[table.Key] = append(p.want.Tables[table.Key][:1:1], p.want.Tables[table.Key][2:]...)
			p.others[storePart] = []byte{}
			return true
		}),
		onLines("a row inserted under tracking", false, func(p *paper, table form.Field) bool {
			row := p.line(table, 1)
			p.put(row, strings.Replace(p.text(row), "<w:trPr>", `<w:trPr><w:ins w:id="3"/>`, 1))
			return true
		}),
		onLines("a row without its boxes", false, func(p *paper, table form.Field) bool {
			row := p.line(table, 1)
			p.put(row, bared(p.text(row)))
			return true
		}),
		onLines("a row made with Tab", false, func(p *paper, table form.Field) bool {
			row := p.line(table, 2)
			cells := ""
			added := form.Row{}
			for _, column := range table.Columns {
				text := ""
				if column.Kind == form.Text || column.Kind == form.LongText {
					text = "by Tab"
					added[column.Key] = text
				}
				cells += "<w:tc><w:p>" + run(text) + "</w:p></w:tc>"
			}
			p.put(span{row.to, row.to}, "<w:tr>"+cells+"</w:tr>")
			p.want.Tables[table.Key] = append(p.want.Tables[table.Key], added)
			return len(added) > 0
		}),
		onLines("two rows exchanged", false, func(p *paper, table form.Field) bool {
			first, second := p.line(table, 0), p.line(table, 1)
			a, b := p.text(first), p.text(second)
			p.put(second, a)
			p.put(first, b)
			rows := p.want.Tables[table.Key]
			rows[0], rows[1] = rows[1], rows[0]
			p.others[storePart] = []byte{}
			return true
		}),
		onLines("a column moved", false, func(p *paper, table form.Field) bool {
			moveColumn(p, table)
			return true
		}),
		onLines("a cell's box deleted and its answer left", false, func(p *paper, table form.Field) bool {
			column := table.Columns[len(table.Columns)-1]
			s := p.control(table.Key + "/" + column.Key)
			if s == (span{}) {
				return false
			}
			p.put(s, run("typed over"))
			p.lost(form.CellKey(table.Key, 1, column.Key))
			return true
		}),
		onLines("a row of a fixed table gone", true, func(p *paper, table form.Field) bool {
			p.put(p.line(table, 1), "")
			for _, column := range table.Columns {
				p.lost(form.CellKey(table.Key, 2, column.Key))
			}
			return true
		}),
		onLines("a row of a fixed table without its boxes", true, func(p *paper, table form.Field) bool {
			row := p.line(table, 1)
			p.put(row, bared(p.text(row)))
			return true
		}),
		onLines("a note in a cell that is new", false, func(p *paper, table form.Field) bool {
			row := p.line(table, 0)
			p.put(span{row.to - len("</w:tr>"), row.to - len("</w:tr>")}, "<w:tc><w:p>"+run("a note")+"</w:p></w:tc>")
			return true
		}),
		{"a card without its boxes", func(p *paper) bool {
			for field := range p.form.Fields() {
				if field.Kind == form.Table && field.Cards && len(p.want.Tables[field.Key]) > 1 {
					tag := regexp.MustCompile(`<w:tag w:val="` + regexp.QuoteMeta(field.Key) + `/[^"]*"/>`)
					first := p.around(tag.FindStringIndex(p.xml)[0], "tbl")
					p.put(first, bared(p.text(first)))
					return true
				}
			}
			return false
		}},
		{"a whole table of questions gone", func(p *paper) bool {
			key := p.take(form.LongText)
			table := p.around(p.control(key).from, "tbl")
			for _, found := range regexp.MustCompile(`<w:tag w:val="([^"/=]*)[^"]*"/>`).FindAllStringSubmatch(p.text(table), -1) {
				p.lost(found[1])
			}
			p.put(table, "")
			return true
		}},
		{"a whole table of questions twice", func(p *paper) bool {
			table := p.around(p.control(p.take(form.LongText)).from, "tbl")
			p.put(span{table.to, table.to}, "<w:p/>"+p.text(table))
			return true
		}},
	}
}

// moveColumn exchanges the first two cells in every row of a table.
func moveColumn(p *paper, table form.Field) {
	at := p.line(table, 0).from
	from := strings.LastIndex(p.xml[:at], "<w:tbl>")
	whole := span{from, at + strings.Index(p.xml[at:], "</w:tbl>")}
	row := regexp.MustCompile(`(<w:tr>(?:<w:trPr>.*?</w:trPr>)?)(<w:tc>.*?</w:tc>)(<w:tc>.*?</w:tc>)`)
	p.put(whole, row.ReplaceAllString(p.text(whole), "$1$3$2"))
}

// otherEditors are forms that went through a program that knows no controls.
func otherEditors() []damage {
	nothing := func(p *paper) {
		p.xml = bared(p.xml)
		p.others[storePart] = nil
	}
	return []damage{
		{"Google Docs", func(p *paper) bool {
			nothing(p)
			p.others["docProps/custom.xml"] = []byte(`<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>`)
			p.part("word/footer1.xml", func(xml string) string { return regexp.MustCompile(controlsOf).ReplaceAllString(xml, "") })
			p.everywhere(`<w:(pStyle|tblStyle|rStyle) [^>]*>`, "")
			return true
		}},
		{"a program that knows no controls", func(p *paper) bool { nothing(p); return true }},
		{"no controls and labels in capitals", func(p *paper) bool {
			nothing(p)
			key := p.take(form.LongText)
			p.xml = strings.ReplaceAll(p.xml, ">"+escaped(p.field(key).Label)+"<", ">"+strings.ToUpper(escaped(p.field(key).Label))+"<")
			return true
		}},
		{"no controls and a column moved", func(p *paper) bool {
			for field := range p.form.Fields() {
				if field.Kind == form.Table && !field.Cards && len(field.FixedRows) == 0 && len(field.Columns) > 1 && p.line(field, 0) != (span{}) {
					moveColumn(p, field)
					break
				}
			}
			nothing(p)
			return true
		}},
		{"controls split as LibreOffice 7.4 splits them", func(p *paper) bool {
			key := p.take(form.LongText)
			control := strings.Replace(p.text(p.control(key)), `<w:tag w:val="`+key+`"/>`, "", 1)
			first := contentOf.ReplaceAllString(control, `<w:sdtContent>`+run(string([]rune(p.want.Fields[key])[:2]))+`</w:sdtContent>`)
			p.put(p.control(key), first+control+control)
			p.everywhere(tagsOf, "")
			return true
		}},
	}
}
