package rehearsal

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// TestNoAddressOfTheSampleBelongsToAnyone: only names that nobody can register
// or that stand under the made-up authorities.
func TestNoAddressOfTheSampleBelongsToAnyone(t *testing.T) {
	address := regexp.MustCompile(`[\w.+'"-]+@([\p{L}\x{200b}\d.-]+)`)
	invented := regexp.MustCompile(`(?i)^([a-z0-9.-]+\.)?(example|demo[сc]?heshire\.(gov|sch)\.uk|demoche\x{200b}shire\.sch\.uk|demo(east|west|north)erly\.sch\.uk)$`)
	seen := 0
	for name, text := range sampleTexts(t) {
		for _, m := range address.FindAllStringSubmatch(text, -1) {
			seen++
			if domain := strings.TrimSuffix(m[1], "."); !invented.MatchString(strings.ReplaceAll(domain, "с", "c")) {
				t.Errorf("%s: %q is no invented domain", name, domain)
			}
		}
	}
	if seen < 1000 {
		t.Errorf("only %d addresses were found: the sample is not read", seen)
	}
}

// TestTheSampleRingsNobody: telephone numbers are those kept for drama,
// postcodes those of districts that do not exist.
func TestTheSampleRingsNobody(t *testing.T) {
	number := regexp.MustCompile(`(?:\b0|\+44 ?)[127]\d{3}[ \d]\d{5,6}\b`)
	drama := regexp.MustCompile(`^(0|44)(1632960|7700900)\d{3}$`)
	postcode := regexp.MustCompile(`\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b`)
	numbers, places := 0, 0
	for name, text := range sampleTexts(t) {
		for _, found := range number.FindAllString(text, -1) {
			numbers++
			if plain := strings.NewReplacer(" ", "", "+", "").Replace(found); !drama.MatchString(plain) {
				t.Errorf("%s: %q is no number kept for drama", name, found)
			}
		}
		for _, found := range postcode.FindAllString(text, -1) {
			places++
			if !strings.HasPrefix(found, "ZZ9") {
				t.Errorf("%s: the postcode %q may exist", name, found)
			}
		}
	}
	if numbers < 1000 || places < 1000 {
		t.Errorf("%d numbers and %d postcodes: the sample is not read", numbers, places)
	}
}

func TestTheSampleComesInEveryShapeThatAnExportComesIn(t *testing.T) {
	files := map[string][]byte{}
	for _, file := range exports(t) {
		files[file.Name] = file.Data
	}
	begins := map[string]string{
		"children.csv": "Democheshire Council\r\n", "contacts.csv": "\xef\xbb\xbfPerson ID;Role;",
		"targets.txt": "\xff\xfeP\x00", "children.xlsx": "PK\x03\x04", "header.csv": "CHILD,SEX,DOB,", "children.json": "{\n \"children\": [",
	}
	for name, beginning := range begins {
		if !bytes.HasPrefix(files[name], []byte(beginning)) {
			t.Errorf("%s does not begin with %q", name, beginning)
		}
	}
}

func exports(t testing.TB) []Export {
	t.Helper()
	files, err := Sample()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// sampleTexts gives the text of every file, whatever it is written in.
func sampleTexts(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, day := range must(LaterExports())(t) {
		for _, file := range day.Files {
			texts[day.Day.String()+"/"+file.Name] = string(file.Data)
		}
	}
	for _, file := range exports(t) {
		switch {
		case bytes.HasPrefix(file.Data, []byte("\xff\xfe")):
			var units []uint16
			for i := 2; i+1 < len(file.Data); i += 2 {
				units = append(units, uint16(file.Data[i])|uint16(file.Data[i+1])<<8)
			}
			texts[file.Name] = string(utf16.Decode(units))
		case bytes.HasPrefix(file.Data, []byte("PK")):
			texts[file.Name] = workbookText(t, file.Data)
		case file.Name == "children.csv":
			text, err := charmap.Windows1252.NewDecoder().Bytes(file.Data)
			if err != nil {
				t.Fatal(err)
			}
			texts[file.Name] = string(text)
		default:
			texts[file.Name] = string(file.Data)
		}
	}
	return texts
}

func workbookText(t *testing.T, data []byte) string {
	t.Helper()
	book, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, part := range book.File {
		if !strings.HasPrefix(part.Name, "xl/worksheets/sheet") {
			continue
		}
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&text, r); err != nil {
			t.Fatal(err)
		}
	}
	return text.String()
}
