package seal

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/letter"
)

// A composer that went wrong must not get its message out.
func TestAMessageComposedOtherwiseIsCaught(t *testing.T) {
	d := bySecure()
	c, e := contents(t, letter.Form, d, document()), envelope(toSchool())
	good := sealed(t, letter.Form, d).Bytes
	if err := readBack(good, c, e, ""); err != nil {
		t.Fatal(err)
	}
	swap := func(was, now string) []byte {
		if !bytes.Contains(good, []byte(was)) {
			t.Fatalf("%q is not in the message", was)
		}
		return bytes.Replace(good, []byte(was), []byte(now), 1)
	}
	file := base64.StdEncoding.EncodeToString(document())[:76]
	for name, data := range map[string][]byte{
		"nothing":                nil,
		"a Bcc":                  swap("To: ", "Bcc: b@evil.example\r\nTo: "),
		"a second To":            swap("To: ", "To: b@evil.example\r\nTo: "),
		"two in one To":          swap("To: ", "To: b@evil.example, "),
		"another To":             swap("To: <head@", "To: <dead@"),
		"a name in To":           swap("To: <", "To: Head <"),
		"a Reply-To":             swap("To: ", "Reply-To: b@evil.example\r\nTo: "),
		"a tell-tale header":     swap("To: ", "X-Mailer: pepost\r\nTo: "),
		"another sender":         swap("<peps@", "<pups@"),
		"another sender's name":  swap("\"Demo", "\"Dema"),
		"another subject":        swap("Subject: PEP-7F3K-2Q", "Subject: PEP-7F3K-2P"),
		"another date":           swap("09:00:00", "09:00:01"),
		"another identifier":     swap("<k3v9q2m7x4@", "<k3v9q2m7x5@"),
		"another text":           swap("Dear colleague", "Dear headteacher"),
		"another document":       swap(file, strings.Repeat("A", 76)),
		"no document":            swap("Content-Type: multipart/mixed", "Content-Type: text/plain"),
		"a document cut off":     good[:len(good)-200],
		"no type":                swap("Content-Type: multipart/mixed;\r\n boundary=", "Content-Type: ;;"),
		"a part that is broken":  swap("Content-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding\r\n"),
		"broken quotes":          swap("Dear colleague", "Dear =ZZ"),
		"broken base64":          swap(file, "!!!!"),
		"a bare LF":              swap("Dear colleague,\r\n", "Dear colleague,\n"),
		"a bare CR":              swap("Dear colleague,\r\n", "Dear colleague,\r"),
		"a NUL":                  swap("Dear", "De\x00ar"),
		"a byte outside ASCII":   swap("D=C3=A9mo", "D\u00e9mo"),
		"a line without end":     swap("Dear", strings.Repeat("x", 999)),
		"a header that is none":  swap("To: ", "To "),
		"words that do not read": swap("Subject: ", "Subject: =?x-none?q?a?= "),
	} {
		if err := readBack(data, c, e, ""); err == nil {
			t.Errorf("%s is not noticed", name)
		}
	}
	if err := readBack(good, c, e, "colleague"); err == nil {
		t.Error("a passphrase in the message is not noticed")
	}
}
