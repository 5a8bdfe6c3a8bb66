package receive

import (
	"bufio"
	"bytes"
	"strings"

	"github.com/emersion/go-message/textproto"
)

// maxGroups bounds the recipients of one report.
const maxGroups = 100

// isReport reports whether a message is a delivery report (RFC 3464).
func (p parsed) isReport() bool {
	return p.kind == "multipart/report" && strings.EqualFold(p.params["report-type"], "delivery-status")
}

// isReceipt reports whether a message only says that another was read or
// thrown away (RFC 8098).
func (p parsed) isReceipt() bool {
	return p.kind == "multipart/report" && strings.EqualFold(p.params["report-type"], "disposition-notification")
}

// group is what a report says of one recipient.
type group struct {
	recipients []string
	action     ReportAction
	status     string
}

// judgeReport finds the message of ours that a report is about. A report
// changes nothing unless it names both that message and the address it went
// to: whoever knows neither cannot have seen our mail.
func judgeReport(p parsed, known Known, out *Return) {
	id, groups := p.reported()
	sent, found := Sent{}, false
	if id != "" {
		sent, found = known.ByMessageID(id)
	}
	if !found {
		out.forPerson(UnmatchedReport, "a delivery report that names no message of ours")
		return
	}
	out.Ref, out.Delivery, out.Report.MessageID = sent.Ref, sent.Delivery, id
	for _, g := range groups {
		if !g.names(sent) {
			continue
		}
		if g.action.verdict() == ForPerson {
			out.forPerson(LooseReport, "a delivery report with an action that is none of RFC 3464's")
			return
		}
		out.Verdict, out.Report.Action, out.Report.Status = g.action.verdict(), g.action, g.status
		return
	}
	out.forPerson(UnmatchedReport, "a delivery report that does not name the address that the message went to")
}

func (g group) names(sent Sent) bool {
	for _, address := range g.recipients {
		if canonical := sent.To.Canonical(); canonical != "" && strings.EqualFold(address, canonical) {
			return true
		}
	}
	return false
}

// reported is the Message-ID and the recipients' groups of a report.
func (p parsed) reported() (id string, groups []group) {
	for _, part := range p.parts {
		// A report is about a page long; one beyond the bounds is none.
		if part.nested || headerSize(part.content) > maxHeader {
			continue
		}
		switch part.kind {
		case "message/delivery-status", "message/global-delivery-status":
			groups = append(groups, statusGroups(part.content)...)
			if id == "" {
				id = bracketed(statusField(part.content, "Original-Message-Id"))
			}
		case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
			if original := bracketed(returnedID(part.content)); original != "" {
				id = original
			}
		}
	}
	return id, groups
}

// returnedID is the Message-ID in the returned headers.
func returnedID(content []byte) string {
	head := bytes.Clone(content[:headerSize(content)])
	header, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(append(head, "\r\n\r\n"...))))
	if err != nil {
		return ""
	}
	return header.Get("Message-Id")
}

// bracketed is a Message-ID with its angle brackets, empty where there is none.
func bracketed(id string) string {
	id = strings.Trim(strings.TrimSpace(id), "<>")
	if id == "" || len(id) > 998 || strings.ContainsAny(id, " \t\r\n<>") {
		return ""
	}
	return "<" + id + ">"
}

// statusHeaders are the groups of fields of a delivery status: the first is
// about the message, each other about one recipient.
func statusHeaders(content []byte) []textproto.Header {
	content = content[:min(len(content), maxHeader)]
	reader := bufio.NewReader(bytes.NewReader(append(bytes.Clone(content), "\r\n\r\n"...)))
	var all []textproto.Header
	for len(all) < maxGroups {
		header, err := textproto.ReadHeader(reader)
		if err != nil {
			break
		}
		if header.Len() > 0 {
			all = append(all, header)
		} else if _, err := reader.Peek(1); err != nil {
			break
		}
	}
	return all
}

func statusField(content []byte, name string) string {
	for _, header := range statusHeaders(content) {
		if value := header.Get(name); value != "" {
			return value
		}
	}
	return ""
}

func statusGroups(content []byte) []group {
	var groups []group
	for _, header := range statusHeaders(content) {
		action := strings.ToLower(strings.TrimSpace(header.Get("Action")))
		if action == "" {
			continue
		}
		g := group{action: ReportAction(action), status: statusCode(header.Get("Status"))}
		for _, name := range []string{"Original-Recipient", "Final-Recipient"} {
			if _, address, typed := strings.Cut(header.Get(name), ";"); typed {
				g.recipients = append(g.recipients, strings.Trim(strings.TrimSpace(address), "<>"))
			}
		}
		groups = append(groups, g)
	}
	return groups
}

// statusCode keeps a status only where it is one: class, subject and detail in
// digits (RFC 3463, section 2).
func statusCode(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), " ")
	pieces := strings.Split(text, ".")
	if len(pieces) != 3 || !strings.Contains("245", pieces[0]) || pieces[0] == "" {
		return ""
	}
	for _, piece := range pieces[1:] {
		if piece == "" || len(piece) > 3 || strings.Trim(piece, "0123456789") != "" {
			return ""
		}
	}
	return text
}
