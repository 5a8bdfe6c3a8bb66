package rehearsal

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pepost/pepost/internal/form"
	"github.com/pepost/pepost/internal/office"
	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pdf/pdftest"
	"github.com/pepost/pepost/internal/pep"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/route"
	"github.com/pepost/pepost/internal/store"
	"github.com/pepost/pepost/internal/word"
)

// openedMail is one delivered message with everything that is known of it.
type openedMail struct {
	delivery outbox.Delivery
	record   pep.Record
	raw      []byte
	letter   Letter
}

// TestHalfATermIsPlayed plays from the first day of the term to half-term, in
// which everything happens that happens in a term.
func TestHalfATermIsPlayed(t *testing.T) {
	folder := t.TempDir()
	stage := prepared(t, must(store.NewKeys())(t), folder)
	last := pep.MustDate("2026-02-13")
	if raced {
		last = pep.MustDate("2026-01-16")
	}
	story := must(Play(t.Context(), stage, pep.MustDate("2026-01-05"), last))(t)
	all := must(stage.Runner.Deliveries.List(t.Context(), pipeline.Filter{}))(t)
	mails := opened(t, stage, story)

	t.Run("every delivery arrives once", func(t *testing.T) { arrivesOnce(t, stage, all, mails) })
	t.Run("nothing of a child leaves in clear", func(t *testing.T) { nothingInClear(t, mails) })
	t.Run("a message is about one child", func(t *testing.T) { aboutOneChild(t, stage, mails) })
	t.Run("look-alikes get nothing", func(t *testing.T) { lookalikesGetNothing(t, stage, all) })
	t.Run("the story has everything in it", func(t *testing.T) { everythingHappens(t, story, all) })
	t.Run("answers come back whole and stand in the final plan", func(t *testing.T) { answersComeBack(t, stage, mails) })
	t.Run("the folder holds it all under opaque names", func(t *testing.T) { folderHoldsAll(t, folder, story) })
}

// least is how many there must be at least: two weeks have not enough of
// everything to count.
func least(n int) int {
	if raced {
		return 0
	}
	return n
}

func opened(t *testing.T, stage Stage, story Story) []openedMail {
	t.Helper()
	var mails []openedMail
	for _, m := range story.Messages {
		raw := must(os.ReadFile(m.File))(t)
		d := must(stage.Runner.Deliveries.Get(t.Context(), m.Delivery))(t)
		mails = append(mails, openedMail{d, must(stage.Runner.Register.Record(t.Context(), d.Ref))(t), raw, must(Opened(raw))(t)})
	}
	return mails
}

func arrivesOnce(t *testing.T, stage Stage, all []outbox.Delivery, mails []openedMail) {
	count := map[string]int{}
	for _, m := range mails {
		count[m.delivery.Key]++
	}
	gone := 0
	for _, d := range all {
		want := 0
		if d.State.Gone() && d.State != outbox.Posted {
			want = 1
			gone++
		}
		if count[d.Key] != want {
			t.Errorf("%s %s %s arrived %d times, want %d", d.Kind, d.State, d.ID, count[d.Key], want)
		}
	}
	if len(mails) != gone || len(stage.Sink.Messages()) != gone || gone < least(100) {
		t.Errorf("%d messages and %d in the sink for %d deliveries that left", len(mails), len(stage.Sink.Messages()), gone)
	}
}

// nothingInClear looks for everything that tells who a child is in all that a
// mail system on the way could read.
func nothingInClear(t *testing.T, mails []openedMail) {
	unsecured := 0
	for _, m := range mails {
		if m.delivery.Decision.Verdict == route.Secure {
			continue
		}
		unsecured++
		for _, file := range m.letter.Files {
			if !office.IsEncrypted(file.Data) && !pdftest.Locked(file.Data) {
				t.Errorf("%s: an attachment is not encrypted", m.delivery.ID)
			}
		}
		for _, text := range []string{string(m.raw), m.letter.Subject, m.letter.Text, attachmentNames(m.letter)} {
			text = strings.ReplaceAll(text, m.letter.To, "")
			for what, sentinel := range sentinels(m.record.Child) {
				if sentinel != "" && strings.Contains(text, sentinel) && regexp.MustCompile(`(^|\W)`+regexp.QuoteMeta(sentinel)+`($|\W)`).MatchString(text) {
					t.Errorf("%s to the %s: the %s stands in clear", m.delivery.ID, m.delivery.Recipient.Role, what)
				}
			}
		}
	}
	if unsecured < least(20) {
		t.Errorf("only %d messages went to addresses that are not secure", unsecured)
	}
}

func attachmentNames(l Letter) string {
	var names []string
	for _, f := range l.Files {
		names = append(names, f.Name)
	}
	return strings.Join(names, "\n")
}

