package word_test

import (
	"strings"

	"github.com/pepost/pepost/internal/form"
)

// onText is a damage to one answer in words; it gives what the answer is
// afterwards, and whether anybody can still know.
func onText(name string, spoil func(p *paper, key string) (want string, known bool), kinds ...form.Kind) damage {
	if len(kinds) == 0 {
		kinds = []form.Kind{form.LongText, form.Text}
	}
	return damage{name, func(p *paper) bool {
		key := p.take(kinds...)
		if key == "" {
			return false
		}
		want, known := spoil(p, key)
		p.want.Fields[key] = want
		if want == "" {
			delete(p.want.Fields, key)
		}
		if !known {
			p.lost(key)
		}
		return true
	}}
}

// written is an answer written anew as this markup, which reads as the text.
func written(name, markup, text string) damage {
	return onText(name, func(p *paper, key string) (string, bool) {
		p.content(key, func(string) string { return markup })
		return text, true
	})
}

// unread is an answer written so that nobody can be sure of it.
func unread(name, markup string) damage {
	return onText(name, func(p *paper, key string) (string, bool) {
		p.content(key, func(string) string { return markup })
		return p.want.Fields[key], false
	})
}

const (
	picture = `<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"/></w:drawing></w:r>`
	textBox = `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice>` +
		`<mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>`
	formula = `<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>x+1</m:t></m:r></m:oMath>`
)

