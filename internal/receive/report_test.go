package receive_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/pepost/pepost/internal/outbox"
	"github.com/pepost/pepost/internal/receive"
)

// reportOn is a delivery report as mail systems write it (RFC 3464), with the
// envelope identifier of the first delivery.
func reportOn(id, recipient, action, status string) []byte {
	return reportWith("returns@council.example", "d1.envelope", id, recipient, action, status)
}

// reportWith is a delivery report sent to an address.
func reportWith(to, envelope, id, recipient, action, status string) []byte {
	return []byte(strings.ReplaceAll(`From: Mail System <mailer-daemon@relay.example>
To: <`+to+`>
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
Original-Envelope-Id: `+envelope+`
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
		cause          outbox.Cause
	}{
		{"failed", "5.1.1", receive.Bounced, outbox.CauseAddress},
		{"failed", "4.4.7", receive.Bounced, outbox.CauseOther},
		{"failed", "5.2.2", receive.Bounced, outbox.CauseFull},
		{"Failed", "5.7.1 (policy)", receive.Bounced, outbox.CausePolicy},
		{"delayed", "4.4.1", receive.Delayed, outbox.CauseNone},
		{"delivered", "2.0.0", receive.Delivered, outbox.CauseNone},
		{"relayed", "2.0.0", receive.Relayed, outbox.CauseNone},
		{"expanded", "2.0.0", receive.Relayed, outbox.CauseNone},
	}
	for _, c := range cases {
		got := receive.Judge(reportOn(sentID, teacher, c.action, c.status), known(t))
		if got.Verdict != c.verdict || got.Delivery != "d1" || got.Ref != refOf(t, 1) || len(got.Reasons) > 0 {
			t.Errorf("%s %s: %s of %q, %v", c.action, c.status, got.Verdict, got.Delivery, got.Reasons)
		}
		if status, _, _ := strings.Cut(c.status, " "); got.Report.Status != status || got.Report.MessageID != sentID || got.Report.Cause() != c.cause {
			t.Errorf("%s: status %q of %q for %q", c.action, got.Report.Status, got.Report.MessageID, got.Report.Cause())
		}
	}
}

func TestTheStrongestEvidenceTellsWhichMessageAReportIsAbout(t *testing.T) {
	const path, none = "returns+d1.path@council.example", "returns@council.example"
	cases := []struct {
		name                  string
		to, envelope, message string
		recorded              string // what the mailbox recorded of the address
		want                  receive.Proof
	}{
		{"by the envelope alone", none, "d1.envelope", "", "", receive.ByEnvelope},
		{"by the envelope before the return path", path, "d1.envelope", sentID, "", receive.ByEnvelope},
		{"by the return path alone", path, "", "", "", receive.ByReturnPath},
		{"by the return path where a relay named the envelope anew", path, "Q123", sentID, "", receive.ByReturnPath},
		{"by the return path as the mailbox recorded it", none, "", sentID, "Delivered-To: " + path, receive.ByReturnPath},
		{"by the return path in another field", none, "", "", "X-Original-To: <" + path + ">", receive.ByReturnPath},
	}
	for _, c := range cases {
		data := reportWith(c.to, c.envelope, c.message, teacher, "failed", "5.1.1")
		if c.recorded != "" {
			data = append([]byte(c.recorded+"\r\n"), data...)
		}
		if got := receive.Judge(data, known(t)); got.Verdict != receive.Bounced || got.Delivery != "d1" || got.Report.Proof != c.want {
			t.Errorf("%s: %s of %q by %q for %v", c.name, got.Verdict, got.Delivery, got.Report.Proof, got.Reasons)
		}
	}
}

func TestF38AReportThatKnowsTooLittleChangesNothing(t *testing.T) {
	const path, none = "returns+d1.path@council.example", "returns@council.example"
	cases := []struct {
		name string
		data []byte
		want receive.ReasonCode
	}{
		{"by the Message-ID alone", reportWith(none, "", sentID, teacher, "failed", "5.1.1"), receive.UnprovenReport},
		{"with an envelope nobody signed", reportWith(none, "d1", sentID, teacher, "failed", "5.1.1"), receive.UnprovenReport},
		{"with the signature of another purpose", reportWith(none, "d1.path", sentID, teacher, "delivered", "2.0.0"), receive.UnprovenReport},
		{"to an address with another signature", reportWith("returns+d1.envelope@council.example", "", sentID, teacher, "failed", "5.1.1"), receive.UnprovenReport},
		{"to our name at another domain", reportWith("returns+d1.path@elsewhere.example", "", sentID, teacher, "failed", "5.1.1"), receive.UnprovenReport},
		{"on a message that is not ours", reportWith(none, "", "<x@elsewhere.example>", teacher, "failed", "5.1.1"), receive.UnmatchedReport},
		{"without a message", reportWith(none, "", "", teacher, "failed", "5.1.1"), receive.UnmatchedReport},
		{"on another recipient", reportOn(sentID, "other@school.example", "failed", "5.1.1"), receive.UnmatchedReport},
		{"on another recipient, by the return path", reportWith(path, "", "", "other@school.example", "failed", "5.1.1"), receive.UnmatchedReport},
		{"with an action of its own", reportOn(sentID, teacher, "exploded", "5.1.1"), receive.LooseReport},
		{"by the envelope of one message and the return path of another", reportWith("returns+d3.path@council.example", "d1.envelope", "", teacher, "failed", "5.1.1"), receive.TornReport},
		{"by the envelope of one message with the headers of another", reportWith(none, "d1.envelope", "<d3@council.example>", teacher, "failed", "5.1.1"), receive.TornReport},
	}
	for _, c := range cases {
		if got := receive.Judge(c.data, known(t)); got.Verdict != receive.ForPerson || !slices.Equal(codes(got), []receive.ReasonCode{c.want}) {
			t.Errorf("%s: %s for %v", c.name, got.Verdict, got.Reasons)
		}
	}
}

// groupOf is one recipient's fields of a report.
func groupOf(original, final, action string) string {
	return "\r\nOriginal-Recipient: rfc822;" + original + "\r\nFinal-Recipient: rfc822; " + final + "\r\nAction: " + action + "\r\nStatus: 5.0.0\r\n"
}

func TestOneReportMaySpeakOfSeveralRecipients(t *testing.T) {
	const other = "other@school.example"
	cases := []struct {
		name   string
		groups []string
		want   receive.Verdict
	}{
		{"ours second", []string{groupOf(other, other, "failed"), groupOf(teacher, teacher, "delivered")}, receive.Delivered},
		{"ours first", []string{groupOf(teacher, teacher, "failed"), groupOf(other, other, "delivered")}, receive.Bounced},
		{"ours led on to another mailbox", []string{groupOf(teacher, other, "failed")}, receive.Bounced},
		{"ours as the end of another's way", []string{groupOf(other, teacher, "failed")}, receive.ForPerson},
		{"ours twice, alike", []string{groupOf(teacher, "a@school.example", "failed"), groupOf(teacher, "b@school.example", "failed")}, receive.Bounced},
		{"ours twice, not alike", []string{groupOf(teacher, "a@school.example", "failed"), groupOf(teacher, "b@school.example", "delivered")}, receive.ForPerson},
		{"none of ours", []string{groupOf(other, other, "failed")}, receive.ForPerson},
	}
	for _, c := range cases {
		data := string(reportOn(sentID, teacher, "failed", "5.1.1"))
		from, to := strings.Index(data, "\r\nOriginal-Recipient"), strings.Index(data, "\r\n--rr\r\nContent-Type: text/rfc822")
		data = data[:from] + strings.Join(c.groups, "") + data[to:]
		if got := receive.Judge([]byte(data), known(t)); got.Verdict != c.want {
			t.Errorf("%s: %s for %v", c.name, got.Verdict, got.Reasons)
		}
	}
}

// Whatever a report says: without a signature it changes nothing, and with one
// it changes no delivery but that whose recipient it names.
func TestF38NoReportWithoutASignatureChangesAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
		envelope := pick("envelope", "", "d1", "d1.envelope", "d2.envelope", "d3.envelope", "d1.path", "d9.envelope", ".envelope", "d1.envelope.envelope")
		to := pick("to", "returns@council.example", "returns+d1.path@council.example", "returns+d2.path@council.example", "returns+d1@council.example", "x")
		id := pick("message", "", sentID, carerID, "<d3@council.example>", "<x@y.example>")
		about := pick("recipient", teacher, "carer@mail.example", "other@school.example", "")
		action := pick("action", "failed", "delayed", "delivered", "relayed", "expanded", "exploded")
		got := receive.Judge(reportWith(to, envelope, id, about, action, "5.1.1"), known(new(testing.T)))
		if got.Verdict == receive.ForPerson {
			return
		}
		signed := strings.HasSuffix(envelope, ".envelope") && envelope[:len(envelope)-len(".envelope")] == got.Delivery ||
			to == "returns+"+got.Delivery+".path@council.example"
		recipient := map[string]string{"d1": teacher, "d2": "carer@mail.example", "d3": teacher}[got.Delivery]
		if !signed || about != recipient {
			t.Fatalf("%s of %q by envelope %q, path %q, about %q", got.Verdict, got.Delivery, envelope, to, about)
		}
	})
}

func TestAReportMayReturnTheWholeMessageOrNameItItself(t *testing.T) {
	whole := strings.Replace(string(reportOn(sentID, teacher, "failed", "5.1.1")), "text/rfc822-headers", "message/rfc822", 1)
	named := strings.Replace(string(reportOn("", teacher, "failed", "5.1.1")), "Reporting-MTA:", "Original-Message-ID: "+sentID+"\r\nReporting-MTA:", 1)
	for name, data := range map[string]string{"the whole message": whole, "in its own fields": named} {
		if got := receive.Judge([]byte(data), known(t)); got.Verdict != receive.Bounced || got.Delivery != "d1" || got.Report.MessageID != sentID {
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

func TestI13AutomaticRepliesAreNoReturns(t *testing.T) {
	for _, mark := range []string{
		"Auto-Submitted: auto-replied (vacation)", "Precedence: auto_reply", "X-Autoreply: yes", "X-Autorespond: holiday",
		"Return-Path: <>", "Subject: Automatic reply: a form",
	} {
		got := receive.Judge(mailOf([]string{mark, "In-Reply-To: " + sentID}, "I am away"), known(t))
		if got.Verdict != receive.Automatic || got.Delivery != "d1" || got.Ref != refOf(t, 1) {
			t.Errorf("%s: %s for %v", mark, got.Verdict, got.Reasons)
		}
	}
	bare := mailOf([]string{"Auto-Submitted: auto-replied", "To: returns+d2.path@council.example"}, "I am away")
	if got := receive.Judge(bare, known(t)); got.Verdict != receive.Automatic || got.Delivery != "d2" {
		t.Errorf("a reply to the return path is %s of %q", got.Verdict, got.Delivery)
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
	if len(verdicts) != 7 || len(reasons) != 23 {
		t.Errorf("%d verdicts, %d reasons", len(verdicts), len(reasons))
	}
	for i, code := range reasons {
		if slices.Contains(reasons[:i], code) || code == "" {
			t.Errorf("reason %q stands twice or is empty", code)
		}
	}
}
