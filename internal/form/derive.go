package form

import (
	"maps"
	"strconv"
)

// Shares of attendance below which absence counts as persistent and as severe
// (Department for Education, pupil absence statistics: more than 10% and more
// than 50% of sessions missed).
const (
	persistentBelow = 90
	severeBelow     = 50
)

// Derive gives the values with everything that pepost itself computes from
// other answers: whether absence is persistent. Call it again when a form has
// come back.
func Derive(f Form, v Values) Values {
	out := Values{Fields: maps.Clone(v.Fields), Tables: v.Tables}
	if out.Fields == nil {
		out.Fields = map[string]string{}
	}
	if _, asked := f.Field("st.pa_flag"); asked {
		if flag := absence(v.Fields["st.attendance.year_pct"]); flag != "" {
			out.Fields["st.pa_flag"] = flag
		} else {
			delete(out.Fields, "st.pa_flag")
		}
	}
	return out
}

func absence(attendance string) string {
	percent, err := strconv.ParseFloat(attendance, 64)
	switch {
	case err != nil:
		return ""
	case percent < severeBelow:
		return "severe"
	case percent < persistentBelow:
		return "persistent"
	}
	return "none"
}
