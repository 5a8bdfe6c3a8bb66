package form

// Missing lists what a stage still needs, in the order of the form: keys of
// fields, rows (signoff[1]) and cells (targets[2].t.outcome).
func Missing(f Form, v Values, stage Stage) []string {
	var out []string
	for field := range f.Fields() {
		if field.Kind == Table {
			out = append(out, missingRows(field, v, stage)...)
		} else if v.Fields[field.Key] == "" && field.Needed(stage, v) {
			out = append(out, field.Key)
		}
	}
	return out
}

// missingRows looks at a table: whether it has the rows it needs, and in
// every answered row the cells.
func missingRows(table Field, v Values, stage Stage) []string {
	if table.None && v.Fields[table.Key+noneSuffix] == "yes" {
		return nil
	}
	var out []string
	answered := 0
	for i, row := range table.Rows(v) {
		if !table.Answered(row) {
			if table.Needed(stage, v) && table.needsRow(row) {
				out = append(out, RowKey(table.Key, i+1))
			}
			continue
		}
		answered++
		for _, column := range table.Columns {
			if row[column.Key] == "" && column.NeededIn(stage, v, row) {
				out = append(out, CellKey(table.Key, i+1, column.Key))
			}
		}
	}
	if answered == 0 && len(out) == 0 && table.Needed(stage, v) {
		return []string{table.Key}
	}
	return out
}

func (f Field) needsRow(row Row) bool {
	for _, needed := range f.NeededRows {
		if row[f.Columns[0].Key] == needed {
			return true
		}
	}
	return false
}
