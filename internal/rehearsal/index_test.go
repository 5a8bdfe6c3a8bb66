package rehearsal

import (
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pep"
)

func TestTheIndexLinksEveryFileAndSaysNothingThatIsMarkup(t *testing.T) {
	page, err := Index{
		Title: "Spring term <b>",
		Forms: []FormFile{{Ref: "PEP-7F3K-2Q", Kind: outbox.KindForm, Role: pep.DesignatedTeacher, Word: "forms/PEP-7F3K-2Q-form.docx"}},
		Messages: []MessageFile{{
			ID: "k2v7", Ref: "PEP-7F3K-2Q", Kind: outbox.KindForm, Role: pep.DesignatedTeacher, Method: "tls",
			State: outbox.Delivered, Day: pep.MustDate("2026-02-03"), File: "messages/0001-k2v7.eml",
		}},
	}.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`href="forms/PEP-7F3K-2Q-form.docx"`, `href="messages/0001-k2v7.eml"`, "1 forms", "designated teacher", "Spring term &lt;b&gt;",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the index lacks %s", want)
		}
	}
	if strings.Contains(string(page), ">PDF</a>") {
		t.Error("a PDF that was not made is linked")
	}
}
