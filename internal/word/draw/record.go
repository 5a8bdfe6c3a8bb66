package draw

import (
	"fmt"
	"strconv"

	"github.com/pepost/pepost/internal/document"
	"github.com/pepost/pepost/internal/word/place"
	"github.com/pepost/pepost/internal/word/xmltree"
)

// record gathers what the custom XML part holds: the stored text of every
// control, by field or by table, row and column, in the order of the form.
type record struct {
	order  []string
	fields map[string][]stored
	tables map[string][][]cell
}

// stored is one element's text; choice is set for one box of several.
type stored struct{ choice, text string }

// cell is a column with its element's content.
type cell struct {
	column string
	texts  []stored
}

// keep takes the controls of one question. A question that is drawn twice is
// kept once: both drawings are bound to the same element.
func (r *record) keep(controls []control) {
	if r.fields == nil {
		r.fields, r.tables = map[string][]stored{}, map[string][][]cell{}
	}
	texts := make([]stored, len(controls))
	for i, c := range controls {
		texts[i] = stored{c.Choice, c.stored()}
	}
	at := controls[0].Place
	if at.Column == "" {
		if _, kept := r.fields[at.Key]; !kept {
			r.order = append(r.order, at.Key)
			r.fields[at.Key] = texts
		}
		return
	}
	rows := r.tables[at.Key]
	if rows == nil {
		r.order = append(r.order, at.Key)
	}
	for len(rows) < at.Row {
		rows = append(rows, nil)
	}
	rows[at.Row-1] = append(rows[at.Row-1], cell{at.Column, texts})
	r.tables[at.Key] = rows
}

// xml is the custom XML part.
func (r *record) xml(doc document.Document) []byte {
	p := pen{}
	p.put(`<?xml version="1.0" encoding="UTF-8" standalone="no"?>`, "\n", `<form xmlns="`, place.FormSpace, `" id="`)
	p.text(doc.FormID)
	p.put(`" version="`)
	p.text(doc.FormVersion)
	p.put(`" ref="`)
	p.text(string(doc.Ref))
	p.put(`"><ref>`)
	p.text(string(doc.Ref))
	p.put(`</ref><name>`)
	p.text(formLine(doc))
	p.put(`</name><values>`)
	for _, key := range r.order {
		p.put("<", key, ">")
		if texts, isField := r.fields[key]; isField {
			p.stored(texts)
		} else {
			p.rows(r.tables[key])
		}
		p.put("</", key, ">")
	}
	p.put(`</values></form>`)
	return p.out
}

func (p *pen) rows(rows [][]cell) {
	for _, row := range rows {
		p.put("<row>")
		for _, c := range row {
			p.put("<", c.column, ">")
			p.stored(c.texts)
			p.put("</", c.column, ">")
		}
		p.put("</row>")
	}
}

func (p *pen) stored(texts []stored) {
	for _, s := range texts {
		if s.choice == "" {
			p.text(s.text)
			continue
		}
		p.put(`<choice value="`)
		p.text(s.choice)
		p.put(`">`, s.text, `</choice>`)
	}
}

// customProperties say which form the file is and how many answers it has
// room for. The reference is opaque; nothing else is said about the child.
func customProperties(doc document.Document, answers int) []byte {
	p := pen{}
	p.put(xmltree.Declaration, `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" `,
		`xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">`)
	for i, pair := range [][2]string{
		{place.RefProperty, string(doc.Ref)}, {place.FormProperty, doc.FormID}, {place.VersionProperty, doc.FormVersion}, {place.CountProperty, strconv.Itoa(answers)},
	} {
		p.put(fmt.Sprintf(`<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="%d" name="%s"><vt:lpwstr>`, i+2, pair[0]))
		p.text(pair[1])
		p.put(`</vt:lpwstr></property>`)
	}
	p.put(`</Properties>`)
	return p.out
}
