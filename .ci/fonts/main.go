// Command fonts cuts the fonts that the program carries beside those it has as
// Go modules: go run .ci/fonts/main.go PACKAGES FOLDER. PACKAGES holds the npm
// packages that .ci/fonts/cut fetched.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"unicode"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"github.com/pepost/pepost/internal/pdf/face"
)

func main() {
	if err := cut(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "fonts:", err)
		os.Exit(1)
	}
}

// cut writes each font. What is shaped keeps all its glyphs.
func cut(packages, folder string) error {
	for _, font := range []struct {
		from, to string
		wanted   func(rune) bool
		shaping  bool
	}{
		{"noto-naskh-arabic/400Regular/NotoNaskhArabic_400Regular.ttf", "NotoNaskhArabic.ttf", all, true},
		{"noto-sans-ethiopic/400Regular/NotoSansEthiopic_400Regular.ttf", "NotoSansEthiopic.ttf", ethiopic, false},
		{"noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf", "NotoSansSC.ttf", chinese, false},
	} {
		file, err := os.ReadFile(filepath.Join(packages, font.from))
		if err != nil {
			return err
		}
		var characters []rune
		for r := rune(0); r <= 0xFFFF; r++ {
			if font.wanted(r) {
				characters = append(characters, r)
			}
		}
		small, err := face.Reduce(face.Font{Name: font.to, File: file}, characters, font.shaping)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, font.to), small, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func all(rune) bool { return true }

func ethiopic(r rune) bool { return r == ' ' || unicode.Is(unicode.Ethiopic, r) }

// chinese is the characters of GB 2312 and the frequent ones of Big5 (its first
// level), with their punctuation: newspapers and nearly all names in both
// spellings.
func chinese(r rune) bool {
	switch {
	case r == ' ', r >= 0x3000 && r <= 0x303F, r >= 0xFF00 && r <= 0xFFEF:
		return true
	case !unicode.Is(unicode.Han, r):
		return false
	}
	if _, err := simplifiedchinese.HZGB2312.NewEncoder().String(string(r)); err == nil {
		return true
	}
	code, err := traditionalchinese.Big5.NewEncoder().String(string(r))
	return err == nil && len(code) == 2 && code[0] >= 0xA4 && code[0] <= 0xC6
}
