package receive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pepost/pepost/internal/receive"
	"github.com/pepost/pepost/internal/word/opc"
)

// nested is a message of multiparts within multiparts.
func nested(depth int) []byte {
	var b strings.Builder
	b.WriteString("From: " + teacher + "\r\nMIME-Version: 1.0\r\n")
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	b.WriteString("Content-Type: text/plain\r\n\r\nhello\r\n")
	return []byte(b.String())
}

func TestI15MessagesBeyondTheBoundsAreForAPerson(t *testing.T) {
	many := make([]attachment, 150)
	cases := map[string][]byte{
		"deep":              nested(100),
		"parts":             mailOf(nil, "", many...),
		"headers":           []byte(strings.Repeat("X-Filler: "+strings.Repeat("x", 60)+"\r\n", 5000) + "\r\nbody"),
		"headers of a part": []byte("From: " + teacher + "\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + strings.Repeat("X: a\r\n", 100_000) + "\r\nx\r\n--b--\r\n"),
		"headers of an attached message": mailOf(nil, "", attachment{
			name: "a.eml", kind: "message/rfc822", data: []byte(strings.Repeat("X: a\r\n", 100_000) + "\r\nx"),
		}),
		"size": append(mailOf(nil, ""), make([]byte, 36<<20)...),
	}
	for name, data := range cases {
		began := time.Now()
		got := receive.Judge(data, known(t))
		if got.Verdict != receive.ForPerson || !slices.Equal(codes(got), []receive.ReasonCode{receive.TooLarge}) {
			t.Errorf("%s: %s for %v", name, got.Verdict, got.Reasons)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}

func TestI15BrokenMailIsBoundedAndNeverPanics(t *testing.T) {
	for name, data := range map[string]string{
		"no boundary":       "From: " + teacher + "\r\nContent-Type: multipart/mixed\r\n\r\nhello",
		"boundary not used": "From: " + teacher + "\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nhello",
		"unknown encoding":  "From: " + teacher + "\r\nContent-Transfer-Encoding: rot13\r\n\r\nuryyb",
		"unknown character": "From: " + teacher + "\r\nContent-Type: text/plain; charset=klingon\r\n\r\nhello",
		"empty":             "",
	} {
		if got := receive.Judge([]byte(data), known(t)); got.Verdict != receive.ForPerson || len(got.Reasons) == 0 {
			t.Errorf("%s: %s for %v", name, got.Verdict, got.Reasons)
		}
	}
}

func TestReasonsHoldNothingOfTheMessage(t *testing.T) {
	data := mailOf([]string{"Subject: Zoë Secret", "From: zoe.secret@family.example"}, "Secret", attachment{name: "Secret.docx", data: []byte("PK\x03\x04Secret")})
	got := receive.Judge(data, known(t))
	if len(got.Reasons) == 0 {
		t.Fatal("no reasons")
	}
	for _, reason := range got.Reasons {
		if strings.Contains(strings.ToLower(reason.Text), "secret") {
			t.Errorf("%s repeats the message: %s", reason.Code, reason.Text)
		}
	}
}

// undated is a form in which a date is none.
func undated(t testing.TB, data []byte) []byte {
	t.Helper()
	pack, err := opc.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	xml, err := pack.Read("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Replace(xml, []byte("Click or tap to choose a\u00a0date"), []byte("next week"), 1)
	if bytes.Equal(changed, xml) {
		t.Fatal("the test changed nothing")
	}
	out, err := pack.Changed(map[string][]byte{"word/document.xml": changed})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// drawer is a mailbox in memory.
type drawer struct {
	waiting []receive.Fetched
	filed   map[string]receive.Verdict
	broken  bool
}

// Waiting gives what is not filed.
func (d *drawer) Waiting(_ context.Context, limit int) ([]receive.Fetched, error) {
	var all []receive.Fetched
	for _, m := range d.waiting {
		if _, done := d.filed[m.ID]; !done && len(all) < limit {
			all = append(all, m)
		}
	}
	return all, nil
}

// File puts a message away.
func (d *drawer) File(_ context.Context, id string, verdict receive.Verdict) error {
	if d.broken {
		return errors.New("the connection is gone")
	}
	d.filed[id] = verdict
	return nil
}

func TestI02MailIsFiledOnlyOnceItIsTakenIn(t *testing.T) {
	box := &drawer{filed: map[string]receive.Verdict{}, waiting: []receive.Fetched{{ID: "1"}, {ID: "2"}, {ID: "3"}}}
	taken := map[string]int{}
	take := func(_ context.Context, m receive.Fetched) (receive.Verdict, error) {
		if m.ID == "2" && taken["2"] == 0 {
			taken["2"]++
			return "", errors.New("the disk is full")
		}
		taken[m.ID]++
		return receive.ForPerson, nil
	}
	if n, err := receive.Collect(t.Context(), box, 10, take); n != 2 || err == nil || len(box.filed) != 2 {
		t.Errorf("%d taken, %d filed, %v", n, len(box.filed), err)
	}
	if n, err := receive.Collect(t.Context(), box, 10, take); n != 1 || err != nil || len(box.filed) != 3 || taken["1"] != 1 {
		t.Errorf("%d taken, %d filed, %v, the first %d times", n, len(box.filed), err, taken["1"])
	}
	box = &drawer{filed: map[string]receive.Verdict{}, waiting: []receive.Fetched{{ID: "9"}}, broken: true}
	if n, err := receive.Collect(t.Context(), box, 10, take); n != 0 || err == nil || taken["9"] != 1 {
		t.Errorf("%d taken, %v", n, err)
	}
}

func FuzzJudge(f *testing.F) {
	f.Add(mailOf(nil, "hello", attachment{name: "f.docx", data: filled(f, refOf(f, 1), "x")}))
	f.Add(reportOn(sentID, teacher, "failed", "5.1.1"))
	f.Add(reportWith("returns+d1.path@council.example", "", "", teacher, "delivered", "2.0.0"))
	f.Add(reportWith("returns@council.example", "d1.forged", sentID, teacher, "delivered", "2.0.0"))
	f.Add(nested(5))
	f.Add([]byte("Subject: PEP-7F3K-2Q\r\n\r\n"))
	k, signed := known(f), false
	seen := func(find func(string) (receive.Sent, bool)) func(string) (receive.Sent, bool) {
		return func(token string) (receive.Sent, bool) {
			sent, ok := find(token)
			signed = signed || ok
			return sent, ok
		}
	}
	k.ByEnvelopeID, k.ByReturnPath = seen(k.ByEnvelopeID), seen(k.ByReturnPath)
	f.Fuzz(func(t *testing.T, data []byte) {
		signed = false
		got := receive.Judge(data, k)
		switch {
		case !slices.Contains(receive.Verdicts(), got.Verdict):
			t.Fatalf("verdict %q", got.Verdict)
		case (got.Verdict == receive.ForPerson) != (len(got.Reasons) > 0):
			t.Fatalf("%s with reasons %v", got.Verdict, got.Reasons)
		case got.Verdict == receive.Filled && (got.Ref == "" || got.Delivery == "" || got.File == nil):
			t.Fatalf("a filled form without a child or a file")
		case moves(got.Verdict) && !signed:
			t.Fatalf("%s without a signature", got.Verdict)
		}
	})
}

// moves reports whether a verdict changes the state of a delivery.
func moves(v receive.Verdict) bool {
	return v == receive.Bounced || v == receive.Delivered || v == receive.Delayed || v == receive.Relayed
}