func sentinels(c pep.Child) map[string]string {
	return map[string]string{
		"forename": c.Forename, "surname": c.Surname, "known as": c.KnownAs, "case number": c.ID,
		"date of birth": c.DateOfBirth.String(), "birthday": c.DateOfBirth.Slashed(), "UPN": string(c.UPN), "ULN": string(c.ULN),
		"placement postcode": c.PlacementPostcode, "setting": c.Setting.Name,
	}
}

func aboutOneChild(t *testing.T, stage Stage, mails []openedMail) {
	reference := regexp.MustCompile(`PEP-[0-9A-Z]{4}-[0-9A-Z]{2}`)
	for _, m := range mails {
		found := slices.Compact(slices.Sorted(slices.Values(reference.FindAllString(m.letter.Subject+m.letter.Text+attachmentNames(m.letter), -1))))
		if diff := cmp.Diff([]string{string(m.delivery.Ref)}, found); diff != "" {
			t.Errorf("%s: %s", m.delivery.ID, diff)
		}
		if to := m.letter.To; to != m.delivery.Recipient.Address.Canonical() {
			t.Errorf("%s is not to the address that was decided on", m.delivery.ID)
		}
		file, has := m.letter.Form()
		if !has || office.IsEncrypted(file.Data) {
			continue
		}
		reading, err := word.Read(file.Data, stage.Runner.Forms)
		if err != nil || reading.Ref != m.delivery.Ref {
			t.Errorf("%s carries the form of %q (%v)", m.delivery.ID, reading.Ref, err)
		}
	}
}

func lookalikesGetNothing(t *testing.T, stage Stage, all []outbox.Delivery) {
	held := 0
	for _, d := range all {
		if strings.Contains(d.Recipient.Address.Raw(), "demoсheshire") || strings.Contains(d.Recipient.Address.Raw(), "\u200b") {
			if held++; d.State != outbox.Held || len(d.Attempts) > 0 || d.Reason == "" {
				t.Errorf("%s to a look-alike is %s: %s", d.ID, d.State, d.Reason)
			}
		}
	}
	if held < least(2) {
		t.Errorf("%d look-alikes are held", held)
	}
	for _, m := range stage.Sink.Messages() {
		if domain := m.To[0][strings.LastIndexByte(m.To[0], '@')+1:]; !regexp.MustCompile(`^[a-z0-9.-]+$`).MatchString(strings.ToLower(domain)) ||
			strings.Contains(domain, "democheshire.sch.uk.") || strings.Contains(domain, "-democheshire-") {
			t.Errorf("a message went to %q", domain)
		}
	}
}

func everythingHappens(t *testing.T, story Story, all []outbox.Delivery) {
	counts := map[outbox.Kind]int{}
	states := map[outbox.State]int{}
	again := 0
	for _, d := range all {
		counts[d.Kind]++
		states[d.State]++
		for _, a := range d.Attempts {
			if a.Result == outbox.ResultUncertain {
				again++
			}
		}
	}
	verdicts := map[string]int{}
	forms := 0
	for _, b := range story.Back {
		verdicts[b.Verdict]++
		if b.Form {
			forms++
		}
	}
	for what, n := range map[string]int{
		"forms": counts[outbox.KindForm], "chasers": counts[outbox.KindChase], "finals": counts[outbox.KindFinal],
		"held": states[outbox.Held], "bounced": states[outbox.Bounced], "posted": states[outbox.Posted],
		"lost lines": again, "calls": story.Calls, "in vain": story.Unreached, "full mailboxes": story.Expired,
		"meetings without the form": story.RanOut, "answers": verdicts["filled"], "answers from elsewhere": verdicts["for a person"],
		"accepted": story.Accepted, "finalised": story.Finalised, "PDF": len(story.Forms),
	} {
		if n < least(1) {
			t.Errorf("no %s", what)
		}
	}
	if states[outbox.Bounced] != verdicts["bounced"] || story.Accepted > forms || story.Finalised > story.Accepted {
		t.Errorf("%v and %v do not fit: %d came back, %d accepted, %d final", states, verdicts, forms, story.Accepted, story.Finalised)
	}
	if len(story.Failures) > 0 {
		t.Errorf("forms could not be made: %v", story.Failures)
	}
}

