package receive_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pepost/pepost/internal/receive"
)

// reportOn is a delivery report as mail systems write it (RFC 3464).
func reportOn(id, recipient, action, status string) []byte {
	return []byte(strings.ReplaceAll(`From: Mail System <mailer-daemon@relay.example>
To: returns@council.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Return-Path: <>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="rr"

--rr
Content-Type: text/plain

Your message could not be delivered.

--rr
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Tue, 17 Mar 2026 09:00:00 +0000

Original-Recipient: rfc822;`+recipient+`
Final-Recipient: rfc822; `+recipient+`
Action: `+action+`
Status: `+status+`
Diagnostic-Code: smtp; 550 5.1.1 no such user

--rr
Content-Type: text/rfc822-headers

From: sender@council.example
Message-ID: `+id+`
Subject: A form

--rr--
`, "\n", "\r\n"))
}

func TestAReportOnOurMessageSettlesItsDelivery(t *testing.T) {
	cases := []struct {
		action, status string
		verdict        receive.Verdict
	}{
		{"failed", "5.1.1", receive.Bounced},
		{"failed", "4.4.7", receive.Bounced},
		{"Failed", "5.7.1 (policy)", receive.Bounced},
		{"delayed", "4.4.1", receive.Delayed},
		{"delivered", "2.0.0", receive.Delivered},
		{"relayed", "2.0.0", receive.Relayed},
		{"expanded", "2.0.0", receive.Relayed},
	}
	for _, c := range cases {
		got := receive.Judge(reportOn(sentID, teacher, c.action, c.status), known(t))
		if got.Verdict != c.verdict || got.Delivery != "d1" || got.Ref != refOf(t, 1) || len(got.Reasons) > 0 {
			t.Errorf("%s %s: %s of %q, %v", c.action, c.status, got.Verdict, got.Delivery, got.Reasons)
		}
		if status, _, _ := strings.Cut(c.status, " "); got.Report.Status != status || got.Report.MessageID != sentID {
			t.Errorf("%s: status %q of %q", c.action, got.Report.Status, got.Report.MessageID)
		}
	}
}

func TestAReportThatKnowsTooLittleChangesNothing(t *testing.T) {
	cases := []struct {
		name string
		data []byte
		want receive.ReasonCode
	}{
		{"on a message that is not ours", reportOn("<x@elsewhere.example>", teacher, "failed", "5.1.1"), receive.UnmatchedReport},
		{"without a message", reportOn("", teacher, "failed", "5.1.1"), receive.UnmatchedReport},
		{"on another recipient", reportOn(sentID, "other@school.example", "failed", "5.1.1"), receive.UnmatchedReport},
		{"with an action of its own", reportOn(sentID, teacher, "exploded", "5.1.1"), receive.LooseReport},
	}
	for _, c := range cases {
		if got := receive.Judge(c.data, known(t)); got.Verdict != receive.ForPerson || !slices.Equal(codes(got), []receive.ReasonCode{c.want}) {
			t.Errorf("%s: %s for %v", c.name, got.Verdict, got.Reasons)
		}
	}
}

func TestAReportMayReturnTheWholeMessageOrNameItItself(t *testing.T) {
	whole := strings.Replace(string(reportOn(sentID, teacher, "failed", "5.1.1")), "text/rfc822-headers", "message/rfc822", 1)
	named := strings.Replace(string(reportOn("", teacher, "failed", "5.1.1")), "Reporting-MTA:", "Original-Message-ID: "+sentID+"\r\nReporting-MTA:", 1)
	for name, data := range map[string]string{"the whole message": whole, "in its own fields": named} {
		if got := receive.Judge([]byte(data), known(t)); got.Verdict != receive.Bounced || got.Delivery != "d1" {
			t.Errorf("%s: %s for %v", name, got.Verdict, got.Reasons)
		}
	}
}

func TestABounceInFreeWordsIsForAPerson(t *testing.T) {
	for _, head := range [][]string{
		{"From: MAILER-DAEMON@relay.example", "In-Reply-To: " + sentID},
		{"From: noreply@relay.example", "Return-Path: <>", "Subject: Mail delivery failed: returning message to sender", "In-Reply-To: " + sentID},
	} {
		got := receive.Judge(mailOf(head, "550 no such user"), known(t))
		if got.Verdict != receive.ForPerson || !slices.Equal(codes(got), []receive.ReasonCode{receive.LooseReport}) || got.Delivery != "d1" {
			t.Errorf("%v: %s for %v, delivery %q", head, got.Verdict, got.Reasons, got.Delivery)
		}
	}
}

func TestAutomaticRepliesAreNoReturns(t *testing.T) {
	for _, mark := range []string{
		"Auto-Submitted: auto-replied (vacation)", "Precedence: auto_reply", "X-Autoreply: yes", "X-Autorespond: holiday",
		"Return-Path: <>", "Subject: Automatic reply: a form",
	} {
		got := receive.Judge(mailOf([]string{mark, "In-Reply-To: " + sentID}, "I am away"), known(t))
		if got.Verdict != receive.Automatic || got.Delivery != "d1" || got.Ref != refOf(t, 1) {
			t.Errorf("%s: %s for %v", mark, got.Verdict, got.Reasons)
		}
	}
	if got := receive.Judge(mailOf([]string{"Auto-Submitted: no"}, "I am here"), known(t)); got.Verdict != receive.ForPerson {
		t.Errorf("a person's mail is %s", got.Verdict)
	}
	receipt := strings.Replace(string(reportOn(sentID, teacher, "failed", "5.1.1")), "delivery-status;", "disposition-notification;", 1)
	if got := receive.Judge([]byte(receipt), known(t)); got.Verdict != receive.Automatic {
		t.Errorf("a receipt is %s for %v", got.Verdict, got.Reasons)
	}
}

func TestEveryVerdictAndReasonIsListed(t *testing.T) {
	verdicts, reasons := receive.Verdicts(), receive.ReasonCodes()
	if len(verdicts) != 7 || len(reasons) != 18 {
		t.Errorf("%d verdicts, %d reasons", len(verdicts), len(reasons))
	}
	for i, code := range reasons {
		if slices.Contains(reasons[:i], code) || code == "" {
			t.Errorf("reason %q stands twice or is empty", code)
		}
	}
}
