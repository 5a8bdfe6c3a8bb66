package form

// Diff lists every answer of the form that differs, in the order of the form.
// Tables are compared row by row: fixed rows by their label, others by their
// place.
func Diff(f Form, was, now Values) []Change {
	var out []Change
	for field := range f.Fields() {
		if field.Kind == Table {
			out = append(out, diffRows(field, field.Rows(was), field.Rows(now))...)
			continue
		}
		if a, b := was.Fields[field.Key], now.Fields[field.Key]; a != b {
			out = append(out, Change{field.Key, a, b})
		}
	}
	return out
}

func diffRows(table Field, was, now []Row) []Change {
	var out []Change
	for i := range max(len(was), len(now)) {
		before, after := rowAt(was, i), rowAt(now, i)
		for _, column := range table.Columns {
			if a, b := before[column.Key], after[column.Key]; a != b {
				out = append(out, Change{CellKey(table.Key, i+1, column.Key), a, b})
			}
		}
	}
	return out
}

func rowAt(rows []Row, i int) Row {
	if i < len(rows) {
		return rows[i]
	}
	return nil
}
