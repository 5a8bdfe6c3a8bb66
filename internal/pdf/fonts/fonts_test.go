package fonts

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestTheFontsAreThoseWhoseDigestsWereWritten(t *testing.T) {
	sums, err := os.ReadFile("SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"NotoNaskhArabic.ttf": NotoNaskhArabic, "NotoSansEthiopic.ttf": NotoSansEthiopic, "NotoSansSC.ttf": NotoSansSC,
	} {
		if want := fmt.Sprintf("%x  %s\n", sha256.Sum256(file), name); !strings.Contains(string(sums), want) {
			t.Errorf("%s has another digest: run make fonts", name)
		}
	}
}

func TestTheLicenceGoesWithTheFonts(t *testing.T) {
	licence, err := os.ReadFile("OFL.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"SIL OPEN FONT LICENSE", "notofonts/arabic", "notofonts/ethiopic", "Adobe"} {
		if !strings.Contains(string(licence), want) {
			t.Errorf("the licence lacks %q", want)
		}
	}
}
