package receive_test

import (
	"slices"
	"testing"

	"github.com/pepost/pepost/internal/receive"
)

// gateway is the council's in these tests.
func gateway() receive.Gateway {
	return receive.Gateway{ID: "council.example", Host: "mx.council.example"}
}

func TestTheSenderIsVerifiedByOurOwnGatewayAlone(t *testing.T) {
	const (
		pass     = "Authentication-Results: council.example; spf=pass smtp.mailfrom=school.example; dmarc=pass header.from=school.example"
		fail     = "Authentication-Results: council.example; dmarc=fail header.from=school.example"
		foreign  = "Authentication-Results: evil.example; dmarc=pass header.from=school.example"
		ours     = "Received: from mail.school.example by mx.council.example with ESMTPS; Mon, 9 Feb 2026 10:00:00 +0000"
		inner    = "Received: from mx.council.example by store.council.example with LMTP; Mon, 9 Feb 2026 10:00:01 +0000"
		outer    = "Received: from pc by mail.school.example with ESMTPA; Mon, 9 Feb 2026 09:59:59 +0000"
		pretends = "Received: from pc by mx.council.example with ESMTPA; Mon, 9 Feb 2026 09:59:59 +0000"
	)
	known := known(t)
	form := attachment{name: "form.docx", data: filled(t, refOf(t, 1), "after")}
	unverified := []receive.ReasonCode{receive.Unverified}
	for _, c := range []struct {
		name    string
		gateway receive.Gateway
		head    []string
		want    []receive.ReasonCode
	}{
		{"I01 dmarc=pass", gateway(), []string{pass, ours, outer}, nil},
		{"I01 dmarc=pass, handed on within the council", gateway(), []string{inner, pass, ours, outer}, nil},
		{"I03 dmarc=fail", gateway(), []string{fail, ours, outer}, unverified},
		{"I03 dmarc=fail where no gateway is known", receive.Gateway{}, []string{fail, ours, outer}, unverified},
		{"I03 two verdicts in one field", gateway(), []string{pass + "; dmarc=fail", ours, outer}, unverified},
		{"I03 no verdict", gateway(), []string{ours, outer}, unverified},
		{"I03 nothing of the way", gateway(), []string{pass}, unverified},
		{"I04 of a foreign gateway", gateway(), []string{foreign, ours, outer}, unverified},
		{"I04 below our Received", gateway(), []string{ours, pass, outer}, unverified},
		{"I04 below our Received, with a line that pretends", gateway(), []string{ours, pass, pretends}, unverified},
		{"I04 below a line within the council that is not the gateway's", gateway(), []string{inner, pass, outer}, unverified},
		{"I04 that cannot be read", gateway(), []string{"Authentication-Results: council.example 7; dmarc=pass", ours, outer}, unverified},
		{"as before where no gateway is known", receive.Gateway{}, []string{ours, outer}, nil},
	} {
		known.Gateway = c.gateway
		got := receive.Judge(mailOf(slices.Clone(c.head), "", form), known)
		if !slices.Equal(codes(got), c.want) || (got.Verdict == receive.Filled) != (c.want == nil) || got.Delivery != "d1" || got.File == nil {
			t.Errorf("%s: %s for %v", c.name, got.Verdict, got.Reasons)
		}
	}
}