// handsOnText are what people do to answers in words.
func handsOnText() []damage {
	return []damage{
		written("typed over", run("another answer"), "another answer"),
		written("smart quotes", run("“It’s fine” – she said…"), "“It’s fine” – she said…"),
		written("marks of direction", run("\u200fسلام\u200e ok\u202c"), "\u200fسلام\u200e ok\u202c"),
		written("a smiley that Word drew", `<w:r><w:t xml:space="preserve">fine </w:t><w:sym w:font="Wingdings" w:char="F04A"/></w:r>`, "fine :)"),
		written("a tab and hyphens", `<w:r><w:t>one</w:t><w:tab/><w:t>two</w:t><w:noBreakHyphen/><w:t>three</w:t></w:r>`, "one two-three"),
		onText("two paragraphs", func(p *paper, key string) (string, bool) {
			p.paragraphs(key, "<w:p>"+run("one")+"</w:p><w:p>"+run("two")+"</w:p>")
			return "one\ntwo", true
		}, form.LongText),
		written("hidden words beside the answer", run("seen")+`<w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r>`, "seen"),
		written("a picture beside the answer", run("see picture")+picture, "see picture"),
		written("a footnote", run("see below")+`<w:r><w:footnoteReference w:id="2"/></w:r>`, "see below"),
		written("a text box", textBox, "in a box"),
		written("a formula", formula, "x+1"),
		written("Chinese with its sound above", `<w:r><w:ruby><w:rt><w:r><w:t>shu</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>书</w:t></w:r></w:rubyBase></w:ruby></w:r>`, "书"),
		written("a replacement under tracking", `<w:del w:id="1"><w:r><w:delText>old</w:delText></w:r></w:del><w:ins w:id="2">`+run("new")+`</w:ins>`, "new"),
		written("moved under tracking", `<w:moveFrom w:id="1">`+run("old")+`</w:moveFrom><w:moveTo w:id="2">`+run("new")+`</w:moveTo>`, "new"),
		written("a form field of Word 97", `<w:r><w:fldChar w:fldCharType="begin"><w:ffData/></w:fldChar></w:r><w:r><w:instrText> FORMTEXT </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`+run("typed")+`<w:r><w:fldChar w:fldCharType="end"/></w:r>`, "typed"),
		written("markup as text", run("</w:t> & <w:p/> &amp; ]]>"), "</w:t> & <w:p/> &amp; ]]>"),
		unread("only a picture", picture),
		unread("only hidden words", `<w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r>`),
		unread("a sign of an unknown font", `<w:r><w:t>a</w:t><w:sym w:font="Marlett" w:char="F021"/></w:r>`),
		unread("words of the empty box half written over", run("Click or tap Fred to\u00a0write")),
		onText("words before those of the empty box", func(p *paper, key string) (string, bool) {
			p.say(key, "FredClick or tap to\u00a0write")
			return "Fred", true
		}),
		onText("cleared", func(p *paper, key string) (string, bool) {
			p.say(key, "Click or tap to\u00a0write")
			return "", len(p.others[storePart]) == 0
		}),
		onText("emptied", func(p *paper, key string) (string, bool) {
			p.content(key, func(string) string { return "" })
			return "", len(p.others[storePart]) == 0
		}),
		onText("an end of paragraph deleted under tracking", func(p *paper, key string) (string, bool) {
			p.paragraphs(key, `<w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>`+run("one ")+"</w:p><w:p>"+run("two")+"</w:p>")
			return "one two", true
		}),
		onText("pasted behind the box", func(p *paper, key string) (string, bool) {
			cell := p.around(p.control(key).from, "tc")
			p.put(span{cell.to - len("</w:tc>"), cell.to - len("</w:tc>")}, "<w:p>"+run("pasted")+"</w:p>")
			return p.want.Fields[key] + "\npasted", true
		}, form.LongText),
		onText("the box deleted and the answer left", func(p *paper, key string) (string, bool) {
			p.put(p.control(key), run(p.want.Fields[key]))
			p.everywhere(`<w:bookmarkStart w:id="\d+" w:name="`+bookmarkOf(key)+`"/>`, "")
			return p.want.Fields[key], true
		}),
		onText("the box deleted, its bookmark and the answer left", func(p *paper, key string) (string, bool) {
			p.put(p.control(key), run(p.want.Fields[key]))
			return p.want.Fields[key], true
		}),
		onText("the box deleted and the label reworded", func(p *paper, key string) (string, bool) {
			label := escaped(p.field(key).Label)
			p.put(p.control(key), run(p.want.Fields[key]))
			p.everywhere(`<w:bookmarkStart w:id="\d+" w:name="`+bookmarkOf(key)+`"/>`, "")
			p.xml = strings.Replace(p.xml, ">"+label+"<", ">"+strings.ToUpper(label)+":<", 1)
			return p.want.Fields[key], true
		}),
		onText("the whole row deleted", func(p *paper, key string) (string, bool) {
			p.put(p.around(p.control(key).from, "tr"), "")
			return p.want.Fields[key], false
		}),
		onText("the box cut and pasted elsewhere", func(p *paper, key string) (string, bool) {
			control := p.text(p.control(key))
			p.put(p.control(key), "")
			p.xml = strings.Replace(p.xml, "<w:sectPr>", "<w:p>"+control+"</w:p><w:sectPr>", 1)
			return p.want.Fields[key], true
		}),
		onText("an answer in two places, one changed", func(p *paper, key string) (string, bool) {
			control := p.text(p.control(key))
			p.xml = strings.Replace(p.xml, "<w:sectPr>", "<w:p>"+control+"</w:p><w:sectPr>", 1)
			p.say(key, "changed")
			return "changed", len(p.others[storePart]) > 0
		}),
		onText("an answer in two places, both changed", func(p *paper, key string) (string, bool) {
			control := p.text(p.control(key))
			p.say(key, "changed")
			p.xml = strings.Replace(p.xml, "<w:sectPr>", "<w:p>"+contentOf.ReplaceAllString(control, `<w:sdtContent>`+run("otherwise")+`</w:sdtContent>`)+"</w:p><w:sectPr>", 1)
			return "changed", false
		}),
	}
}

