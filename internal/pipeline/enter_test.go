package pipeline_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/pipeline"
	"github.com/pepost/pepost/internal/receive"
)

func TestAnswersTypedFromPaperWaitAsAnyOtherReturn(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(stranger))
	s.send()
	key := s.openAnswer(ref)
	text := []byte("# sheet 1\n" + key + "=Reads aloud every day.\n")
	taken, err := s.EnterReturn(t.Context(), ref, text, "jo.smith")
	if err != nil || taken.Return.Verdict != receive.ForPerson || taken.Return.Reasons[0].Code != receive.TypedForm {
		t.Fatalf("%v %v", taken.Return.Reasons, err)
	}
	back, document, err := s.Returns.GetReturn(t.Context(), taken.ID)
	if err != nil || back.TypedBy != "jo.smith" || back.Values.Fields[key] != "Reads aloud every day." || back.InClear || len(document) == 0 ||
		back.Delivery != s.deliveryTo(stranger).ID || !strings.HasPrefix(back.Reasons[0], "typed from paper") {
		t.Errorf("%s %v %v", back.TypedBy, back.Reasons, err)
	}
	if again, err := s.EnterReturn(t.Context(), ref, text, "jo.smith"); err != nil || !again.Again {
		t.Errorf("the same again: %v %v", again.Again, err)
	}
	var needs *pipeline.NeedsReasonError
	if err := s.SettleReturn(t.Context(), taken.ID, pipeline.ReturnAccepted, pipeline.By{Name: "A. Officer"}); !errors.As(err, &needs) {
		t.Errorf("accepted unseen: %v", err)
	}
	s.accept(taken)
	if d := s.deliveryTo(stranger); d.Passphrase != outbox.PassphraseDestroyed {
		t.Errorf("%s", d.Passphrase)
	}
}

func TestAnswersThatDoNotFitTakeNothingIn(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(stranger))
	var none *pipeline.NotFoundError
	if _, err := s.EnterReturn(t.Context(), ref, []byte("a=b"), "jo.smith"); !errors.As(err, &none) {
		t.Errorf("before any form left: %v", err)
	}
	s.send()
	key := s.openAnswer(ref)
	var unfit *pipeline.TypedError
	_, err := s.EnterReturn(t.Context(), ref, []byte(key+"=Reads.\n"+key[:len(key)-1]+"=Quillfeather\n"), "jo.smith")
	if !errors.As(err, &unfit) || len(unfit.Faults) != 1 || unfit.Faults[0].Line != 2 || !strings.Contains(unfit.Faults[0].Hint, key) {
		t.Errorf("%v", err)
	}
	if all, err := s.Returns.ListReturns(t.Context(), pipeline.ReturnFilter{}); err != nil || len(all) != 0 {
		t.Errorf("%d are kept: %v", len(all), err)
	}
}

// Whatever the blank asks can be typed: the form has a place for each.
func TestEveryFieldOfTheBlankHasItsPlaceInTheForm(t *testing.T) {
	s := newStage(t)
	ref := s.enter(child("1"), teacher(stranger))
	s.send()
	blank := string(must(s.BlankAnswers(t.Context(), ref))(t))
	if strings.Contains(blank, "Quillfeather") || !strings.Contains(blank, s.openAnswer(ref)+",,") {
		t.Errorf("%s", blank)
	}
	var text strings.Builder
	for _, line := range strings.Split(blank, "\n")[1:] {
		if key, rest, found := strings.Cut(line, ",,"); found {
			text.WriteString(key + "=" + sampleAnswer(rest) + "\n")
		}
	}
	taken, err := s.EnterReturn(t.Context(), ref, []byte(text.String()), "jo.smith")
	var unfit *pipeline.TypedError
	if errors.As(err, &unfit) {
		for _, fault := range unfit.Faults {
			t.Error(fault)
		}
	}
	if err != nil || taken.ID == "" {
		t.Fatalf("%v", err)
	}
	back, _, err := s.Returns.GetReturn(t.Context(), taken.ID)
	if typed := strings.Count(text.String(), "\n"); err != nil || len(back.Unreadable) > 0 || len(back.Values.Fields) < typed/4 {
		t.Errorf("%d typed, %d fields and %d tables read, %v unreadable: %v", typed, len(back.Values.Fields), len(back.Values.Tables), back.Unreadable, err)
	}
}

// sampleAnswer answers a field by how the blank says that it is answered.
func sampleAnswer(how string) string {
	_, choices, several := strings.Cut(how, "one of: ")
	if !several {
		_, choices, several = strings.Cut(how, "semicolons: ")
	}
	switch {
	case several:
		first, _, _ := strings.Cut(strings.Trim(choices, "\"\r"), ", ")
		return first
	case strings.Contains(how, "a date"):
		return "03/03/2026"
	case strings.Contains(how, "a number"), strings.Contains(how, "a percentage"), strings.Contains(how, "pounds"):
		return "1"
	case strings.Contains(how, "yes or no"):
		return "yes"
	case strings.HasSuffix(how, ",an e-mail address"):
		return "a@setting.example"
	case strings.HasSuffix(how, ",a telephone number"):
		return "01632 960123"
	case strings.HasSuffix(how, ",a postcode"):
		return "ZZ99 1AA"
	case strings.HasSuffix(how, ",a time: 15:30"):
		return "15:30"
	case strings.HasSuffix(how, " digits"), strings.HasSuffix(how, "896/1234"):
		return "" // numbers that are verified by a digit of their own
	}
	return "said on paper"
}
