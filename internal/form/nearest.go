package form

// Nearest is the key of the form most like a mistyped one, of a field or of a
// table's cell; empty where none is close.
func (f Form) Nearest(key string) string {
	table, row, column := SplitKey(key)
	if field, ok := f.Field(table); ok && field.Kind == Table && row > 0 {
		var known []string
		for _, c := range field.Columns {
			known = append(known, c.Key)
		}
		if best := Closest(column, known); best != "" {
			return CellKey(table, row, best)
		}
		return ""
	}
	var known []string
	for field := range f.Fields() {
		known = append(known, field.Key)
	}
	best := Closest(table, known)
	if best != "" && row > 0 && column != "" {
		return CellKey(best, row, column)
	}
	return best
}