// handsOnKinds are what people write where a date, an amount or a choice is
// asked for.
func handsOnKinds() []damage {
	var all []damage
	for _, d := range []struct{ text, want string }{
		{"17/03/2026", "2026-03-17"},
		{"17.3.2026", "2026-03-17"},
		{"17-03-2026", "2026-03-17"},
		{"2026-03-17", "2026-03-17"},
		{"17 March 2026", "2026-03-17"},
		{"17th March, 2026", "2026-03-17"},
		{"17th of March 2026.", "2026-03-17"},
		{"Tuesday 17 March 2026", "2026-03-17"},
		{"March 17, 2026", "2026-03-17"},
		{"9 Sept 2026", "2026-09-09"},
		{"\u200f17/03/2026\u200e", "2026-03-17"},
		{"17\u00a0March\u00a02026", "2026-03-17"},
		{"17/03/26", ""},
		{"next Tuesday", ""},
		{"Monday 17 March 2026", ""},
		{"17/13/2026", ""},
	} {
		all = append(all, typedIn("a date as "+d.text, d.text, d.want, form.Date))
	}
	for _, d := range []struct{ text, want string }{{"12", "12"}, {" 12 ", "12"}, {"12,5", ""}, {"twelve", ""}, {"12 or 13", ""}} {
		all = append(all, typedIn("a number as "+d.text, d.text, d.want, form.Number, form.Percent))
	}
	return append(all,
		onText("a choice in its own words", func(p *paper, key string) (string, bool) {
			p.say(key, p.field(key).ChoiceLabel(p.want.Fields[key]))
			return p.want.Fields[key], true
		}, form.OneOf),
		onText("a choice in capitals with a full stop", func(p *paper, key string) (string, bool) {
			p.say(key, strings.ToUpper(p.field(key).ChoiceLabel(p.want.Fields[key]))+".")
			return p.want.Fields[key], true
		}, form.OneOf),
		onText("a choice with curly quotes", func(p *paper, key string) (string, bool) {
			p.say(key, strings.NewReplacer("'", "’", "-", "–").Replace(p.field(key).ChoiceLabel(p.want.Fields[key])))
			return p.want.Fields[key], true
		}, form.OneOf),
		typedIn("a choice that is none", "something else altogether", "", form.OneOf),
		ticks("a box with X", run("X")),
		ticks("a box with a bracketed x", run("[x]")),
		ticks("a box with a tick", run("✓")),
		ticks("a box with a tick of Wingdings", `<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>`),
		ticks("a box with the word yes", run("Yes")),
		ticks("a box ticked by its sign alone", run("☒")),
		onText("a box with something else", func(p *paper, key string) (string, bool) {
			p.content(key+"="+p.want.Fields[key], func(string) string { return run("perhaps") })
			return p.want.Fields[key], false
		}, form.YesNo),
		onText("both boxes ticked", func(p *paper, key string) (string, bool) {
			for _, one := range []string{"yes", "no"} {
				p.content(key+"="+one, func(string) string { return run("☒") })
			}
			return p.want.Fields[key], false
		}, form.YesNo),
		onText("a word beside the boxes", func(p *paper, key string) (string, bool) {
			s := p.control(key + "=no")
			p.put(span{s.from, s.from}, run("not sure "))
			return p.want.Fields[key], false
		}, form.YesNo),
		onText("a box of several gone", func(p *paper, key string) (string, bool) {
			p.put(p.control(key+"="+p.field(key).Choices[0].Key), "")
			return p.want.Fields[key], false
		}, form.SeveralOf),
	)
}

// typedIn is an answer typed as a text; without a wanted answer it is none.
func typedIn(name, text, want string, kinds ...form.Kind) damage {
	return onText(name, func(p *paper, key string) (string, bool) {
		p.say(key, text)
		if want == "" {
			return p.want.Fields[key], false
		}
		return want, true
	}, kinds...)
}

// ticks is a yes or no whose box, ticked already, is marked in another way.
func ticks(name, markup string) damage {
	return onText(name, func(p *paper, key string) (string, bool) {
		p.content(key+"=no", func(string) string { return run("☐") })
		p.content(key+"=yes", func(string) string { return markup })
		return "yes", true
	}, form.YesNo)
}
