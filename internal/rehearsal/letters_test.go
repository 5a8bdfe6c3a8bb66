package rehearsal

import (
	"testing"

	"github.com/pepost/pepost/internal/post"
)

func TestEveryInventedReceiptNumberIsOneThatTheRealVerbTakes(t *testing.T) {
	seen := map[post.Number]bool{}
	for n := range 2000 {
		number := ReceiptNumber(n + 1)
		if parsed, err := post.ParseNumber(number.String()); err != nil || parsed != number || seen[number] {
			t.Fatalf("%s: %v", number, err)
		}
		seen[number] = true
	}
}