// answersComeBack compares what was read from the forms that came back with
// what the settings wrote, and looks for it in the final plans.
func answersComeBack(t *testing.T, stage Stage, mails []openedMail) {
	returned := must(stage.Runner.Returns.ListReturns(t.Context(), pipeline.ReturnFilter{}))(t)
	if len(returned) < least(20) {
		t.Fatalf("only %d forms came back", len(returned))
	}
	sent := map[pep.Ref]openedMail{}
	for _, m := range slices.Backward(mails) {
		if m.delivery.Kind == outbox.KindForm {
			sent[m.delivery.Ref] = m
		}
	}
	strengths := map[pep.Ref]string{}
	for _, back := range returned {
		m := sent[back.Ref]
		file, _ := m.letter.Form()
		if office.IsEncrypted(file.Data) {
			phrases := stage.Runner.Deliveries.(*overheard).phrases
			file.Data = must(office.Decrypt(file.Data, phrases[m.delivery.ID]))(t)
		}
		blank := must(word.Read(file.Data, stage.Runner.Forms))(t)
		f, _ := stage.Runner.Forms.ByID(back.Form)
		to := m.delivery.Recipient
		pen := NewPen(to.Role, to.Name, pep.DateOf(back.At.In(stage.Zone)), m.record.Child.ID+"/"+string(to.Role))
		if diff := form.Diff(f, Filled(f, blank.Values, pen), back.Values); len(diff) > 0 {
			t.Errorf("%s: %d answers came back otherwise than they were written, such as %s", back.Ref, len(diff), diff[0].Field)
		}
		if len(form.Diff(f, blank.Values, back.Values)) < 5 {
			t.Errorf("%s: hardly anything was filled in", back.Ref)
		}
		if len(back.Unreadable) > 0 || back.Confidence < 1 {
			t.Errorf("%s: read with confidence %.2f, not readable: %v", back.Ref, back.Confidence, back.Unreadable)
		}
		strengths[back.Ref] = back.Values.Fields["strengths"]
	}
	finals := 0
	for _, m := range mails {
		file, has := m.letter.Document()
		if m.delivery.Kind != outbox.KindFinal || !has || strengths[m.delivery.Ref] == "" {
			continue
		}
		finals++
		phrase := must(stage.Runner.Deliveries.Phrases(t.Context(), m.delivery.Ref))(t)[m.delivery.ID]
		words := must(pdftest.Text(file.Data, phrase))(t)
		if said := strings.Join(strings.Fields(strengths[m.delivery.Ref]), " "); !strings.Contains(words, said) {
			t.Errorf("%s: the final plan does not say %q", m.delivery.ID, said)
		}
	}
	if finals < least(1) {
		t.Error("no final plan was opened")
	}
}

func folderHoldsAll(t *testing.T, folder string, story Story) {
	opaque := regexp.MustCompile(`^(forms/PEP-[0-9A-Z]{4}-[0-9A-Z]{2}-(form|final)(-\d)?\.(docx|pdf)|messages/\d{4}-[a-z0-9]+\.eml)$`)
	page := must(os.ReadFile(filepath.Join(folder, "index.html")))(t)
	listed := map[string]bool{}
	for _, link := range regexp.MustCompile(`href="([^"]+)"`).FindAllSubmatch(page, -1) {
		listed[string(link[1])] = true
	}
	found := 0
	for _, where := range []string{formsFolder, messagesFolder} {
		for _, entry := range must(os.ReadDir(filepath.Join(folder, where)))(t) {
			name := where + "/" + entry.Name()
			found++
			if !listed[name] || !opaque.MatchString(name) {
				t.Errorf("%s is not listed, or its name says more than it should", name)
			}
			data := must(os.ReadFile(filepath.Join(folder, where, entry.Name())))(t)
			if strings.HasSuffix(name, ".pdf") && !bytes.HasPrefix(data, []byte("%PDF-")) || strings.HasSuffix(name, ".docx") && !bytes.HasPrefix(data, []byte("PK")) {
				t.Errorf("%s is not what its name says", name)
			}
		}
	}
	if found != len(listed) || found < 2*len(story.Forms)-10 {
		t.Errorf("%d files for %d links", found, len(listed))
	}
}

func TestTwoRehearsalsPlayAlike(t *testing.T) {
	keys := must(store.NewKeys())(t)
	until := "2026-01-23"
	if raced {
		until = "2026-01-09"
	}
	play := func() (Story, map[string]string) {
		stage := prepared(t, keys, t.TempDir())
		stage.Folder = ""
		story := must(Play(t.Context(), stage, pep.MustDate("2026-01-05"), pep.MustDate(until)))(t)
		bytes := map[string]string{}
		for i, m := range story.Messages {
			bytes[filepath.Base(m.File)] = string(must(os.ReadFile(m.File))(t))
			story.Messages[i].File = ""
		}
		return story, bytes
	}
	first, firstMail := play()
	second, secondMail := play()
	if diff := cmp.Diff(first, second); diff != "" {
		t.Error(diff)
	}
	if len(firstMail) < least(20) || len(firstMail) != len(secondMail) {
		t.Errorf("%d and %d messages", len(firstMail), len(secondMail))
	}
	for name, text := range firstMail {
		if secondMail[name] != text {
			t.Errorf("%s differs", name)
		}
	}
}
