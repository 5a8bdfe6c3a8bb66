package receive

import (
	"bufio"
	"bytes"
	"net/mail"
	"slices"
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

// group is what a report says of one recipient: the address that we gave, where
// the report has it, and the one that the mail went to in the end.
type group struct {
	original, final string
	action          ReportAction
	status          string
}

// reported is what a report says of which message.
type reported struct {
	envelopeID string // Original-Envelope-Id
	messageID  string // of the returned headers, else Original-Message-ID
	groups     []group
}

// judgeReport finds the message of ours that a report is about and what became
// of it. A report changes nothing unless it is proven and names the address
// that the message went to.
func judgeReport(p parsed, known Known, out *Return) {
	said := p.reported()
	sent, proof, torn := p.prove(said, known)
	if proof == NoProof && said.messageID != "" {
		sent, _ = known.ByMessageID(said.messageID)
	}
	if sent.Delivery == "" {
		out.forPerson(UnmatchedReport, "a delivery report that names no message of ours")
		return
	}
	out.Ref, out.Delivery = sent.Ref, sent.Delivery
	out.Report.MessageID, out.Report.Proof = said.messageID, proof
	if torn {
		out.forPerson(TornReport, "a delivery report that speaks of two messages of ours")
		return
	}
	about, one := about(said.groups, sent)
	switch {
	case about.action == "":
		out.forPerson(UnmatchedReport, "a delivery report that does not name the address that the message went to")
		return
	case !one:
		out.forPerson(TornReport, "a delivery report that says two things of one recipient")
		return
	case about.action.verdict() == ForPerson:
		out.forPerson(LooseReport, "a delivery report with an action that is none of RFC 3464's")
		return
	}
	out.Report.Action, out.Report.Status = about.action, about.status
	if proof == NoProof {
		out.forPerson(UnprovenReport, "a delivery report that says "+string(about.action)+" and cannot be proven: whoever saw the message could have written it; ask the recipient")
		return
	}
	out.Verdict = about.action.verdict()
}

// prove finds the message of ours that a report is about by what only mail
// systems were told, the strongest evidence first. It is torn where two pieces
// of evidence point at different messages.
func (p parsed) prove(said reported, known Known) (sent Sent, proof Proof, torn bool) {
	take := func(found Sent, ok bool, by Proof) {
		switch {
		case !ok:
		case sent.Delivery == "":
			sent, proof = found, by
		case sent.Delivery != found.Delivery:
			torn = true
		}
	}
	if said.envelopeID != "" {
		found, ok := known.ByEnvelopeID(said.envelopeID)
		take(found, ok, ByEnvelope)
	}
	for _, address := range p.sentTo() {
		found, ok := known.ByReturnPath(address)
		take(found, ok, ByReturnPath)
	}
	if proof != NoProof && said.messageID != "" {
		found, ok := known.ByMessageID(said.messageID)
		take(found, ok, NoProof)
	}
	return sent, proof, torn
}

// maxSentTo bounds the addresses of one message that are looked up.
const maxSentTo = 20

// sentTo are the addresses that a message was sent to, as the mailbox recorded
// them and as its writer did. Whoever wrote them proves nothing by it: what
// they hold has to be signed.
func (p parsed) sentTo() []string {
	var all []string
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "To"} {
		for field := p.header.FieldsByKey(name); field.Next(); {
			list, err := mail.ParseAddressList(field.Value())
			if err != nil {
				continue
			}
			for _, address := range list {
				if len(all) < maxSentTo && !slices.Contains(all, address.Address) {
					all = append(all, address.Address)
				}
			}
		}
	}
	return all
}

// about is what the groups say of the recipient of a message; one is false
// where they do not agree.
func about(groups []group, sent Sent) (found group, one bool) {
	one = true
	for _, g := range groups {
		switch {
		case !g.names(sent):
		case found.action == "":
			found = g
		case found.action != g.action:
			one = false
		}
	}
	return found, one
}

// names reports whether a group is about the recipient of a message. Where it
// says what address we gave, that decides: behind it mail may be led on to
// another one.
func (g group) names(sent Sent) bool {
	address, canonical := g.original, sent.To.Canonical()
	if address == "" {
		address = g.final
	}
	return canonical != "" && strings.EqualFold(address, canonical)
}

// reported is the message and the recipients' groups of a report.
func (p parsed) reported() reported {
	var said reported
	for _, part := range p.parts {
		// A report is about a page long; one beyond the bounds is none.
		if part.nested || headerSize(part.content) > maxHeader {
			continue
		}
		switch part.kind {
		case "message/delivery-status", "message/global-delivery-status":
			said.groups = append(said.groups, statusGroups(part.content)...)
			if said.envelopeID == "" {
				said.envelopeID = envelopeID(part.content)
			}
			if said.messageID == "" {
				said.messageID = bracketed(statusField(part.content, "Original-Message-Id"))
			}
		case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
			if original := bracketed(returnedID(part.content)); original != "" {
				said.messageID = original
			}
		}
	}
	return said
}

// envelopeID is the envelope identifier of a report. It stands in the group
// about the message alone, which is the first.
func envelopeID(content []byte) string {
	groups := statusHeaders(content)
	if len(groups) == 0 {
		return ""
	}
	return strings.TrimSpace(groups[0].Get("Original-Envelope-Id"))
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
		g.original, g.final = typedAddress(header.Get("Original-Recipient")), typedAddress(header.Get("Final-Recipient"))
		groups = append(groups, g)
	}
	return groups
}

// typedAddress is the address of a field such as "rfc822; dt@school.example"
// (RFC 3464 section 2.1.2).
func typedAddress(field string) string {
	_, address, _ := strings.Cut(field, ";")
	return strings.Trim(strings.TrimSpace(address), "<>")
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
