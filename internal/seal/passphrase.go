package seal

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// wordList is one word a line, in order: short, distinct English words that
// are easily said and heard. They were chosen for this program: none is the
// beginning of another, none is another with one letter changed, added, lost
// or swapped, and words with a double of the same sound were left out.
//
//go:embed words.txt
var wordList string

// A passphrase is seven words of 2,048, each 11 bits: 77 bits, where 70 are
// asked for.
const (
	passphraseWords = 7
	bitsOfWord      = 11
)

// NewPassphrase gives a passphrase as documents are sealed with, to be agreed
// with somebody. Random must be cryptographically strong.
func NewPassphrase(random io.Reader) (string, error) { return drawPassphrase(random) }

// drawPassphrase gives words joined by hyphens. Every word is as likely as
// every other, since the list's length is a power of two.
func drawPassphrase(random io.Reader) (string, error) {
	list := strings.Fields(wordList)
	if len(list) != 1<<bitsOfWord {
		return "", fmt.Errorf("drawing a passphrase: the word list has %d words", len(list))
	}
	var drawn [2 * passphraseWords]byte
	if _, err := io.ReadFull(random, drawn[:]); err != nil {
		return "", fmt.Errorf("drawing a passphrase: %w", err)
	}
	words := make([]string, passphraseWords)
	for i := range words {
		words[i] = list[binary.BigEndian.Uint16(drawn[2*i:])&(1<<bitsOfWord-1)]
	}
	return strings.Join(words, "-"), nil
}
