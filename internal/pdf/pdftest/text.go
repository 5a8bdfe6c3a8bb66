// Package pdftest reads back what a PDF of ours says, for tests.
//
// It takes a file, and its passphrase where it is locked, and gives the words
// of all pages in the order in which they are drawn, through the meaning that
// the file itself gives to the glyphs. An outside library opens the file. It is
// for tests alone.
package pdftest

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// Text gives the words of a file with one blank between them. A wrong
// passphrase is an error.
func Text(data []byte, passphrase string) (string, error) {
	ctx, err := api.ReadAndValidate(bytes.NewReader(data), &model.Configuration{
		Reader15: true, ValidationMode: model.ValidationRelaxed, Eol: "\n", UserPW: passphrase, Offline: true, Limits: model.DefaultResourceLimits(),
	})
	if err != nil {
		return "", fmt.Errorf("opening a PDF: %w", err)
	}
	fonts, err := meanings(ctx)
	if err != nil {
		return "", err
	}
	var words []string
	for n := 1; n <= ctx.PageCount; n++ {
		content, err := pdfcpu.ExtractPageContent(ctx, n)
		if err != nil {
			return "", fmt.Errorf("reading page %d: %w", n, err)
		}
		page, err := io.ReadAll(content)
		if err != nil {
			return "", fmt.Errorf("reading page %d: %w", n, err)
		}
		words = append(words, drawn(page, fonts)...)
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " "), nil
}

// meanings are what each font of the file says its codes mean.
func meanings(ctx *model.Context) (map[string]map[uint16]string, error) {
	_, _, inherited, err := ctx.PageDict(1, false)
	if err != nil {
		return nil, fmt.Errorf("reading the resources: %w", err)
	}
	fonts, err := ctx.DereferenceDict(inherited.Resources["Font"])
	if err != nil {
		return nil, fmt.Errorf("reading the fonts: %w", err)
	}
	all := map[string]map[uint16]string{}
	for name, object := range fonts {
		font, err := ctx.DereferenceDict(object)
		if err != nil {
			return nil, fmt.Errorf("reading the font %s: %w", name, err)
		}
		stream, _, err := ctx.DereferenceStreamDict(font["ToUnicode"])
		if err != nil || stream == nil {
			return nil, fmt.Errorf("the font %s does not say what its glyphs mean: %w", name, err)
		}
		if err := stream.Decode(); err != nil {
			return nil, fmt.Errorf("reading the font %s: %w", name, err)
		}
		all["/"+name] = codes(string(stream.Content))
	}
	return all, nil
}

// codes reads the ranges and the single codes of a ToUnicode map.
func codes(stream string) map[uint16]string {
	all := map[uint16]string{}
	for _, m := range regexp.MustCompile(`<([0-9A-F]{4})><([0-9A-F]{4})><([0-9A-F]{4})>`).FindAllStringSubmatch(stream, -1) {
		from, to, means := unit(m[1]), unit(m[2]), unit(m[3])
		for code := int(from); code <= int(to); code++ {
			all[uint16(code)] = string(rune(int(means) + code - int(from)))
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^<([0-9A-F]{4})><([0-9A-F]+)>$`).FindAllStringSubmatch(stream, -1) {
		if raw, err := hex.DecodeString(m[2]); err == nil {
			all[unit(m[1])] = string(utf16.Decode(units(raw)))
		}
	}
	return all
}

func unit(text string) uint16 {
	n, _ := strconv.ParseUint(text, 16, 16) // four digits, as matched
	return uint16(n)
}

func units(raw []byte) []uint16 {
	var all []uint16
	for i := 0; i+1 < len(raw); i += 2 {
		all = append(all, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	return all
}

// drawn lists what the text operators of a page draw.
func drawn(page []byte, fonts map[string]map[uint16]string) []string {
	var all []string
	var font string
	var strung []byte
	for i := 0; i < len(page); {
		switch c := page[i]; {
		case c == '(':
			text, size := literal(page[i:])
			strung, i = append(strung, text...), i+size
		case c == '<' && i+1 < len(page) && page[i+1] != '<':
			end := bytes.IndexByte(page[i:], '>')
			raw, _ := hex.DecodeString(string(page[i+1 : i+max(end, 1)]))
			strung, i = append(strung, raw...), i+max(end, 0)+1
		case strings.IndexByte(" \n\r\t[]<>", c) >= 0:
			i++
		default:
			end := bytes.IndexAny(page[i:], " \n\r\t[]()<>")
			if end < 0 {
				end = len(page) - i
			}
			switch word := string(page[i : i+end]); word {
			case "Tj", "TJ":
				text := ""
				for _, code := range units(strung) {
					text += fonts[font][code]
				}
				all, strung = append(all, text), nil
			default:
				if _, known := fonts[word]; known {
					font = word
				}
				if word != "" && (word[0] < '0' || word[0] > '9') && word[0] != '-' && word[0] != '.' {
					strung = nil
				}
			}
			i += max(end, 1)
		}
	}
	return all
}

// literal reads a string in parentheses: its bytes, and its length as written.
func literal(from []byte) (text []byte, size int) {
	depth := 0
	for i := 0; i < len(from); i++ {
		switch c := from[i]; {
		case c == '\\' && i+1 < len(from):
			i++
			if at := strings.IndexByte("nrtbf", from[i]); at >= 0 {
				text = append(text, "\n\r\t\b\f"[at])
			} else {
				text = append(text, from[i])
			}
			continue
		case c == '(':
			if depth++; depth == 1 {
				continue
			}
		case c == ')':
			if depth--; depth == 0 {
				return text, i + 1
			}
		}
		text = append(text, from[i])
	}
	return text, len(from)
}

// Locked reports whether a file is a PDF that does not open without a
// passphrase.
func Locked(data []byte) bool {
	if !bytes.HasPrefix(data, []byte("%PDF-")) || !bytes.Contains(data, []byte("/AESV3")) {
		return false
	}
	_, err := Text(data, "")
	return err != nil
}
