//go:build interop

package pdf

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// seenWord is a word as poppler sees it, in millimetres from the top left.
type seenWord struct {
	left, top, right, bottom float64
	text                     string
}

// wordsSeen gives the words of each page.
func wordsSeen(t *testing.T, path string) [][]seenWord {
	t.Helper()
	var pages [][]seenWord
	each := regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</word>`)
	for _, page := range strings.Split(mustRun(t, "pdftotext", "-bbox", path, "-"), "<page ")[1:] {
		var words []seenWord
		for _, m := range each.FindAllStringSubmatch(page, -1) {
			var edge [4]float64
			for i := range edge {
				points, err := strconv.ParseFloat(m[1+i], 64)
				if err != nil {
					t.Fatal(err)
				}
				edge[i] = points / pointsPerMillimetre
			}
			words = append(words, seenWord{edge[0], edge[1], edge[2], edge[3], m[5]})
		}
		pages = append(pages, words)
	}
	return pages
}

func (w seenWord) within(left, top, right, bottom float64) bool {
	return w.left >= left && w.top >= top && w.right <= right && w.bottom <= bottom
}

// TestD07PopplerFindsEveryWordOfALetterWhereAPrinterTakesIt holds the pages
// against the printable areas, which are written down here a second time.
func TestD07PopplerFindsEveryWordOfALetterWhereAPrinterTakesIt(t *testing.T) {
	pack, err := writer(t).WritePack(packed(), formToPrint())
	if err != nil {
		t.Fatal(err)
	}
	path := saved(t, pack.Bytes)
	mustRun(t, "qpdf", "--check", path)
	pages := wordsSeen(t, path)
	if len(pages) != pack.Pages {
		t.Fatalf("poppler sees %d pages of %d", len(pages), pack.Pages)
	}
	window := ""
	for n, words := range pages {
		for _, w := range words {
			inWindow := w.within(24.6, 39.5, 120, 66.3)
			printable := w.within(15, 5, 195, 292)
			if n == 0 {
				printable = inWindow || w.within(15, 5, 125, 30) || w.within(125, 5, 195, 95) || w.within(15, 95, 195, 292)
				if inWindow {
					window += w.text + " "
				}
			}
			if !printable {
				t.Errorf("page %d: %q stands at %.1f, %.1f to %.1f, %.1f", n+1, w.text, w.left, w.top, w.right, w.bottom)
			}
		}
	}
	if want := strings.Join(strings.Fields(packed().To.Text()), " "); strings.TrimSpace(window) != want {
		t.Errorf("the window shows %q, want %q", window, want)
	}
}
