package form

import (
	"math"
	"strconv"
)

// contrast is the contrast ratio of a colour RRGGBB with white (WCAG 2.2,
// section on relative luminance); 0 where the text is no colour.
func contrast(colour string) float64 {
	value, err := strconv.ParseUint(colour, 16, 32)
	if err != nil || len(colour) != 6 {
		return 0
	}
	luminance := 0.2126*channel(value>>16) + 0.7152*channel(value>>8) + 0.0722*channel(value)
	return 1.05 / (luminance + 0.05)
}

func channel(value uint64) float64 {
	c := float64(value&0xff) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
