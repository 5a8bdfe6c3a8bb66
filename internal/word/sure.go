package word

// Sure puts a confidence into words. The corpus of damaged returns in this
// package's tests holds the numbers: of forms read with a confidence, at least
// that share of the answers is right, and every other one is told.
func Sure(confidence float64) string {
	switch {
	case confidence >= 1:
		return "every answer was read for certain"
	case confidence >= 0.95:
		return "nearly every answer was read for certain; the others are listed"
	case confidence > 0.5:
		return "a part of the form was damaged; compare what is listed with the form"
	case confidence > 0:
		return "the form lost its boxes and was read by its labels; compare every answer with the form"
	}
	return "hardly anything could be read; enter the answers by hand"
}
